import type { DatabaseSync } from 'node:sqlite';
import type { StepCache } from '@telos/core';
import { cachedOutputOf, expiredAtOnce } from '@telos/core/store';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';

export function sqliteStepCache(database: DatabaseSync, commits: GroupCommit, reading: Reading): StepCache {
  const select = database.prepare('SELECT cached FROM step_cache WHERE key = ? AND until > ?');
  const insert = database.prepare(`
    INSERT INTO step_cache (key, run, until, cached) SELECT :key, number, :until, :cached FROM runs WHERE id = :run
    ON CONFLICT (key) DO UPDATE SET run = excluded.run, until = excluded.until, cached = excluded.cached`);
  const expire = database.prepare(
    'DELETE FROM step_cache WHERE key IN (SELECT key FROM step_cache WHERE until <= ? LIMIT ?)',
  );
  return {
    async get(key, now) {
      const row = reading(() => select.get(key, now));
      return row === undefined ? undefined : cachedOutputOf(row, key);
    },
    put: (cached, now) =>
      commits.submitUnflushed(() => {
        const { key, run, until } = cached;
        insert.run({ key, run, until, cached: JSON.stringify(cached) });
        expire.run(now, expiredAtOnce);
      }),
  };
}
