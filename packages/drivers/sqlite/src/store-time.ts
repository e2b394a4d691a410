import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@telos/core';

/**
 * The store's clock. SQLite runs in this process, so its time is the machine's.
 * Its sleeps, unlike those of other clocks, hold the process open: a program that
 * follows a run must not end because nothing else is left to do.
 */
export const storeTime: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Aborted: the sleep ends early, which is all that was asked for.
    }
  },
};
