/**
 * Events as rows of the journal: one row per append, holding a JSON array.
 */
import type { DatabaseSync } from 'node:sqlite';
import { RunEvent, TelosError } from '@telos/core';
import type { Recorded, RunId, Sequence } from '@telos/core';
import { z } from 'zod';
import { storedJson, storedRow } from './stored-row.ts';

/** Rows read at a time: between two pages the store can commit, and a slow reader holds nothing open. */
const pageRows = 128;

const Row = z.object({ last: z.int(), events: z.string() });
const Events = z.array(RunEvent);

export interface StoredEvents {
  /** The next events after `after`, all that stand in a bounded number of rows; empty when there are no more. */
  page(run: RunId, after: Sequence): readonly Recorded[];
  hasEnded(run: RunId): boolean;
}

export function storedEvents(database: DatabaseSync): StoredEvents {
  const select = database.prepare(`
    SELECT journal.last, journal.events FROM journal
    WHERE run = (SELECT number FROM runs WHERE id = ?) AND last > ?
    ORDER BY last LIMIT ${pageRows}`);
  const ended = database.prepare('SELECT 1 FROM runs WHERE id = ? AND ended_at IS NOT NULL');
  return {
    hasEnded: (run) => ended.get(run) !== undefined,
    page(run, after) {
      const recorded: Recorded[] = [];
      let before: Sequence | undefined;
      for (const stored of select.all(run, after)) {
        const row = storedRow(Row, stored, `the journal of run ${run}`);
        const events = eventsOf(run, row.events);
        const first = row.last - events.length + 1;
        if (first !== (before === undefined ? Math.min(first, after + 1) : before + 1)) {
          throw new TelosError('STORE_CORRUPT', `The journal of run ${run} lacks events before ${first}.`);
        }
        before = row.last;
        for (const [index, event] of events.entries()) {
          const seq = first + index;
          if (seq > after) recorded.push({ run, seq, event });
        }
      }
      return recorded;
    },
  };
}

function eventsOf(run: RunId, text: string): readonly RunEvent[] {
  const events = storedJson(text, `the journal of run ${run}`);
  storedRow(Events, events, `the journal of run ${run}`);
  // Safe: the schema has just accepted it. The parsed copy is not used because it drops
  // fields of later versions and, in payloads, the key `__proto__`.
  return events as readonly RunEvent[];
}
