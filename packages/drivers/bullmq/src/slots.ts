import { countedRoom } from '@telos/core';
import type { Room } from '@telos/core';

/** Room for a number of jobs under way at once, shared by all who fetch for one server. */
export type Slots = Room;

/** @param around What else there has to be room in. */
export function createSlots(count: number, around?: Room): Slots {
  const own = countedRoom(count);
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
