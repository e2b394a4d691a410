import type { RunPage, RunSummaryView } from '@telos/contract';

/** The runs on the screen, newest first, as far as they have been read. */
export type HeldRuns = {
  readonly runs: readonly RunSummaryView[];
  /** Cursor of the page that follows; absent when everything is here. */
  readonly next?: string;
  /** The search has come to runs of this age, and paused there. */
  readonly searchedTo?: string;
};

/**
 * Takes in a fresh reading of the newest page: runs that began since stand on
 * top, those that no longer fit the filter are gone, what lies below the page
 * stays.
 */
export function mergeNewest(held: HeldRuns | undefined, page: RunPage): HeldRuns {
  if (held === undefined) return appendPage({ runs: [] }, page);
  if (page.scanned !== undefined) return mergeSearched(held, page, page.scanned.back_to);
  const last = page.items.at(-1);
  if (page.next === undefined || last === undefined) return { runs: page.items };
  const fresh = new Set(page.items.map(({ id }) => id));
  const below = held.runs.filter((run) => isOlder(run, last) && !fresh.has(run.id));
  const [firstBelow] = below;
  // More runs began than one page holds: what lies below is no longer known to be next to it.
  const touching = held.runs.some(({ id }) => fresh.has(id));
  if (firstBelow === undefined || !touching) return { runs: page.items, next: page.next };
  return { ...rest(held), runs: [...page.items, ...below] };
}

/** A page that paused has looked at more runs than begin between two readings: what was found below it stays. */
function mergeSearched(held: HeldRuns, page: RunPage, to: string): HeldRuns {
  const fresh = new Set(page.items.map(({ id }) => id));
  const below = held.runs.filter((run) => run.created_at <= to && !fresh.has(run.id));
  const end = held.searchedTo ?? held.runs.at(-1)?.created_at;
  const isFurther = held.next === undefined || (end !== undefined && end < to);
  return { ...(isFurther ? rest(held) : rest({ ...page, searchedTo: to })), runs: [...page.items, ...below] };
}

function rest({ next, searchedTo }: Pick<HeldRuns, 'next' | 'searchedTo'>): Omit<HeldRuns, 'runs'> {
  return { ...(next === undefined ? {} : { next }), ...(searchedTo === undefined ? {} : { searchedTo }) };
}

/** Takes in the page that follows. A run that has come already stays where it is. */
export function appendPage(held: HeldRuns, page: RunPage): HeldRuns {
  const known = new Set(held.runs.map(({ id }) => id));
  return {
    runs: [...held.runs, ...page.items.filter(({ id }) => !known.has(id))],
    ...(page.next === undefined ? {} : { next: page.next }),
    ...(page.scanned === undefined ? {} : { searchedTo: page.scanned.back_to }),
  };
}

function isOlder(run: RunSummaryView, than: RunSummaryView): boolean {
  return run.created_at === than.created_at ? run.id < than.id : run.created_at < than.created_at;
}
