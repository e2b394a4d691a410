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
  const waiting = new Set<() => void>();
  let inHand = 0;
  let inSlots = 0;

  const hasRoom = (): boolean => inHand - inSlots < Math.max(1, slots.free);

  function tell(): void {
    for (const look of waiting) look();
  }

  return {
    take() {
      if (!hasRoom()) return false;
      inHand += 1;
      return true;
    },
    give() {
      inHand -= 1;
      tell();
    },
    entered() {
      inSlots += 1;
      tell();
    },
    left() {
      inSlots -= 1;
    },
    free(signal) {
      return new Promise((resolve) => {
        const look = (): void => {
          if (!hasRoom() && !signal.aborted) return;
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
