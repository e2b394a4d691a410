/**
 * Connections to Redis, alone, behind sentinels or in a cluster.
 *
 * A command that cannot be sent now is refused, never kept: whoever offers is told
 * at once. The connection itself is tried again for ever.
 */
import { Cluster, Redis } from 'ioredis';
import type { RedisAddress } from '../address.ts';

export type RedisClient = Redis | Cluster;

/** Between attempts to connect, at most. */
const retryMs = 1000;

/** Of every connection, those to the nodes of a cluster too. */
const eachConnection = {
  // Commands under way when the connection breaks are refused at the first attempt to connect again.
  maxRetriesPerRequest: 0,
  connectTimeout: 3000,
  // A server that is silent for longer than the longest wait for a job (10 s) is gone, even if nobody says so.
  socketTimeout: 15_000,
  keepAlive: 10_000,
};

const common = { ...eachConnection, lazyConnect: true, enableOfflineQueue: false, retryStrategy: backoff };

function backoff(times: number): number {
  return Math.min(50 * 2 ** times, retryMs);
}

/** Not yet connected; `connected` sees to that. */
export function createRedisClient(address: RedisAddress): RedisClient {
  const { username, password } = address;
  const login = { ...(username === undefined ? {} : { username }), ...(password === undefined ? {} : { password }) };
  const tls = address.tls ? { tls: {} } : {};
  const client = ((): RedisClient => {
    switch (address.kind) {
      case 'redis':
        return new Redis({ ...common, ...login, ...tls, ...address.at, db: address.db });
      case 'sentinel': {
        const { sentinelLogin, sentinels, master, db } = address;
        return new Redis({
          ...common,
          ...login,
          ...tls,
          db,
          name: master,
          sentinels: [...sentinels],
          sentinelRetryStrategy: () => retryMs,
          ...(sentinelLogin.username === undefined ? {} : { sentinelUsername: sentinelLogin.username }),
          ...(sentinelLogin.password === undefined ? {} : { sentinelPassword: sentinelLogin.password }),
          ...(address.tls ? { enableTLSForSentinelMode: true, sentinelTLS: {} } : {}),
        });
      }
      case 'cluster': {
        return new Cluster([...address.nodes], {
          lazyConnect: true,
          enableOfflineQueue: false,
          clusterRetryStrategy: backoff,
          slotsRefreshTimeout: 3000,
          redisOptions: { ...eachConnection, ...login, ...tls },
          // Certificates are for names; without this the addresses that names resolve to would be checked.
          ...(address.tls ? { dnsLookup: (host, callback) => callback(null, host) } : {}),
        });
      }
    }
  })();
  // Without a listener the client would print them; what matters is told by the commands that fail.
  client.on('error', () => undefined);
  return client;
}

/** Those who wait for a client to connect wait together. */
const connecting = new WeakMap<RedisClient, Promise<void>>();

/** Resolves when commands can be sent; rejects when the next attempt to connect fails. */
export async function connected(client: RedisClient): Promise<void> {
  if (client.status === 'ready') return;
  let attempt = connecting.get(client);
  if (attempt === undefined) {
    attempt = nextAttempt(client).finally(() => connecting.delete(client));
    connecting.set(client, attempt);
  }
  await attempt;
}

async function nextAttempt(client: RedisClient): Promise<void> {
  // What is thrown says only that the connection was closed; why is told beside it.
  let why: Error | undefined;
  const note = (error: Error): void => void (why = error);
  client.on('error', note);
  try {
    if (client.status === 'wait' || client.status === 'end') await client.connect();
    else await readyOrClosed(client);
  } catch (error) {
    throw why ?? error;
  } finally {
    client.off('error', note);
  }
}

function readyOrClosed(client: RedisClient): Promise<void> {
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => () => {
      client.off('ready', ready).off('close', closed).off('end', closed);
      act();
    };
    const ready = settle(resolve);
    const closed = settle(() => reject(new Error('the connection was closed')));
    client.on('ready', ready).on('close', closed).on('end', closed);
  });
}

/** Whether Redis itself refused, so that it is there. */
export function isRedisAnswer(error: unknown): boolean {
  return (
    error instanceof Error &&
    error.name === 'ReplyError' &&
    !/^(?:LOADING|MASTERDOWN|CLUSTERDOWN|NOAUTH|WRONGPASS)/.test(error.message)
  );
}
