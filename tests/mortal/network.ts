/**
 * Hosts on a network of their own: each is a network namespace, joined by a
 * cable to a bridge where the servers are. A cable can be pulled.
 */
import { execFile, spawnSync } from 'node:child_process';
import { promisify } from 'node:util';
import { onPath } from '@telos/testkit/servers/on-path';

const run = promisify(execFile);

export interface Host {
  readonly name: string;
  /** The command that starts a program there, before its own words. */
  readonly by: readonly string[];
  pullCable(): Promise<void>;
  plugIn(): Promise<void>;
}

export interface Network {
  /** Where servers listen, for every host. */
  readonly address: string;
  readonly hosts: readonly Host[];
  remove(): Promise<void>;
}

const missing = ['ip', 'unshare', 'hostname'].filter((name) => onPath([name]) === undefined);

/** Why no network can be made here; undefined when one can. */
export function whyNoNetwork(): string | undefined {
  if (missing.length > 0) return `${missing.join(', ')} of iproute2, util-linux and hostname is not installed`;
  const name = `telos-probe-${process.pid}`;
  const made = spawnSync('ip', ['netns', 'add', name], { encoding: 'utf8' });
  if (made.status !== 0) return `this account may not make network namespaces: ${made.stderr.trim()}`;
  spawnSync('ip', ['netns', 'delete', name]);
  return undefined;
}

export async function makeNetwork(names: readonly string[]): Promise<Network> {
  // Two networks of one machine have different processes; names of links hold 15 letters.
  const id = process.pid % 65_536;
  const subnet = `10.${200 + Math.floor(id / 256 / 8)}.${id % 256}`;
  const bridge = `tb${id}`;
  const made: string[][] = [];
  const ip = (...words: string[]) => run('ip', words);

  async function remove(): Promise<void> {
    for (const words of made.splice(0).toReversed()) await ip(...words);
  }

  try {
    await ip('link', 'add', bridge, 'type', 'bridge');
    made.push(['link', 'delete', bridge]);
    await ip('address', 'add', `${subnet}.1/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    const hosts: Host[] = [];
    for (const [n, name] of names.entries()) {
      const space = `telos-${id}-${name}`;
      const cable = `tv${id}n${n}`;
      await ip('netns', 'add', space);
      // What is in a namespace goes with it.
      made.push(['netns', 'delete', space]);
      await ip('link', 'add', cable, 'type', 'veth', 'peer', 'name', 'eth0', 'netns', space);
      await ip('link', 'set', cable, 'master', bridge, 'up');
      await ip('-n', space, 'address', 'add', `${subnet}.${n + 2}/24`, 'dev', 'eth0');
      await ip('-n', space, 'link', 'set', 'eth0', 'up');
      await ip('-n', space, 'link', 'set', 'lo', 'up');
      hosts.push({
        name,
        // A name of its own: nobody elsewhere can tell whether its processes live.
        by: ['ip', 'netns', 'exec', space, 'unshare', '--uts', 'sh', '-c', 'hostname "$0" && exec "$@"', name],
        pullCable: async () => void (await ip('link', 'set', cable, 'down')),
        plugIn: async () => void (await ip('link', 'set', cable, 'up')),
      });
    }
    return { address: `${subnet}.1`, hosts, remove };
  } catch (error) {
    await remove();
    throw error;
  }
}
