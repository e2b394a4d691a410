import { isTerminal } from '@telos/core';
import type { Clock, Journal, RunId } from '@telos/core';

/**
 * Waits until a run has ended, for at most `ms` milliseconds or until `signal` aborts.
 *
 * @returns Whether it has ended.
 */
export async function waitForEnd(
  deps: { readonly journal: Pick<Journal, 'follow'>; readonly clock: Pick<Clock, 'sleep'> },
  run: RunId,
  ms: number,
  signal: AbortSignal,
): Promise<boolean> {
  const done = new AbortController();
  const either = AbortSignal.any([signal, done.signal]);
  const timer = deps.clock.sleep(ms, either).then(() => done.abort());
  try {
    for await (const { event } of deps.journal.follow(run, 0, either)) {
      if (isTerminal(event)) return true;
    }
    return false;
  } finally {
    done.abort();
    await timer;
  }
}
