/** Offers: what a frontier has to say and has not been asked for yet. At most one action a step, and its timeout beside it. */
import { rootFrame, timeoutKey } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import type { Action } from './action.ts';

const nothing: readonly Action[] = [];

/** A class without a list as long as there is one offer, since that is all that a chain ever has. */
export class Offers {
  #only: Action | undefined;
  /** By key, in order of offering, from the second offer on until all are taken. */
  #several: Map<string, Action> | undefined;

  /** Offers an action in place of what was offered for the same step and not taken. */
  add(action: Action): void {
    const key = keyOf(action);
    if (this.#several === undefined) {
      if (this.#only === undefined || keyOf(this.#only) === key) {
        this.#only = action;
        return;
      }
      this.#several = new Map([[keyOf(this.#only), this.#only]]);
      this.#only = undefined;
    }
    this.#several.delete(key);
    this.#several.set(key, action);
  }

  /** Takes back what was offered for a step; false when nothing was. */
  drop(path: StepPath): boolean {
    if (this.#several !== undefined) return this.#several.delete(path);
    if (this.#only === undefined || keyOf(this.#only) !== path) return false;
    this.#only = undefined;
    return true;
  }

  dropTimeout(path: StepPath): void {
    this.drop(timeoutKey(path));
  }

  /** All that is offered, in order of offering. */
  take(): readonly Action[] {
    const taken = this.#several === undefined ? undefined : [...this.#several.values()];
    const only = this.#only;
    this.clear();
    return taken ?? (only === undefined ? nothing : [only]);
  }

  clear(): void {
    this.#only = undefined;
    this.#several = undefined;
  }
}

/** The step's path, or that of its timeout; '' is the run itself. */
function keyOf(action: Action): string {
  if (action.do === 'conclude' || action.do === 'finish') return rootFrame;
  return action.do === 'expire' ? timeoutKey(action.path) : action.path;
}
