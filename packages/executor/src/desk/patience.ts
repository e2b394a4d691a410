/**
 * Patience with a store that is away, locked or full.
 *
 * What a step gave, perhaps at a price and not to be had a second time, is in
 * this process alone until it is written. So its owner keeps it and tries again,
 * until the store answers, another owner has taken over, or it is told to stop.
 */
import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';

const pauseMs = 1000;
const passing: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL']);

export class Patience {
  readonly #clock: Clock;
  readonly #report: (error: TelosError) => void;
  #over = false;
  /** Made when there is something to wait for: most owners never wait. */
  #ended: AbortController | undefined;
  #reportedAt = Number.NEGATIVE_INFINITY;

  /** @param report Told of the first failure, and again once a minute. */
  constructor(clock: Clock, report: (error: TelosError) => void) {
    this.#clock = clock;
    this.#report = report;
  }

  /** Does something, again and again while the store fails in a way that passes. */
  try<T>(act: () => Promise<T>): Promise<T> {
    return this.insist(act(), act);
  }

  /** As `try`, for what was done a first time: whoever has it at once makes no function for doing it again. */
  insist<T>(first: Promise<T>, act: () => T | Promise<T>): Promise<T> {
    return first.catch((error: unknown) => this.#again(act, error));
  }

  /** Waits a little when the error is one that passes; false when it is not, or when there is nothing to wait for any more. */
  async outlasts(error: unknown): Promise<boolean> {
    if (this.#over || !(error instanceof TelosError) || !passing.has(error.code)) return false;
    const now = this.#clock.now();
    if (now - this.#reportedAt >= 60_000) {
      this.#reportedAt = now;
      this.#report(error);
    }
    this.#ended ??= new AbortController();
    await this.#clock.sleep(pauseMs, this.#ended.signal);
    return !this.#over;
  }

  /** Nothing is waited for any more. */
  end(): void {
    this.#over = true;
    this.#ended?.abort('over');
  }

  async #again<T>(act: () => T | Promise<T>, first: unknown): Promise<T> {
    let failure = first;
    while (await this.outlasts(failure)) {
      try {
        return await act();
      } catch (error) {
        failure = error;
      }
    }
    throw failure;
  }
}
