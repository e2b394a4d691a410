/**
 * The bell that wakes followers of runs and listeners for messages.
 *
 * Changes made through this store ring at once. Changes made by other processes
 * are noticed by looking, every `pollMs` while somebody listens; whoever is woken
 * looks for itself, so waking too often is harmless.
 */
import type { RunId } from '../ids.ts';
import type { Clock } from '../ports/clock.ts';

export interface ChangeBell {
  /** Whether anybody follows the run: if not, there is no need to ring. */
  isFollowed(run: RunId): boolean;
  /** Events of the run are durable. */
  ringRun(run: RunId): void;
  /** A message to the run is durable. */
  ringMessage(run: RunId): void;
  /** `listener` is called when the run may have new events, and when the store closes. Gives back how to stop. */
  onRun(run: RunId, listener: () => void): () => void;
  onMessage(listener: (run: RunId) => void): () => void;
  /** Wakes all followers a last time and stops looking. */
  close(): void;
}

export type Interest = {
  /** Runs that somebody follows. */
  readonly followed: readonly RunId[];
  /** Whether somebody listens for messages. */
  readonly messages: boolean;
};

export type Changes = {
  /** Runs that may have new events. */
  readonly runs: readonly RunId[];
  /** Runs that may have new messages. */
  readonly messages: readonly RunId[];
};

/** What may have changed since the look before; of the first look, since anybody listens. */
export type LookForChanges = (interest: Interest) => Changes | Promise<Changes>;

export type BellOptions = {
  readonly clock: Pick<Clock, 'sleep'>;
  readonly pollMs: number;
  /** The pause after a look that failed. */
  readonly failedMs: number;
};

/** @param begin Gives how to look, each time that somebody begins to listen after nobody did. */
export function createChangeBell(begin: () => LookForChanges, { clock, pollMs, failedMs }: BellOptions): ChangeBell {
  const followers = new Map<RunId, Set<() => void>>();
  const listeners = new Set<(run: RunId) => void>();
  let polling: AbortController | undefined;
  let closed = false;

  async function poll(look: LookForChanges, signal: AbortSignal): Promise<void> {
    for (let pauseMs = pollMs; ;) {
      await clock.sleep(pauseMs, signal);
      if (signal.aborted) return;
      try {
        const { runs, messages } = await look({ followed: [...followers.keys()], messages: listeners.size > 0 });
        for (const run of runs) ringRun(run);
        for (const run of messages) ringMessage(run);
        pauseMs = pollMs;
      } catch {
        // The store is away, busy or broken: followers meet that themselves and tell their callers.
        for (const run of followers.keys()) ringRun(run);
        pauseMs = failedMs;
      }
    }
  }

  function ringRun(run: RunId): void {
    for (const wake of followers.get(run) ?? []) wake();
  }

  function ringMessage(run: RunId): void {
    for (const listener of listeners) listener(run);
  }

  function startOrStop(): void {
    const wanted = !closed && (followers.size > 0 || listeners.size > 0);
    if (wanted && polling === undefined) {
      polling = new AbortController();
      void poll(begin(), polling.signal);
    } else if (!wanted) {
      polling?.abort();
      polling = undefined;
    }
  }

  return {
    isFollowed: (run) => followers.has(run),
    ringRun,
    ringMessage,
    onRun(run, listener) {
      const waiting = followers.get(run) ?? new Set();
      waiting.add(listener);
      followers.set(run, waiting);
      startOrStop();
      return () => {
        waiting.delete(listener);
        if (waiting.size === 0 && followers.get(run) === waiting) followers.delete(run);
        startOrStop();
      };
    },
    onMessage(listener) {
      listeners.add(listener);
      startOrStop();
      return () => {
        listeners.delete(listener);
        startOrStop();
      };
    },
    close() {
      closed = true;
      startOrStop();
      listeners.clear();
      for (const waiting of followers.values()) for (const wake of waiting) wake();
    },
  };
}
