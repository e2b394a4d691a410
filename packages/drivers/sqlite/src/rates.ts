import type { DatabaseSync } from 'node:sqlite';
import type { Rates } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';

const Row = z.object({ since: z.number(), used: z.number() });

export function sqliteRates(database: DatabaseSync, commits: GroupCommit): Rates {
  const add = database.prepare(`
    INSERT INTO rates (name, since, used) VALUES (:name, :now, :amount)
    ON CONFLICT (name) DO UPDATE SET
      since = iif(abs(:now - since) >= :window, :now, since),
      used = iif(abs(:now - since) >= :window, 0, used) + :amount
    RETURNING since, used`);
  const forget = database.prepare('DELETE FROM rates WHERE since < ?');
  return {
    add: (name, amount, now, windowMs) =>
      commits.submitUnflushed(() => {
        const window = storedRow(Row, add.get({ name, now, amount, window: windowMs }), `the rate of ${name}`);
        // Once in the window of each: others that are long over.
        if (window.used === amount) forget.run(now - 10 * windowMs);
        return window;
      }),
  };
}
