import { Pool } from 'pg';
import type { PostgresAddress } from '../address.ts';
import { making } from '../postgres/making.ts';
import { connectionOf } from '../postgres/postgres-connection.ts';
import type { Cells } from './shared-register.ts';

/** Lost with a crash, which costs nothing: what limits remember is a minute old at most. */
function tableNamed(table: string): string {
  return `
    CREATE UNLOGGED TABLE IF NOT EXISTS ${table} (
      key text PRIMARY KEY, text text NOT NULL, at timestamptz NOT NULL DEFAULT now()
    )`;
}

export function createPostgresCells(address: PostgresAddress): Cells {
  const { client, schema } = connectionOf(address);
  const pool = new Pool({ ...client, max: 3 });
  pool.on('error', () => undefined);
  const table = `${schema}.telos_limit`;
  let made: Promise<unknown> | undefined;

  async function ready(): Promise<void> {
    made ??= pool.query(making(schema, tableNamed(table)));
    await made.catch((error: unknown) => {
      made = undefined;
      throw error;
    });
  }

  return {
    async read(key) {
      await ready();
      const { rows } = await pool.query<{ text: string | null; now: string }>(
        `SELECT (SELECT text FROM ${table} WHERE key = $1), extract(epoch FROM clock_timestamp()) * 1000 AS now`,
        [key],
      );
      const [row] = rows;
      return { text: row?.text ?? undefined, now: Math.floor(Number(row?.now)) };
    },
    async replace(key, expected, text) {
      const { rowCount } =
        expected === undefined
          ? await pool.query(`INSERT INTO ${table} (key, text) VALUES ($1, $2) ON CONFLICT DO NOTHING`, [key, text])
          : await pool.query(`UPDATE ${table} SET text = $2, at = now() WHERE key = $1 AND text = $3`, [
              key,
              text,
              expected,
            ]);
      if (Math.random() < 0.001) await pool.query(`DELETE FROM ${table} WHERE at < now() - interval '2 minutes'`);
      return rowCount === 1;
    },
    async probe() {
      await ready();
      await pool.query('SELECT 1');
    },
    close: () => pool.end(),
  };
}
