import type { Clock } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import type { FakeClock } from '@telos/testkit';

/** The machine's own time. */
export const realClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, ms).unref();
      if (signal?.aborted === true) resolve();
      signal?.addEventListener('abort', () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};

/** Time that stands still until a test moves it; 2026-11-23T09:00:00Z unless told otherwise. */
export function heldClock(start = Date.UTC(2026, 10, 23, 9)): FakeClock {
  return createFakeClock(start);
}
