import type { Marks } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const Row = z.object({ at: z.number() });

export function postgresMarks(database: Database, schema: string): Marks {
  return {
    async get(name) {
      const [row] = await database.query({ text: `SELECT at FROM ${schema}.marks WHERE name = $1`, values: [name] });
      return row === undefined ? undefined : storedRow(Row, row, `the mark ${name}`).at;
    },
    async advance(name, from, to) {
      const done = await database.query(
        from === undefined
          ? {
              text: `INSERT INTO ${schema}.marks (name, at) VALUES ($1, $2) ON CONFLICT (name) DO NOTHING RETURNING at`,
              values: [name, to],
            }
          : {
              text: `UPDATE ${schema}.marks SET at = $2 WHERE name = $1 AND at = $3 RETURNING at`,
              values: [name, to, from],
            },
      );
      return done.length === 1;
    },
  };
}
