/** Events as rows of a journal: one row per append, holding a JSON array. */
import { z } from 'zod';
import { TelosError } from '../errors/telos-error.ts';
import type { RunId, Sequence } from '../ids.ts';
import { RunEvent } from '../run/events.ts';
import type { Recorded } from '../run/events.ts';
import { storedJson, storedRow } from './stored-row.ts';

/** Rows read at a time: between two pages the store can commit, and a slow reader holds nothing open. */
export const journalPageRows = 128;

const Row = z.object({ last: z.int(), events: z.string() });
const Events = z.array(RunEvent);

/**
 * The events after `after` that stand in rows of the run's journal.
 *
 * @param rows Those whose `last` is greater than `after`, in order, from the first.
 * @throws TelosError STORE_CORRUPT when a row cannot be read or events are missing.
 */
export function recordedOf(run: RunId, after: Sequence, rows: readonly unknown[]): readonly Recorded[] {
  const recorded: Recorded[] = [];
  let before: Sequence | undefined;
  for (const stored of rows) {
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
}

function eventsOf(run: RunId, text: string): readonly RunEvent[] {
  const events = storedJson(text, `the journal of run ${run}`);
  storedRow(Events, events, `the journal of run ${run}`);
  // Safe: the schema has just accepted it. The parsed copy is not used because it drops
  // fields of later versions and, in payloads, the key `__proto__`.
  return events as readonly RunEvent[];
}
