/** Where runs of mortal workers are kept and what rings for them: embedded, and shared by way of servers. */
import { join } from 'node:path';
import pg from 'pg';

export type Place = {
  readonly store: string;
  readonly queue: string;
  /** Takes away what is not in the folder. */
  remove(): Promise<void>;
};

const database = process.env['TELOS_TEST_DATABASE_URL'] ?? '';
const redis = process.env['TELOS_TEST_REDIS_URL'] ?? '';

export type PlaceKind = 'SQLite and a queue in each process' | 'PostgreSQL and Redis';

/** The servers are those that the tests were given; `pnpm test` gives them. */
export const placeKinds: readonly PlaceKind[] =
  database === '' || redis === ''
    ? ['SQLite and a queue in each process']
    : ['SQLite and a queue in each process', 'PostgreSQL and Redis'];

let made = 0;

/** @param folder The test's own. */
export function newPlace(kind: PlaceKind, folder: string): Place {
  if (kind !== 'PostgreSQL and Redis')
    return { store: join(folder, 'telos.db'), queue: 'local:', remove: () => Promise.resolve() };
  made += 1;
  // Servers are shared: a schema and a prefix of the test's own.
  const name = `mortal_${process.pid}_${made}`;
  const url = new URL(database);
  url.searchParams.set('schema', name);
  return {
    store: url.href,
    queue: `${redis}?prefix=${name}`,
    async remove() {
      const client = new pg.Client({ connectionString: database });
      await client.connect();
      await client.query(`DROP SCHEMA IF EXISTS ${name} CASCADE`);
      await client.end();
    },
  };
}
