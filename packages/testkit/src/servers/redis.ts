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

/** Starts an empty Redis that keeps nothing on disk. @throws Error when none is installed. */
export async function startRedis(): Promise<RestartableServer> {
  const command = findRedis();
  if (command === undefined) throw new Error('redis-server is not installed');
  const folder = await mkdtemp(join(tmpdir(), 'telos-redis-'));
  const port = await freePort();
  return startPrivateServer({
    name: 'Redis',
    command,
    arguments: ['--port', `${port}`, '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no', '--dir', folder],
    folder,
    url: `redis://127.0.0.1:${port}`,
    ready: /Ready to accept connections/i,
    endsOn: 'SIGTERM',
  });
}
