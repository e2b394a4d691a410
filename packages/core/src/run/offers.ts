/** Offers: what a frontier has to say and has not been asked for yet. At most one action a step, and its timeout beside it. */
import { rootFrame } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import type { Action } from './action.ts';

export interface Offers {
  /** Offers an action in place of what was offered for the same step and not taken. */
  add(action: Action): void;
  /** Takes back what was offered for a step; false when nothing was. */
  drop(path: StepPath): boolean;
  dropTimeout(path: StepPath): void;
  /** All that is offered, in order of offering. */
  take(): readonly Action[];
  clear(): void;
}

const nothing: readonly Action[] = [];

export function createOffers(): Offers {
  /** By path; '' is the run itself. */
  const offers = new Map<string, Action>();
  const timeoutOf = (path: StepPath): string => `${path}!`;

  return {
    add(action) {
      const key = !('path' in action) ? rootFrame : action.do === 'expire' ? timeoutOf(action.path) : action.path;
      offers.delete(key);
      offers.set(key, action);
    },
    drop: (path) => offers.delete(path),
    dropTimeout: (path) => void offers.delete(timeoutOf(path)),
    take() {
      if (offers.size === 0) return nothing;
      const taken = [...offers.values()];
      offers.clear();
      return taken;
    },
    clear: () => offers.clear(),
  };
}
