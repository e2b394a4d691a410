import { begin, evolve, explain } from '@telos/core';
import type { Instant, PlaceWait, Recorded, RunState } from '@telos/core';
import type { WaitingFor } from '@telos/contract';
import { timestamp } from './timestamp.ts';

/** Things listed at most: a person reads the first few, and a wide fan-out has thousands. */
const listed = 100;

/**
 * Says why an unfinished run has not ended, as `telos doctor` says it.
 *
 * @param events The run's journal from its first event.
 * @param cancel Of a cancel that was asked for and is not carried out yet.
 * @param place Of a run that waits for its turn by its concurrency key.
 */
export function waitingFor(
  events: readonly Recorded[],
  now: Instant,
  cancel?: { readonly reason: string },
  place?: PlaceWait,
): WaitingFor[] {
  let state: RunState | undefined;
  for (const { run, event } of events) {
    if (state !== undefined) state = evolve(state, event);
    else if (event.type === 'run.created') state = begin(run, event);
  }
  if (state === undefined) return [];
  const reasons = explain(state, now, place)
    .slice(0, listed)
    .map(({ path, since, sentence }) => ({
      message: sentence,
      since: timestamp(since),
      ...(path === undefined ? {} : { path }),
    }));
  if (cancel === undefined || reasons.length === 0) return reasons;
  return [{ message: `Cancel was asked for: ${cancel.reason}` }, ...reasons].slice(0, listed);
}
