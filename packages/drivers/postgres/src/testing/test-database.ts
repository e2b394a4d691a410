import { startPostgres } from '@telos/testkit/servers/postgres';
import pg from 'pg';
import { afterAll, beforeAll } from 'vitest';

let made = 0;

/** A schema of a test's own, in a database that others may use too. */
export type TestSchema = {
  /** Names the schema; known once the tests run. */
  readonly url: string;
  readonly schema: string;
  /** Runs SQL as anybody with the password could. */
  run(sql: string, values?: readonly unknown[]): Promise<readonly Record<string, unknown>[]>;
  /** A session of somebody else's, to be ended. */
  connect(): Promise<pg.Client>;
  drop(): Promise<void>;
};

/** The PostgreSQL that the environment names, else one of this file's own. Call it once, outside of any test. */
export function testDatabase(): { newSchema(parameters?: string): TestSchema } {
  let url = process.env['TELOS_TEST_DATABASE_URL'] ?? '';
  let stop = async (): Promise<void> => {};
  beforeAll(async () => {
    if (url !== '') return;
    const server = await startPostgres();
    url = server.url;
    stop = () => server.stop();
  }, 60_000);
  afterAll(() => stop());

  return {
    newSchema(parameters = '') {
      made += 1;
      const schema = `telos_test_${process.pid}_${made}`;
      const connect = async () => {
        const client = new pg.Client({ connectionString: url });
        await client.connect();
        return client;
      };
      const run = async (sql: string, values?: readonly unknown[]) => {
        const client = await connect();
        try {
          return (await client.query<Record<string, unknown>>(sql, values === undefined ? undefined : [...values]))
            .rows;
        } finally {
          await client.end();
        }
      };
      return {
        get url() {
          return `${url}${url.includes('?') ? '&' : '?'}schema=${schema}${parameters}`;
        },
        schema,
        run,
        connect,
        drop: async () => void (await run(`DROP SCHEMA IF EXISTS ${schema} CASCADE`)),
      };
    },
  };
}
