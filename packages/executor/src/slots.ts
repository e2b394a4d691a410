/**
 * Slots: how many steps a worker runs at a time.
 *
 * Only a step that does something holds a slot. A block that waits for its
 * body, a retry that waits for its time, a run that waits for anything hold none.
 *
 * Runs take turns: a slot that comes free goes to the run that has gone longest
 * without one, so a fan-out of ten thousand does not keep a chain waiting. It is
 * handed over in a microtask of its own: nobody begins inside the call that gave
 * it back, and what is withdrawn in the same turn does not begin at all.
 */
import type { RunId } from '@telos/core';

export interface Slots {
  /** Takes a slot at once when one is free and nobody waits for it. */
  tryTake(): boolean;
  /** Calls back, which must not throw, when a slot has been taken for the caller. Returns a function that withdraws the request. */
  whenFree(run: RunId, taken: () => void): () => void;
  give(): void;
  readonly inUse: number;
}

export function createSlots(count: number): Slots {
  let inUse = 0;
  let armed = false;
  /** Requests in order of asking, by run; the runs in order of their turns. */
  const waiting = new Map<RunId, Set<() => void>>();

  function arm(): void {
    if (armed || inUse >= count || waiting.size === 0) return;
    armed = true;
    queueMicrotask(() => {
      armed = false;
      while (inUse < count) {
        const taken = takeTurn();
        if (taken === undefined) return;
        inUse += 1;
        taken();
      }
    });
  }

  function takeTurn(): (() => void) | undefined {
    for (const [run, requests] of waiting) {
      const [first] = requests;
      waiting.delete(run);
      if (first === undefined) continue;
      requests.delete(first);
      if (requests.size > 0) waiting.set(run, requests);
      return first;
    }
    return undefined;
  }

  return {
    tryTake() {
      if (inUse >= count || waiting.size > 0) return false;
      inUse += 1;
      return true;
    },
    whenFree(run, taken) {
      const request = (): void => taken();
      let requests = waiting.get(run);
      if (requests === undefined) waiting.set(run, (requests = new Set()));
      requests.add(request);
      arm();
      return () => {
        const asked = waiting.get(run);
        asked?.delete(request);
        if (asked?.size === 0) waiting.delete(run);
      };
    },
    give() {
      inUse -= 1;
      arm();
    },
    get inUse() {
      return inUse;
    },
  };
}
