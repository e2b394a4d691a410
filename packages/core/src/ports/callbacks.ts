/**
 * Callbacks: where the end of a run is posted.
 *
 * One is asked for when its run is created, in the same transaction, and owed
 * from the append on that ends the run, in that transaction too. Whichever
 * process takes it posts it; one that dies with it leaves it to the next. So it
 * is posted at least once.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Instant, RunId } from '../ids.ts';

/** How a run may end, as a callback names it. */
export type Ending = 'succeeded' | 'failed' | 'cancelled';

export type CallbackSpec = {
  readonly url: string;
  /** The endings that are posted; the others are not. */
  readonly events: readonly Ending[];
  /** Name of the secret that signs; absent: nothing does. */
  readonly secret?: string;
};

export type Callback = CallbackSpec & {
  readonly run: RunId;
  /**
   * `waiting` for the end of the run; `owed`; `delivered`: the far side took it; `given_up`: it will not be tried again
   * by itself; `unwanted`: the run ended in a way that nobody asked to be told of.
   */
  readonly status: 'waiting' | 'owed' | 'delivered' | 'given_up' | 'unwanted';
  /** How often it was taken, since it was owed. */
  readonly attempts: number;
  /** Of one that is owed: when it is taken next, by the store's clock. */
  readonly nextAt?: Instant;
  /** Of one that is not owed any more. */
  readonly settledAt?: Instant;
  /** Why the last attempt came to nothing. */
  readonly problem?: ErrorRecord;
};

export type CallbackOutcome =
  | { readonly status: 'delivered' | 'unwanted' }
  | { readonly status: 'given_up'; readonly problem: ErrorRecord }
  /** To be tried again after so many milliseconds. */
  | { readonly status: 'owed'; readonly afterMs: number; readonly problem: ErrorRecord };

export interface Callbacks {
  get(run: RunId): Promise<Callback | undefined>;
  /**
   * Takes callbacks that are owed and due, at most `limit`, longest due first. Nobody else is given them for `ttlMs`
   * from now; then whoever asks is, unless they were settled. Exactly one of many that ask at once gets each.
   */
  take(limit: number, ttlMs: number): Promise<readonly Callback[]>;
  /** What came of the attempt that `taken` was; false, and nothing changes, when somebody else has taken it since. */
  settle(taken: Pick<Callback, 'run' | 'attempts'>, outcome: CallbackOutcome): Promise<boolean>;
  /** Owes one again that was delivered or given up, with no attempts so far; false when it is neither. */
  owe(run: RunId): Promise<boolean>;
  /** How many are owed, were given up, and of those owed how many have failed at least once. */
  count(): Promise<{ readonly owed: number; readonly failing: number; readonly givenUp: number }>;
  /** Those given up, or owed with a problem, newest run first; `limit` in 1..200. */
  troubled(limit: number): Promise<readonly Callback[]>;
}
