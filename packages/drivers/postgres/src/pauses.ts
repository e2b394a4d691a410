import { setTimeout as delay } from 'node:timers/promises';
import type { Clock } from '@telos/core';

/**
 * Pauses of the process's own, for a store whose time is the server's. They hold the process
 * open: a program that follows a run must not end because nothing else is left to do.
 */
export const pauses: Pick<Clock, 'sleep'> = {
  async sleep(ms, signal) {
    try {
      await delay(ms, undefined, signal === undefined ? {} : { signal });
    } catch {
      // Aborted: the sleep ends early, which is all that was asked for.
    }
  },
};
