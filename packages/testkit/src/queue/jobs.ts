import type { Job, Queue } from '@telos/core';
import { aRunId } from '../builders/runs.ts';
import type { SuiteTest } from '../suite.ts';

export type QueueTest = SuiteTest<Queue>;

/** A queue name that no other test uses. */
export function aQueueName(): string {
  return `q${aRunId().slice(-12)}`;
}

export function aRunJob(queue: string): Job {
  return { kind: 'run', queue, run: aRunId() };
}

export function aStepJob(queue: string, path = 'a', attempt = 1): Extract<Job, { kind: 'step' }> {
  return { kind: 'step', queue, run: aRunId(), path, attempt };
}

/** A handler that notes what it is given and, when told to, holds each job until it is let go. */
export function aWorker(options: { readonly hold?: boolean } = {}) {
  const seen: Job[] = [];
  const signals: AbortSignal[] = [];
  const waiters: { readonly count: number; readonly resolve: () => void }[] = [];
  const gate = Promise.withResolvers<void>();
  let now = 0;
  let most = 0;
  return {
    seen,
    signals,
    /** The greatest number of jobs that were under way at once. */
    most: () => most,
    letGo: () => gate.resolve(),
    /** Resolves when `count` jobs have been handed over in all. */
    handed: (count: number) =>
      new Promise<void>((resolve) => {
        if (seen.length >= count) resolve();
        else waiters.push({ count, resolve });
      }),
    handle: async (job: Job, signal: AbortSignal): Promise<void> => {
      seen.push(job);
      signals.push(signal);
      now += 1;
      most = Math.max(most, now);
      for (const waiter of waiters) if (seen.length >= waiter.count) waiter.resolve();
      if (options.hold === true) await gate.promise;
      else await new Promise((resolve) => setImmediate(resolve));
      now -= 1;
    },
  };
}

/** Resolves when the signal has aborted. */
export function aborted(signal: AbortSignal | undefined): Promise<void> {
  return new Promise((resolve) => {
    if (signal === undefined || signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve());
  });
}
