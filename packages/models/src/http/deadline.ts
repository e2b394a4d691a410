import type { Clock } from '@telos/core';

/** Runs `work` with a signal that aborts after `ms` by the clock, or with `outer`. */
export async function withDeadline<T>(
  clock: Clock,
  ms: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal,
): Promise<T> {
  const late = new AbortController();
  const done = new AbortController();
  const watch = async (): Promise<void> => {
    await clock.sleep(ms, done.signal);
    if (!done.signal.aborted) late.abort(new DOMException(`No answer within ${ms} ms`, 'TimeoutError'));
  };
  void watch();
  try {
    return await work(outer === undefined ? late.signal : AbortSignal.any([outer, late.signal]));
  } finally {
    done.abort();
  }
}
