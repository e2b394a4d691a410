import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from './free-port.ts';
import { onPath } from './on-path.ts';
import { startPrivateServer } from './private-server.ts';
import type { RestartableServer } from './private-server.ts';

/** The Redis program of this machine, or undefined when none is installed. */
export function findRedis(): string | undefined {
  return onPath(['redis-server', 'valkey-server']);
}

/**
 * Starts an empty Redis that keeps nothing on disk.
 * @param settings What `redis.conf` may say, in its words: `['requirepass', 'secret']`.
 * @param port Where it listens; any that is free when absent.
 * @throws Error when none is installed.
 */
export async function startRedis(
  settings: readonly (readonly string[])[] = [],
  port?: number,
): Promise<RestartableServer> {
  const command = findRedis();
  if (command === undefined) throw new Error('redis-server is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'telos-redis-'));
  const at = port ?? (await freePort());
  const all = [
    ['port', `${at}`],
    ['bind', '127.0.0.1'],
    ['save', ''],
    ['appendonly', 'no'],
    ['dir', folder],
    ...settings,
  ];
  return startPrivateServer({
    name: 'Redis',
    command,
    arguments: all.flatMap(([name = '', ...values]) => [`--${name}`, ...values]),
    folder,
    url: `redis://127.0.0.1:${at}`,
    ready: /Ready to accept connections/i,
    endsOn: 'SIGTERM',
  });
}
