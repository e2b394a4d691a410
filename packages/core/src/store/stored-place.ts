import { z } from 'zod';
import type { PlaceWait } from '../ports/store.ts';
import { storedRow } from './stored-row.ts';

const PlaceRow = z.object({ key: z.string(), places: z.int(), before: z.int(), holders: z.string() });

/** @param row With the columns of a wait; `holders` is a JSON list of ids. */
export function placeWaitOf(row: unknown, what: string): PlaceWait {
  const { holders, ...wait } = storedRow(PlaceRow, row, what);
  return { ...wait, holders: z.array(z.string()).parse(JSON.parse(holders)) };
}
