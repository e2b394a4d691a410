import { createRoomWaiters } from '@telos/core';
import type { Room } from '@telos/core';
import type { Slots } from '../desk/slots.ts';

/**
 * Room for steps of other workers' runs: as many as there are slots free. Where all are taken one may wait for its turn
 * among what this worker has to do itself, so that it is not for ever behind that; every other is left to workers that
 * have room now.
 */
export interface TaskRoom extends Room {
  /** A step that room was taken for has its slot. */
  entered(): void;
  /** It has given it back. */
  left(): void;
}

export function createTaskRoom(slots: Pick<Slots, 'free'>): TaskRoom {
  let inHand = 0;
  let inSlots = 0;

  const hasRoom = (): boolean => inHand - inSlots < Math.max(1, slots.free);
  const waiters = createRoomWaiters(hasRoom);

  return {
    take() {
      if (!hasRoom()) return false;
      inHand += 1;
      return true;
    },
    give() {
      inHand -= 1;
      waiters.tell();
    },
    entered() {
      inSlots += 1;
      waiters.tell();
    },
    left() {
      inSlots -= 1;
    },
    free: (signal) => waiters.free(signal),
  };
}
