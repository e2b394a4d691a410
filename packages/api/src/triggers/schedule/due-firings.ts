/**
 * Which of the instants that have passed a schedule fires now.
 *
 * One that passed within the last minute is on time: a process was restarted,
 * or a commit took long. What passed before that nobody was there for, and
 * `missed` says what becomes of it.
 */
import type { Instant, ScheduleSpec } from '@telos/core';
import type { Firings } from '@telos/language';

export const onTimeMs = 60_000;
/** Of firings made up for at a time, the last ones. */
export const mostMissed = 100;

export type Due = {
  /** Oldest first. */
  readonly fire: readonly Instant[];
  /** The last of those that are left out for good; absent: none is. */
  readonly leftOut?: Instant;
};

/** @param fired The instant up to which the schedule has fired. */
export function dueFirings(missed: ScheduleSpec['missed'], firings: Firings, fired: Instant, now: Instant): Due {
  if (missed === 'run_all') return { fire: firings.between(fired, now, mostMissed) };
  const onTime = firings.between(Math.max(fired, now - onTimeMs), now, mostMissed);
  const [late] = firings.between(fired, now - onTimeMs, 1);
  if (late === undefined) return { fire: onTime };
  // One run makes up for all that were missed, and one that is on time is such a run.
  if (missed === 'run_once' && onTime.length === 0) return { fire: [late] };
  return { fire: onTime, leftOut: late };
}
