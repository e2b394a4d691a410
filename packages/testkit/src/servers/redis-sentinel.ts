import { execFile } from 'node:child_process';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { promisify } from 'node:util';
import { freePort } from './free-port.ts';
import { findRedisCli } from './redis-cluster.ts';
import { startPrivateServer } from './private-server.ts';
import type { PrivateServer } from './private-server.ts';
import { findRedis, startRedis } from './redis.ts';

const run = promisify(execFile);

export type Watched = PrivateServer & {
  /** Kills the master, so that the sentinel makes the replica the master. */
  failover(): Promise<void>;
  /** Has the replica become the master, and the master its replica: both live on. */
  demote(): Promise<void>;
};

/** Starts a master, a replica and one sentinel that watches them under the name `telos`. @throws Error when Redis is not installed. */
export async function startRedisSentinel(): Promise<Watched> {
  const master = await startRedis();
  const { port } = new URL(master.url);
  const replica = await startRedis([
    ['replicaof', '127.0.0.1', port],
    ['repl-diskless-sync-delay', '0'],
  ]);
  const servers = [master, replica];
  const stop = async (): Promise<void> => void (await Promise.all(servers.map((server) => server.stop())));
  try {
    const folder = await mkdtemp(join(tmpdir(), 'telos-sentinel-'));
    const at = await freePort();
    const file = join(folder, 'sentinel.conf');
    const lines = [
      `port ${at}`,
      'bind 127.0.0.1',
      `dir ${folder}`,
      `sentinel monitor telos 127.0.0.1 ${port} 1`,
      'sentinel down-after-milliseconds telos 500',
      'sentinel failover-timeout telos 2000',
    ];
    await writeFile(file, `${lines.join('\n')}\n`);
    const sentinel = await startPrivateServer({
      name: 'Sentinel',
      command: findRedis() ?? '',
      arguments: [file, '--sentinel'],
      folder,
      url: `redis-sentinel://127.0.0.1:${at}/telos`,
      ready: /\+slave /,
      endsOn: 'SIGTERM',
    });
    servers.push(sentinel);
    const ask = (...words: readonly string[]) => run(findRedisCli() ?? '', ['-p', String(at), 'sentinel', ...words]);
    const demote = async (): Promise<void> => {
      // Refused while the replica is not in step yet: then it is asked again.
      do {
        await ask('failover', 'telos').catch(() => undefined);
        await setImmediate();
      } while ((await ask('get-master-addr-by-name', 'telos')).stdout.includes(port));
    };
    return { url: sentinel.url, stop, failover: () => master.stop(), demote };
  } catch (error) {
    await stop();
    throw error;
  }
}
