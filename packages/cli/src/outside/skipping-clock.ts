/**
 * A clock that has no patience: when nothing is under way, the next sleeper is
 * woken at once, as if its time had come. Waits and backoffs take no time, and
 * every instant a run sees is the same each time it is made.
 */
import type { Clock, Instant } from '@telos/core';

export interface SkippingClock extends Clock {
  /** Something begins during which no time may be skipped; to be called when it has ended. */
  hold(): () => void;
  /** Time stands still from now on, and nobody is woken any more. */
  stop(): void;
}

export type SkippingOptions = {
  /** What time it is at first. */
  readonly start: Instant;
  /** Whether time goes by as well while something is under way, as where calls are really made; default false. */
  readonly flows?: boolean;
  /** Asked when nothing is held and the process has come to rest: how far time may be skipped now; undefined: not at all. */
  readonly skipUntil: () => Instant | undefined;
};

type Sleeper = { readonly due: Instant; readonly wake: () => void };

/** Turns of the event loop in which nothing begins, until what was set going has come to rest. */
const calmTurns = 25;
/** A sleeper may lie down for a fraction more than it has to. */
const slackMs = 1;
/** Between two looks while something is under way. */
const lookMs = 2;

export function createSkippingClock({ start, flows = false, skipUntil }: SkippingOptions): SkippingClock {
  const begun = performance.now();
  let skipped = 0;
  let held = 0;
  let calm = 0;
  let watching = false;
  let stopped = false;
  const sleepers = new Set<Sleeper>();

  const now = (): Instant => start + skipped + (flows ? Math.floor(performance.now() - begun) : 0);

  function watch(): void {
    if (watching || stopped || sleepers.size === 0) return;
    watching = true;
    const again = (): void => {
      watching = false;
      look();
      watch();
    };
    if (held > 0) setTimeout(again, lookMs);
    else setImmediate(again);
  }

  function look(): void {
    const next = first();
    if (stopped || next === undefined) return;
    if (next.due <= now()) {
      next.wake();
      return;
    }
    if (held > 0) {
      calm = 0;
      return;
    }
    calm += 1;
    const until = calm < calmTurns ? undefined : skipUntil();
    if (until === undefined || next.due > until + slackMs) return;
    calm = 0;
    skipped += Math.max(0, next.due - now());
    next.wake();
  }

  function first(): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers) if (next === undefined || sleeper.due < next.due) next = sleeper;
    return next;
  }

  return {
    now,
    hold() {
      held += 1;
      calm = 0;
      let isOver = false;
      return () => {
        if (isOver) return;
        isOver = true;
        held -= 1;
        calm = 0;
      };
    },
    stop() {
      stopped = true;
    },
    sleep(ms, signal) {
      if (!(ms > 0) || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = (): void => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { due: now() + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake);
        watch();
      });
    },
  };
}
