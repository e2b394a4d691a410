/**
 * A limit on how long a rail may take: one that hangs holds nothing up for ever.
 *
 * The time that its model calls wait for a rate limit does not count: then it is
 * not the rail that is slow. What it still says later is heard by nobody.
 */
import type { Sharing } from '../ports/models.ts';
import type { Clock } from '../ports/clock.ts';
import type { Instant } from '../ids.ts';

/** Of a rail that names no limit of its own. */
export const railTimeoutMs = 60_000;

export type InTime = { readonly signal: AbortSignal; readonly sharing?: Sharing | undefined };

/** @returns What `ask` gives, or undefined when that takes longer. @throws What `ask` throws; the reason of the signal. */
export async function inTime<T>(
  clock: Clock,
  limitMs: number,
  { signal, sharing }: InTime,
  ask: (within: InTime) => Promise<T>,
): Promise<T | undefined> {
  const over = new AbortController();
  const late = new AbortController();
  const idle = createIdle(clock);
  const asked = ask({
    signal: AbortSignal.any([signal, late.signal]),
    sharing: sharing === undefined ? undefined : idle.counting(sharing),
  });
  const began = clock.now();
  const ending = AbortSignal.any([over.signal, signal]);
  const expired = async (): Promise<undefined> => {
    for (let left = limitMs; left > 0 && !ending.aborted; left = limitMs - (clock.now() - began - idle.sum()))
      await clock.sleep(left, ending);
    signal.throwIfAborted();
    if (!over.signal.aborted) late.abort(new Error('It took too long.'));
    return undefined;
  };
  asked.catch(() => {});
  try {
    return await Promise.race([asked, expired()]);
  } finally {
    over.abort('over');
  }
}

/** How long calls have waited for a rate limit so far. */
function createIdle(clock: Clock): { sum(): number; counting(sharing: Sharing): Sharing } {
  let waited = 0;
  let waiting = 0;
  let since: Instant = 0;
  return {
    sum: () => waited + (waiting > 0 ? clock.now() - since : 0),
    counting: (sharing) => ({
      ...sharing,
      onWait(limit) {
        if (waiting === 0) since = clock.now();
        waiting += 1;
        const done = sharing.onWait?.(limit);
        return () => {
          waiting -= 1;
          if (waiting === 0) waited += clock.now() - since;
          done?.();
        };
      },
    }),
  };
}
