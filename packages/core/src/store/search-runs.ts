/**
 * Pages of a search that no index answers.
 *
 * Runs that fit what an index does answer are looked at in stretches, newest
 * first, until the page is full or so many were looked at that whoever asked is
 * told instead: a page costs the same however many runs there are.
 */
import type { RunFilter, RunPage } from '../ports/store.ts';
import { cursorOf } from './stored-page.ts';
import { pageOf } from './stored-summary.ts';
import type { RunPlace } from './stored-summary.ts';

/** Short enough that a store in this process, which lets others go on in between, holds nothing up. */
const stretch = 2_000;
const mostLooks = 20_000;

/** How many runs a stretch has, and its last; without one it has none. */
export type RunsEnd = { readonly count: number; readonly last?: RunPlace };

export type RunSearch = {
  /** Where the first `most` runs behind `place` end that fit all but `where`. */
  end(filter: RunFilter, most: number, place?: RunPlace): Promise<RunsEnd>;
  /** Rows of the first `limit` runs behind `place`, and not behind `last`, that fit. */
  found(filter: RunFilter, limit: number, place: RunPlace | undefined, last: RunPlace): Promise<readonly unknown[]>;
};

export async function searchRuns(
  search: RunSearch,
  { where, looks = mostLooks, ...rest }: RunFilter,
  limit: number,
  from?: RunPlace,
): Promise<RunPage> {
  const filter = { ...rest, ...(where === undefined ? {} : { where }) };
  const rows: unknown[] = [];
  let looked = 0;
  let place = from;
  for (;;) {
    const most = Math.min(stretch, looks - looked);
    // Looked for first: runs that are created meanwhile are newer than all of the stretch, or are found in it.
    const { count, last } = await search.end(rest, most, place);
    if (last === undefined) return pageOf(rows, limit);
    rows.push(...(await search.found(filter, limit + 1 - rows.length, place, last)));
    if (rows.length > limit || count < most) return pageOf(rows, limit);
    looked += count;
    place = last;
    if (looked >= looks) {
      const { items } = pageOf(rows, limit);
      return { items, next: cursorOf([place.createdAt, place.number]), paused: { looked, at: place.createdAt } };
    }
  }
}
