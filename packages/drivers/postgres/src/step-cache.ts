import type { StepCache } from '@telos/core';
import { cachedOutputOf, expiredAtOnce } from '@telos/core/store';
import type { Database } from './database.ts';

export function postgresStepCache(database: Database, schema: string): StepCache {
  return {
    async get(key, now) {
      const [row] = await database.query({
        text: `SELECT cached FROM ${schema}.step_cache WHERE key = $1 AND until > $2`,
        values: [key, now],
      });
      return row === undefined ? undefined : cachedOutputOf(row, key);
    },
    async put(cached, now) {
      const { key, run, until } = cached;
      // The lock keeps the run from being removed in between. One row is never changed twice by one statement.
      await database.query({
        text: `
          WITH expired AS (
            DELETE FROM ${schema}.step_cache WHERE key IN (
              SELECT key FROM ${schema}.step_cache WHERE until <= $5 AND key <> $1 LIMIT $6 FOR UPDATE SKIP LOCKED)
          )
          INSERT INTO ${schema}.step_cache (key, run, until, cached)
          SELECT $1, number, $3, $4 FROM ${schema}.runs WHERE id = $2 FOR KEY SHARE
          ON CONFLICT (key) DO UPDATE SET run = excluded.run, until = excluded.until, cached = excluded.cached`,
        values: [key, run, until, JSON.stringify(cached), now, expiredAtOnce],
      });
    },
  };
}
