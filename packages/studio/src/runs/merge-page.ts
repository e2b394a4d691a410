import type { RunPage, RunSummaryView } from '@telos/contract';

/** The runs on the screen, newest first, as far as they have been read. */
export type HeldRuns = {
  readonly runs: readonly RunSummaryView[];
  /** Cursor of the page that follows; absent when everything is here. */
  readonly next?: string;
};

/**
 * Takes in a fresh reading of the newest page: runs that began since stand on
 * top, those that no longer fit the filter are gone, what lies below the page
 * stays.
 */
export function mergeNewest(held: HeldRuns, page: RunPage): HeldRuns {
  const last = page.items.at(-1);
  if (page.next === undefined || last === undefined) return { runs: page.items };
  const fresh = new Set(page.items.map(({ id }) => id));
  const below = held.runs.filter((run) => isOlder(run, last) && !fresh.has(run.id));
  const [firstBelow] = below;
  // More runs began than one page holds: what lies below is no longer known to be next to it.
  const touching = held.runs.some(({ id }) => fresh.has(id));
  if (firstBelow === undefined || !touching) return { runs: page.items, next: page.next };
  return { runs: [...page.items, ...below], ...(held.next === undefined ? {} : { next: held.next }) };
}

/** Takes in the page that follows. A run that has come already stays where it is. */
export function appendPage(held: HeldRuns, page: RunPage): HeldRuns {
  const known = new Set(held.runs.map(({ id }) => id));
  return {
    runs: [...held.runs, ...page.items.filter(({ id }) => !known.has(id))],
    ...(page.next === undefined ? {} : { next: page.next }),
  };
}

function isOlder(run: RunSummaryView, than: RunSummaryView): boolean {
  return run.created_at === than.created_at ? run.id < than.id : run.created_at < than.created_at;
}
