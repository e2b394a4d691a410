/**
 * Patience with a store that is away, locked or full.
 *
 * What a step gave, perhaps at a price and not to be had a second time, is in
 * this process alone until it is written. So its owner keeps it and tries again,
 * until the store answers, another owner has taken over, or it is told to stop.
 */
import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';

export interface Patience {
  /** Does something, again and again while the store fails in a way that passes. */
  try<T>(act: () => T | Promise<T>): T | Promise<T>;
  /** Waits a little when the error is one that passes; false when it is not, or when there is nothing to wait for any more. */
  outlasts(error: unknown): Promise<boolean>;
  /** Nothing is waited for any more. */
  end(): void;
}

const pauseMs = 1000;
const passing: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL']);

/** @param report Told of the first failure, and again once a minute. */
export function createPatience(clock: Clock, report: (error: TelosError) => void): Patience {
  let over = false;
  /** Made when there is something to wait for: most owners never wait. */
  let ended: AbortController | undefined;
  let reportedAt = Number.NEGATIVE_INFINITY;

  async function outlasts(error: unknown): Promise<boolean> {
    if (over || !(error instanceof TelosError) || !passing.has(error.code)) return false;
    if (clock.now() - reportedAt >= 60_000) {
      reportedAt = clock.now();
      report(error);
    }
    ended ??= new AbortController();
    await clock.sleep(pauseMs, ended.signal);
    return !over;
  }

  async function again<T>(act: () => T | Promise<T>, first: unknown): Promise<T> {
    let failure = first;
    while (await outlasts(failure)) {
      try {
        return await act();
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }

  return {
    outlasts,
    try(act) {
      const done = act();
      return done instanceof Promise ? done.catch((error: unknown) => again(act, error)) : done;
    },
    end() {
      over = true;
      ended?.abort('over');
    },
  };
}
