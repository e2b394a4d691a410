/**
 * Whether the backend can be reached, so that nobody waits for one that is away.
 *
 *   there ── an attempt fails or takes too long ──> away
 *   away  ── a probe answers ──> there
 *
 * While it is away every attempt is refused at once, without being tried: nothing
 * piles up. A failure that the backend itself answered with (out of memory, read
 * only) refuses that attempt alone.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import { TelosError } from '@telos/core';

export interface Reach {
  /** @throws TelosError QUEUE_UNAVAILABLE when `act` fails or takes longer than it may. */
  attempt<T>(act: () => Promise<T>): Promise<T>;
  /** Notes a failure that happened elsewhere. */
  lost(error: unknown): void;
  /** Resolves when the backend is not known to be away, or when `signal` aborts. */
  there(signal: AbortSignal): Promise<void>;
  close(): void;
}

export type ReachOptions = {
  /** Where, for people; holds no password. */
  readonly shown: string;
  readonly probe: () => Promise<void>;
  /** Whether the backend answered, with a refusal. */
  readonly isAnswer: (error: unknown) => boolean;
  /** Told when it goes away and when it is back. */
  readonly report: (message: string) => void;
  /** How long an attempt may take; default 3,000. */
  readonly patienceMs?: number;
  /** Between probes; default 500. */
  readonly everyMs?: number;
};

export function createReach({ shown, probe, isAnswer, report, patienceMs = 3000, everyMs = 500 }: ReachOptions): Reach {
  let away: { readonly why: string; readonly back: Promise<void> } | undefined;
  let toldRefusalAt = -Infinity;
  const closed = new AbortController();

  async function attempt<T>(act: () => Promise<T>): Promise<T> {
    if (away !== undefined) throw unavailable(away.why);
    try {
      return await within(act(), patienceMs);
    } catch (error) {
      lost(error);
      throw unavailable(messageOf(error));
    }
  }

  function lost(error: unknown): void {
    if (away !== undefined || closed.signal.aborted) return;
    const why = messageOf(error);
    if (isAnswer(error)) {
      // It may refuse every request: that is told now and then.
      if (performance.now() - toldRefusalAt < 60_000) return;
      toldRefusalAt = performance.now();
      report(`The queue at ${shown} refuses what it is asked (${why}).`);
      return;
    }
    report(
      `The queue at ${shown} cannot be reached (${why}). Runs are safe in the store; they are offered again when it is back.`,
    );
    away = { why, back: probeUntilBack() };
  }

  async function probeUntilBack(): Promise<void> {
    while (!closed.signal.aborted) {
      await pause(everyMs, closed.signal);
      try {
        await within(probe(), patienceMs);
        break;
      } catch {
        // Still away: probe again.
      }
    }
    away = undefined;
    if (!closed.signal.aborted) report(`The queue at ${shown} is back.`);
  }

  function unavailable(why: string): TelosError {
    // The cause is told in words: errors of clients carry the commands that failed, AUTH and its password among them.
    return new TelosError('QUEUE_UNAVAILABLE', `The queue at ${shown} cannot be reached (${why}).`, {
      cause: new Error(why),
    });
  }

  return {
    attempt,
    lost,
    async there(signal) {
      if (away !== undefined && !signal.aborted) await either(away.back, signal);
    },
    close: () => closed.abort(),
  };
}

/** What the promise comes to, or a rejection when that takes longer than `ms`. */
export function within<T>(promise: Promise<T>, ms: number): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Error(`no answer within ${ms} ms`)), ms);
    void promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

/** Resolves after `ms`, or when `signal` aborts. Holds no process open. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  await sleep(ms, undefined, { signal, ref: false }).catch(() => undefined);
}

/** Resolves with `promise`, or when `signal` aborts. */
async function either(promise: Promise<void>, signal: AbortSignal): Promise<void> {
  const aborted = Promise.withResolvers<void>();
  const note = (): void => aborted.resolve();
  signal.addEventListener('abort', note);
  await Promise.race([promise, aborted.promise]);
  signal.removeEventListener('abort', note);
}

/** What ioredis says in terms of its options. */
const lostConnection = /enableOfflineQueue|max retries per request|Connection is closed/;

export function messageOf(error: unknown): string {
  if (error instanceof AggregateError && error.message === '') return error.errors.map(messageOf).join('; ');
  const message = error instanceof Error ? error.message : String(error);
  return lostConnection.test(message) ? 'the connection is lost' : message;
}
