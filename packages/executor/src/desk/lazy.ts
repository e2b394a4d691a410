/**
 * A part of a run's owner that is made when it is first asked for: a worker may
 * own thousands of runs at a time, and most of them need few of the parts.
 */
export class Lazy<T extends object> {
  readonly #make: () => T;
  #made: T | undefined;

  constructor(make: () => T) {
    this.#make = make;
  }

  get(): T {
    this.#made ??= this.#make();
    return this.#made;
  }

  /** Undefined when nobody has asked for it yet. */
  made(): T | undefined {
    return this.#made;
  }
}
