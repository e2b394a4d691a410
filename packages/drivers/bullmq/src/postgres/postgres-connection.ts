import { TelosError } from '@telos/core';
import { parseIntoClientConfig } from 'pg-connection-string';
import type { PostgresAddress } from '../address.ts';

/**
 * How every connection of the queue is made, and where its tables are. Everything comes from the URL: nothing from the environment.
 * @throws TelosError CONFIG_INVALID, which never shows the password.
 */
export function connectionOf({ url }: PostgresAddress) {
  const address = new URL(url);
  const base = address.searchParams.get('schema') ?? 'telos';
  // The same URL may name the store, which knows more parameters.
  for (const name of ['schema', 'connections', 'prepare', 'application_name', 'options'])
    address.searchParams.delete(name);
  const { host, port, user, password, database, ssl } = clientOf(address);
  return {
    /** Beside that of the store, for BullMQ names its tables `job` and `event`. */
    schema: `${base}_queue`,
    client: {
      host: host ?? 'localhost',
      port: port ?? 5432,
      user: user ?? 'postgres',
      database: database ?? 'postgres',
      // A function, because an empty text would be taken for a gap, to be filled from elsewhere.
      password: () => (typeof password === 'string' ? password : ''),
      ssl: ssl ?? false,
      application_name: 'telos-queue',
      // A queue may lose what it was given last: commits do not wait for the disk.
      options: '-c synchronous_commit=off',
      connectionTimeoutMillis: 3000,
      // A request that is not answered for this long is given up.
      query_timeout: 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      idleTimeoutMillis: 30_000,
    },
  };
}

function clientOf(url: URL): ReturnType<typeof parseIntoClientConfig> {
  try {
    return parseIntoClientConfig(url.href);
  } catch {
    // What is thrown would show the URL.
    const why = 'the URL cannot be read; are the files that it names there, and is sslmode one of PostgreSQL?';
    throw new TelosError('CONFIG_INVALID', `TELOS_QUEUE_URL: ${why}`);
  }
}
