import { begin, evolve, explain } from '@telos/core';
import type { Instant, Recorded, RunState, Seen } from '@telos/core';
import type { WaitingFor } from '@telos/contract';
import { timestamp } from './timestamp.ts';

/** Things listed at most: a person reads the first few, and a wide fan-out has thousands. */
const listed = 100;

/** @param events The run's journal from its first event. */
export function stateIn(events: readonly Recorded[]): RunState | undefined {
  let state: RunState | undefined;
  for (const { run, event } of events) {
    if (state !== undefined) state = evolve(state, event);
    else if (event.type === 'run.created') state = begin(run, event);
  }
  return state;
}

/**
 * Says why an unfinished run has not ended, as `telos doctor` says it.
 *
 * @param seen What the store says of it besides: `lookBeside`.
 * @param cancel Of a cancel that was asked for and is not carried out yet.
 */
export function waitingFor(
  state: RunState | undefined,
  now: Instant,
  seen?: Seen,
  cancel?: { readonly reason: string },
): WaitingFor[] {
  if (state === undefined) return [];
  const reasons = explain(state, now, seen)
    .slice(0, listed)
    .map(({ path, since, sentence }) => ({
      message: sentence,
      since: timestamp(since),
      ...(path === undefined ? {} : { path }),
    }));
  if (cancel === undefined || reasons.length === 0) return reasons;
  return [{ message: `Cancel was asked for: ${cancel.reason}` }, ...reasons].slice(0, listed);
}
