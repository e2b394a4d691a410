import { TelosError } from '@telos/core';
import type { ClientConfig } from 'pg';
import type { Database } from './database.ts';
import { postgresError } from './postgres-error.ts';

const connectTimeoutMs = 10_000;

/** Parameters of a URL that are understood. Those that name files of this machine are not. */
const parameters = new Set(['sslmode', 'uselibpqcompat', 'application_name', 'client_encoding']);

/**
 * The whole configuration of a connection, from its URL alone: the driver would
 * fill every gap from the environment and from ~/.pgpass, and so send the
 * operator's password to whatever host a URL names.
 * @throws TelosError DB_CONNECTION_INVALID.
 */
export async function postgresConnection(database: Database & { readonly kind: 'postgres' }): Promise<ClientConfig> {
  const { parseIntoClientConfig } = await import('pg-connection-string');
  const { searchParams } = new URL(database.url);
  const unknown = Array.from(searchParams.keys()).filter((name) => !parameters.has(name));
  if (unknown.length > 0) {
    throw new TelosError(
      'DB_CONNECTION_INVALID',
      `${database.shown}: the URL's parameter "${unknown[0]}" is not allowed`,
    );
  }
  let parsed: ClientConfig;
  try {
    parsed = parseIntoClientConfig(database.url);
  } catch (error) {
    throw postgresError(error, database);
  }
  const { host, port, user, password, ssl } = parsed;
  if (!host || !parsed.database) {
    throw new TelosError('DB_CONNECTION_INVALID', 'The PostgreSQL URL must name a host and a database');
  }
  return {
    host,
    port: port ?? 5432,
    user: user || 'postgres',
    database: parsed.database,
    // A function, because an empty text would be taken for a gap.
    password: () => (typeof password === 'string' ? password : ''),
    ssl: ssl ?? false,
    application_name: parsed.application_name ?? 'telos',
    connectionTimeoutMillis: connectTimeoutMs,
  };
}
