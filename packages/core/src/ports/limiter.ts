import type { Instant } from '../ids.ts';
import type { Turn } from './turn.ts';

/** How much of something may be used in a minute, by all processes together: requests or tokens of a model, say. */
export type Limit = {
  /** Names what is limited, like `model:openai/gpt-5.2:tokens`. */
  readonly key: string;
  /** Greater than 0. Where processes say it differently, each goes by what it says. */
  readonly perMinute: number;
};

/** Leave to use an amount. */
export type Grant = { readonly limit: Limit; readonly amount: number; readonly at: Instant; readonly turn: Turn };

export interface Limiter {
  /**
   * Resolves when `amount` fits: what was granted in any 60 s is at most the limit, and what was granted
   * counts for 60 to 61 s. An amount above the limit waits until nothing counts, and is then granted whole.
   * Shares take turns by what they use, however much each waits for; nothing is overtaken for good, so a
   * large amount holds up the small ones behind it. Waiting holds no connection.
   *
   * @throws what `signal` aborts with, when it aborts first; then the amount was not used.
   */
  take(limit: Limit, amount: number, options?: Turn & { readonly signal?: AbortSignal }): Promise<Grant>;
  /** Counts what was really used instead of what was granted: 0 when nothing was. To be called once at most. */
  give(grant: Grant, actual: number): Promise<void>;
  /** Rejects all who wait. */
  close(): Promise<void>;
}
