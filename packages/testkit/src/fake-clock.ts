import { setImmediate as turn } from 'node:timers/promises';
import type { Clock, Instant } from '@telos/core';

export interface FakeClock extends Clock {
  /**
   * Moves time forward by `ms`, waking sleepers in the order in which they are due
   * (of two due at once, the one that lay down first). After each, everything it
   * set going runs until only I/O and other sleeps are left, or until it has `settled`.
   */
  advance(ms: number): Promise<void>;
  /** Has `advance` wait for this too, until what it gives is called. */
  waitFor(settled: () => Promise<void>): () => void;
  /** How many sleep now. */
  pending(): number;
}

type Sleeper = { readonly due: Instant; readonly wake: () => void };

/**
 * A clock that stands still until it is told to advance. Starts at 2026-01-01T00:00:00Z unless told otherwise.
 *
 * @param settled Waits for what a sleeper has set going; by default for all but I/O.
 */
export function createFakeClock(
  start: Instant = Date.UTC(2026, 0, 1),
  settled: () => Promise<void> = () => turn(),
): FakeClock {
  let now = start;
  const sleepers = new Set<Sleeper>();
  const waits = new Set([settled]);

  async function allSettled(): Promise<void> {
    for (const wait of waits) await wait();
  }

  function nextUntil(end: Instant): Sleeper | undefined {
    let next: Sleeper | undefined;
    for (const sleeper of sleepers)
      if (sleeper.due <= end && (next === undefined || sleeper.due < next.due)) next = sleeper;
    return next;
  }

  return {
    now: () => now,
    pending: () => sleepers.size,
    waitFor(wait) {
      waits.add(wait);
      return () => void waits.delete(wait);
    },
    sleep(ms, signal) {
      if (!(ms > 0) || signal?.aborted === true) return Promise.resolve();
      return new Promise((resolve) => {
        const wake = () => {
          sleepers.delete(sleeper);
          signal?.removeEventListener('abort', wake);
          resolve();
        };
        const sleeper: Sleeper = { due: now + ms, wake };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', wake);
      });
    },
    async advance(ms) {
      const end = now + ms;
      await allSettled();
      for (let sleeper = nextUntil(end); sleeper !== undefined; sleeper = nextUntil(end)) {
        now = sleeper.due;
        sleeper.wake();
        await allSettled();
      }
      now = end;
    },
  };
}
