import { execFile } from 'node:child_process';
import { connect } from 'node:net';
import { promisify } from 'node:util';
import { onPath } from './on-path.ts';
import type { PrivateServer } from './private-server.ts';
import { startRedis } from './redis.ts';

const run = promisify(execFile);

/** `redis-cli` of this machine, or undefined when it is not installed. */
export function findRedisCli(): string | undefined {
  return onPath(['redis-cli', 'valkey-cli']);
}

/** Starts a cluster of three masters. Its URL names two of them. @throws Error when Redis is not installed. */
export async function startRedisCluster(): Promise<PrivateServer> {
  const cli = findRedisCli();
  if (cli === undefined) throw new Error('redis-cli is not installed');
  const settings = [
    ['cluster-enabled', 'yes'],
    ['cluster-config-file', 'nodes.conf'],
    ['cluster-node-timeout', '2000'],
  ];
  // One after the other: a port is free only until another takes it.
  const nodes: PrivateServer[] = [];
  const stop = async (): Promise<void> => void (await Promise.all(nodes.map((node) => node.stop())));
  try {
    while (nodes.length < 3) nodes.push(await startRedis(settings, await clusterPort()));
    const hosts = nodes.map(({ url }) => new URL(url).host);
    await run(cli, ['--cluster', 'create', ...hosts, '--cluster-yes']);
    await Promise.all(nodes.map(({ url }) => agreed(url)));
    return { url: `redis-cluster://${hosts.slice(0, 2).join(',')}`, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** A port that no client is given by itself, nor the one 10,000 above, where the nodes talk to each other. */
async function clusterPort(): Promise<number> {
  for (;;) {
    const port = 12_000 + Math.floor(Math.random() * 10_000);
    if (!(await isTaken(port)) && !(await isTaken(port + 10_000))) return port;
  }
}

function isTaken(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}

/** Resolves when the node says that all slots are served. */
async function agreed(url: string): Promise<void> {
  const cli = findRedisCli() ?? '';
  for (;;) {
    const { stdout } = await run(cli, ['-u', url, 'cluster', 'info']);
    if (stdout.includes('cluster_state:ok')) return;
  }
}
