/**
 * Slots: how many steps a worker runs at a time.
 *
 * Only a step that does something holds a slot. A block that waits for its
 * body, a retry that waits for its time, a run that waits for anything hold none.
 */
export interface Slots {
  /** Takes a slot at once when one is free. */
  tryTake(): boolean;
  /** Calls back, in order of asking, when a slot has been taken for the caller. Returns a function that withdraws the request. */
  whenFree(taken: () => void): () => void;
  give(): void;
  readonly inUse: number;
}

export function createSlots(count: number): Slots {
  let inUse = 0;
  const waiting = new Set<() => void>();
  return {
    tryTake() {
      if (inUse >= count) return false;
      inUse += 1;
      return true;
    },
    whenFree(taken) {
      const request = (): void => taken();
      waiting.add(request);
      return () => void waiting.delete(request);
    },
    give() {
      const [first] = waiting;
      if (first === undefined) {
        inUse -= 1;
      } else {
        waiting.delete(first);
        first();
      }
    },
    get inUse() {
      return inUse;
    },
  };
}
