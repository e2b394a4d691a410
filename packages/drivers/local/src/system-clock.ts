import type { Clock } from '@telos/core';

/** The longest delay a timer of Node takes, in milliseconds; longer sleeps are made of several. */
const longestTimerMs = 2 ** 31 - 1;

/** The machine's own time. */
export const systemClock: Clock = {
  now: () => Date.now(),
  async sleep(ms, signal) {
    for (let left = ms; left > 0; left -= longestTimerMs) {
      if (signal?.aborted === true) return;
      await timer(Math.min(left, longestTimerMs), signal);
    }
  },
};

function timer(ms: number, signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(running);
      signal?.removeEventListener('abort', end);
      resolve();
    };
    const running = setTimeout(end, ms);
    running.unref();
    signal?.addEventListener('abort', end);
  });
}
