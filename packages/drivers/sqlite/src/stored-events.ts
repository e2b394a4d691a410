import type { DatabaseSync } from 'node:sqlite';
import type { Recorded, RunId, Sequence } from '@telos/core';
import { journalPageRows, recordedOf } from '@telos/core/store';

export interface StoredEvents {
  /** The next events after `after`, all that stand in a bounded number of rows; empty when there are no more. */
  page(run: RunId, after: Sequence): readonly Recorded[];
  hasEnded(run: RunId): boolean;
}

export function storedEvents(database: DatabaseSync): StoredEvents {
  const select = database.prepare(`
    SELECT journal.last, journal.events FROM journal
    WHERE run = (SELECT number FROM runs WHERE id = ?) AND last > ?
    ORDER BY last LIMIT ${journalPageRows}`);
  const ended = database.prepare('SELECT 1 FROM runs WHERE id = ? AND ended_at IS NOT NULL');
  return {
    hasEnded: (run) => ended.get(run) !== undefined,
    page: (run, after) => recordedOf(run, after, select.all(run, after)),
  };
}
