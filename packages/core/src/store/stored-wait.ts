/** Waiting steps as rows of a table, and pages of them. */
import { z } from 'zod';
import type { Sequence } from '../ids.ts';
import type { Page } from '../ports/page.ts';
import type { ListedWait, WaitingStep } from '../run/waiting-step.ts';
import { pageOfRows, placeIn } from './stored-page.ts';
import { storedJson, storedRow } from './stored-row.ts';

const Row = z.object({
  run: z.string(),
  /** Of the run. */
  number: z.int(),
  id: z.int(),
  since: z.number(),
  workflow: z.string(),
  namespace: z.string(),
  step: z.string(),
});
type Row = z.output<typeof Row>;

/** Since when, the number of the run, and the wait within it: the order of waits. */
export type WaitPlace = readonly [since: number, number: number, id: Sequence];
const Cursor = z.tuple([z.number(), z.int(), z.int()]);

/** Reads a row of waits. @throws TelosError STORE_CORRUPT. */
export function waitOf(stored: unknown, what: string): ListedWait {
  return waitOfRow(storedRow(Row, stored, what));
}

/** A page of the rows found, of which one more than asked for tells that another page follows. @throws TelosError STORE_CORRUPT. */
export function waitPageOf(found: readonly unknown[], limit: number): Page<ListedWait> {
  const rows = found.map((row) => storedRow(Row, row, 'the list of waits'));
  return pageOfRows(rows, limit, waitOfRow, ({ since, number, id }) => [since, number, id]);
}

/** @throws TelosError PAGE_INVALID when the text is the cursor of no page. */
export function waitPlaceOf(cursor: string): WaitPlace {
  return placeIn(cursor, Cursor);
}

function waitOfRow({ run, workflow, namespace, step }: Row): ListedWait {
  // Drivers write it from a WaitingStep, in the same transaction as the event that it comes from.
  return { ...(storedJson(step, `the waits of run ${run}`) as WaitingStep), run, workflow, namespace };
}
