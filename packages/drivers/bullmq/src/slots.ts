import type { Room } from '@telos/core';

/** Room for a number of jobs under way at once, shared by all who fetch for one server. */
export type Slots = Room;

/** @param around What else there has to be room in. */
export function createSlots(count: number, around?: Room): Slots {
  const own = countedSlots(count);
  if (around === undefined) return own;
  return {
    take() {
      if (!own.take()) return false;
      if (around.take()) return true;
      own.give();
      return false;
    },
    give() {
      around.give();
      own.give();
    },
    async free(signal) {
      await own.free(signal);
      if (!signal.aborted) await around.free(signal);
    },
  };
}

function countedSlots(count: number): Slots {
  const waiting = new Set<() => void>();
  let left = count;

  return {
    take() {
      if (left <= 0) return false;
      left -= 1;
      return true;
    },
    give() {
      left += 1;
      for (const look of waiting) look();
    },
    free(signal) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (left <= 0 && !signal.aborted) return;
          waiting.delete(look);
          signal.removeEventListener('abort', look);
          resolve();
        };
        waiting.add(look);
        signal.addEventListener('abort', look);
        look();
      });
    },
  };
}
