import type { Room } from '../ports/queue.ts';

/** Those who wait for room. */
export interface RoomWaiters extends Pick<Room, 'free'> {
  /** To be called when there may be room again: all who wait go on when there is. */
  tell(): void;
}

/** @param hasRoom Whether there is some at this moment. */
export function createRoomWaiters(hasRoom: () => boolean): RoomWaiters {
  const waiting = new Set<() => void>();
  return {
    tell() {
      for (const look of waiting) look();
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

/** Room for so many at once. */
export function countedRoom(count: number): Room {
  let left = count;
  const waiters = createRoomWaiters(() => left > 0);
  return {
    take() {
      if (left <= 0) return false;
      left -= 1;
      return true;
    },
    give() {
      left += 1;
      waiters.tell();
    },
    free: (signal) => waiters.free(signal),
  };
}
