import type { Instant } from '../ids.ts';

/** What was asked for in the window that is under way, by all processes together. */
export type RateWindow = {
  /** When it began. */
  readonly since: Instant;
  /** With what was just added. */
  readonly used: number;
};

/** Counts within windows of time, for limits on those who ask. Lost with a power cut, which costs nothing. */
export interface Rates {
  /**
   * Adds to the count of `name`, and tells it: exactly, however many add at once. Where no window is under way at `now`,
   * one begins then.
   *
   * @param now By the caller's clock; those of two callers may differ by less than a window.
   */
  add(name: string, amount: number, now: Instant, windowMs: number): Promise<RateWindow>;
}
