import type { Rates } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const Row = z.object({ since: z.number(), used: z.number() });

export function postgresRates(database: Database, schema: string): Rates {
  return {
    async add(name, amount, now, windowMs) {
      const [row] = await database.query({
        text: `
          INSERT INTO ${schema}.rates AS r (name, since, used) VALUES ($1, $2, $3)
          ON CONFLICT (name) DO UPDATE SET
            since = CASE WHEN abs($2 - r.since) >= $4 THEN $2 ELSE r.since END,
            used = CASE WHEN abs($2 - r.since) >= $4 THEN 0 ELSE r.used END + $3
          RETURNING since, used`,
        values: [name, now, amount, windowMs],
      });
      const window = storedRow(Row, row, `the rate of ${name}`);
      // Once in the window of each: others that are long over.
      if (window.used === amount) {
        await database.query({
          text: `DELETE FROM ${schema}.rates WHERE since < $1`,
          values: [now - 10 * windowMs],
        });
      }
      return window;
    },
  };
}
