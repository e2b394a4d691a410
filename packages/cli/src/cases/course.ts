/**
 * How far a run has come, as far as time is concerned: what is under way, what
 * it waits for and until when. Time is skipped to what is due next, and not
 * while anything is under way or what is due already has not been taken up.
 */
import type { Instant, RunEvent, RunState } from '@telos/core';
import type { SkippingClock } from '../outside/skipping-clock.ts';

export interface Course {
  /** Told of each event once it is stored. */
  follow(event: RunEvent, clock: Pick<SkippingClock, 'hold'>): void;
  /** The run waits, and nobody holds it. */
  park(state: RunState): void;
  /** The run was told something, and is to take it up. */
  told(): void;
  /** It need not: what it was told was refused. */
  heard(): void;
  /** Whether it waits for what no clock brings. */
  isStuck(): boolean;
  /** Until when time may be skipped; undefined: not now. */
  skipUntil(now: Instant): Instant | undefined;
}

/** What leaves an attempt as it is: under way, or at an end. */
const leavesIt: ReadonlySet<RunEvent['type']> = new Set([
  'call.finished',
  'call.waiting',
  'call.admitted',
  'rail.judged',
  'signal.refused',
  'wait.closed',
  'objective.scored',
  'budget.raised',
]);

/** Where it is kept until when a run that is parked waits. */
const parking = '@parked';

export function createCourse(): Course {
  /** Attempts under way, by path: each with what lets time go on. */
  const underWay = new Map<string, () => void>();
  const due = new Map<string, Instant>();
  let isForEver = false;
  /** It was begun, or told something, and has said nothing since. */
  let isAwaited = true;

  function followStep(path: string, event: RunEvent, clock: Pick<SkippingClock, 'hold'>): void {
    if (event.type === 'step.started') {
      due.delete(path);
      if (!underWay.has(path)) underWay.set(path, clock.hold());
      return;
    }
    if (event.type === 'wait.closed') due.delete(path);
    if (leavesIt.has(event.type)) return;
    underWay.get(path)?.();
    underWay.delete(path);
    due.delete(path);
    const at = dueOf(event);
    if (at !== undefined) due.set(path, at);
  }

  return {
    follow(event, clock) {
      isForEver = false;
      isAwaited = false;
      if (event.type !== 'run.waiting') due.delete(parking);
      if ('path' in event && event.path !== undefined) followStep(event.path, event, clock);
    },
    park({ phase }) {
      isForEver = phase.status === 'paused' || (phase.status === 'waiting' && phase.until === undefined);
      if (phase.status === 'waiting' && phase.until !== undefined) due.set(parking, phase.until);
    },
    told: () => void (isAwaited = true),
    heard: () => void (isAwaited = false),
    isStuck: () => isForEver && !isAwaited,
    skipUntil(now) {
      const next = Math.min(...due.values());
      return isAwaited || isForEver || next <= now || !Number.isFinite(next) ? undefined : next;
    },
  };
}

function dueOf(event: RunEvent): Instant | undefined {
  if (event.type === 'attempt.failed') return event.retryAt;
  return event.type === 'wait.opened' ? event.wait.dueAt : undefined;
}
