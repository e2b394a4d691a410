import { hasEnded } from '@telos/core';
import type { Clock, RunId, RunState } from '@telos/core';
import { nextSteps } from '../output/next-steps.ts';
import type { NextStep } from '../output/next-steps.ts';

/** Which runs of this process wait for somebody outside, and for what. */
export interface Parking {
  /** For a worker's `onPark`. */
  onPark(state: RunState): void;
  /** Calls back at once when the run waits already, else when it begins to; gives the way to stop that. */
  whenParked(run: RunId, listener: (needs: readonly NextStep[]) => void): () => void;
}

export function createParking({ now }: Pick<Clock, 'now'>): Parking {
  const parked = new Map<RunId, readonly NextStep[]>();
  const listeners = new Map<RunId, (needs: readonly NextStep[]) => void>();
  return {
    onPark(state) {
      const needs = hasEnded(state) ? [] : nextSteps(state, now());
      if (needs.length === 0) return;
      parked.set(state.id, needs);
      listeners.get(state.id)?.(needs);
    },
    whenParked(run, listener) {
      const needs = parked.get(run);
      if (needs !== undefined) listener(needs);
      listeners.set(run, listener);
      return () => void listeners.delete(run);
    },
  };
}
