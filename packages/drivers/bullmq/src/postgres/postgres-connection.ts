import type { PostgresAddress } from '../address.ts';

/** Where BullMQ's tables and ours are, apart from those of others. */
export const schema = 'telos_queue';

/** How every connection of the queue is made. */
export function connectionOf({ url }: PostgresAddress) {
  const address = new URL(url);
  // What the address says on `options` would replace ours.
  const theirs = address.searchParams.get('options');
  address.searchParams.delete('options');
  return {
    connectionString: address.href,
    application_name: 'telos-queue',
    options: `${theirs === null ? '' : `${theirs} `}-c synchronous_commit=off`,
    connectionTimeoutMillis: 3000,
    // A request that is not answered for this long is given up.
    query_timeout: 10_000,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    idleTimeoutMillis: 30_000,
  };
}
