/**
 * The turns of an owner. One is taken at the end of the microtask in which
 * something came in: what comes in together goes out together. What comes in
 * during a turn is part of it.
 */

/** Queues what is to be done at the end of this microtask; `queueMicrotask` does too and makes a resource for each call. */
const endOfCall = Promise.resolve();

export class Turns {
  readonly #look: () => boolean;
  readonly #close: () => void;
  #state: 'none' | 'due' | 'under way' | 'again' | 'over' = 'none';

  /**
   * @param look Carries out what there is to do; called again while that brings more. False when it must not go on.
   * @param close Called at the end of a turn.
   */
  constructor(look: () => boolean, close: () => void) {
    this.#look = look;
    this.#close = close;
  }

  /** Asks for a turn. */
  ask(): void {
    if (this.#state === 'under way') this.#state = 'again';
    if (this.#state !== 'none') return;
    this.#state = 'due';
    void endOfCall.then(() => this.#take());
  }

  /** No other turn begins. */
  end(): void {
    this.#state = 'over';
  }

  #take(): void {
    if (this.#state !== 'due') return;
    do {
      this.#state = 'under way';
      if (!this.#look()) return;
    } while (this.#isToGoOn());
    this.#state = 'none';
    this.#close();
  }

  #isToGoOn(): boolean {
    return this.#state === 'again';
  }
}
