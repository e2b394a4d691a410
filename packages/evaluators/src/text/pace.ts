import { setImmediate } from 'node:timers/promises';

/**
 * How work on long texts shares the thread: it counts its steps, and after so
 * many it lets the event loop turn and asks whether it is still wanted.
 */
export type Pace = {
  /** Steps so far: what was read, looked up and compared. */
  readonly work: () => number;
  /** Counts steps done. Rejects with the signal's reason when the work is no longer wanted. */
  spend(steps: number): Promise<void>;
};

/** A few milliseconds of them. */
const stepsPerTurn = 20_000;

export function createPace(signal: AbortSignal): Pace {
  let work = 0;
  let rested = 0;
  return {
    work: () => work,
    async spend(steps) {
      work += steps;
      if (work - rested < stepsPerTurn) return;
      rested = work;
      await setImmediate();
      signal.throwIfAborted();
    },
  };
}
