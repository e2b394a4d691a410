/** Pages of a list, and the cursors between them: where a page ended, as text that means nothing to who passes it on. */
import type { z } from 'zod';
import { TelosError } from '../errors/telos-error.ts';
import type { Page } from '../ports/page.ts';

const mostOfPage = 200;

/** @throws TelosError PAGE_INVALID unless it is in 1..200. */
export function checkPageLimit(limit: number, what: 'runs' | 'waits' | 'callbacks' | 'entries' = 'runs'): void {
  if (Number.isInteger(limit) && limit >= 1 && limit <= mostOfPage) return;
  throw new TelosError('PAGE_INVALID', `A page holds 1 to ${mostOfPage} ${what}, not ${limit}.`, {
    details: { limit },
  });
}

/**
 * A page of the rows found, of which one more than asked for tells that another page follows.
 *
 * @param placeOf Where a row stands in the order of the list.
 */
export function pageOfRows<Row, Item>(
  rows: readonly Row[],
  limit: number,
  itemOf: (row: Row) => Item,
  placeOf: (row: Row) => readonly number[],
): Page<Item> {
  const kept = rows.slice(0, limit);
  const end = kept.at(-1);
  return {
    items: kept.map(itemOf),
    ...(rows.length > limit && end !== undefined ? { next: cursorOf(placeOf(end)) } : {}),
  };
}

/** @throws TelosError PAGE_INVALID when the text is the cursor of no page. */
export function placeIn<Place>(cursor: string, schema: z.ZodType<Place>): Place {
  try {
    return schema.parse(JSON.parse(Buffer.from(cursor, 'base64url').toString()));
  } catch (error) {
    throw new TelosError('PAGE_INVALID', `The cursor ${JSON.stringify(cursor)} is none that a list gave.`, {
      cause: error,
    });
  }
}

export function cursorOf(place: readonly number[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url');
}
