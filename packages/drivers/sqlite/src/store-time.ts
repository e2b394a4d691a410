import { setTimeout as delay } from 'node:timers/promises';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';

const Row = z.object({ now: z.number() });

/**
 * The store's clock: SQLite's own. Its sleeps, unlike those of other clocks, hold
 * the process open: a program that follows a run must not end because nothing else is left to do.
 */
export function storeTime(database: DatabaseSync): Clock {
  const select = database.prepare("SELECT unixepoch('subsec') * 1000 AS now");
  return {
    now: () => storedRow(Row, select.get(), 'the clock').now,
    async sleep(ms, signal) {
      try {
        await delay(ms, undefined, signal === undefined ? {} : { signal });
      } catch {
        // Aborted: the sleep ends early, which is all that was asked for.
      }
    },
  };
}
