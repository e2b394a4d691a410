/** Counts how often a program's step lists and a state's steps are looked at, so that cost is a number and not a time. */
import type { Step } from '../program/program.ts';
import type { RunState, StepState } from '../run/state.ts';

export type Counter = { count: number };

/** The same list; every access to a position counts. */
export function countedList(steps: readonly Step[], counter: Counter): readonly Step[] {
  return new Proxy(steps, {
    get(target, property, receiver) {
      counter.count += 1;
      return Reflect.get(target, property, receiver) as unknown;
    },
  });
}

/** The same state; every access to its steps counts, and walking over them counts each. */
export function countedState(state: RunState, counter: Counter): RunState {
  return { ...state, steps: new CountedMap(state.steps, counter) };
}

class CountedMap extends Map<string, StepState> {
  readonly #counter: Counter;

  constructor(entries: Iterable<readonly [string, StepState]>, counter: Counter) {
    super();
    this.#counter = counter;
    for (const [path, step] of entries) super.set(path, step);
  }

  override get(path: string) {
    this.#counter.count += 1;
    return super.get(path);
  }

  override has(path: string) {
    this.#counter.count += 1;
    return super.has(path);
  }

  override set(path: string, step: StepState) {
    this.#counter.count += 1;
    return super.set(path, step);
  }

  override [Symbol.iterator]() {
    this.#counter.count += this.size;
    return super[Symbol.iterator]();
  }
}
