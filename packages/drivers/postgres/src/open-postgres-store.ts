import type { Clock, Store } from '@telos/core';
import { readConnectionUrl } from './connection-url.ts';
import { openDatabase } from './database.ts';
import { migrate } from './migrate.ts';
import { postgresStore } from './postgres-store.ts';

export type PostgresStoreOptions = {
  /** `postgres://user:password@host:5432/database`; connection-url.ts says what may follow. */
  readonly url: string;
  /** How long a connection may take to be made, in milliseconds; 5,000 when absent. */
  readonly connectMs?: number;
  /** How long a statement may take until its connection is given up, in milliseconds; 10,000 when absent. */
  readonly answerMs?: number;
  /** Time for leases and for noticing other processes; the server's own when absent. */
  readonly clock?: Clock;
  /** How often to look for what other processes have written while somebody waits for it, in milliseconds; 100 when absent. */
  readonly pollMs?: number;
};

/**
 * Opens a store in a PostgreSQL database, and makes its tables when they are missing.
 *
 * @throws TelosError CONFIG_INVALID (the URL), STORE_UNAVAILABLE, STORE_FULL, STORE_CORRUPT,
 *   STORE_NEWER and STORE_FOREIGN; the last two leave the database as it is.
 */
export async function openPostgresStore(options: PostgresStoreOptions): Promise<Store> {
  const url = readConnectionUrl(options.url);
  const database = openDatabase(url, options);
  try {
    await database.probe();
    await migrate(database, url);
  } catch (error) {
    await database.close();
    throw error;
  }
  return postgresStore(database, url.schema, options);
}
