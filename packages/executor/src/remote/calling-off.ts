/**
 * Calling off: attempts of a run that other workers have, and that nobody wants any more.
 *
 * A worker is told, ends its call, and says what there was of it: what it had shown, and what it cost. That
 * is waited for, but not for long, and only where somebody has claimed the attempt and lives.
 */
import { jobId, unlabelled } from '@telos/core';
import type { Clock, Job, Labelling, Message, Payload, StepPath, Store, Task, Usage } from '@telos/core';
import type { WorkerDeps } from '../ports.ts';

type Outcome = Extract<Message, { kind: 'outcome' }>;

/** What there was of an attempt that was called off. */
export type LeftElsewhere = {
  readonly calls: Outcome['calls'];
  readonly usage?: Usage;
  readonly partial?: Payload;
  /** What its tool brought. */
  readonly brought: Labelling;
  /** To be called when that is applied. */
  readonly settled: () => void;
};

export interface CallingOff {
  /** Calls an attempt off; the same one again waits with the first. Never rejects. */
  end(task: Task, job: Job | undefined): Promise<LeftElsewhere>;
  /** What a worker says of an attempt; false when it was not called off here. */
  heard(message: Outcome, settled: () => void): boolean;
}

/** A worker looks twice a second whether its tasks are still wanted, if it has not heard of it at once. */
const patienceMs = 3000;

const nothing: LeftElsewhere = { calls: [], brought: unlabelled, settled: () => undefined };

type Waiting = {
  readonly task: Task;
  readonly left: Promise<LeftElsewhere>;
  readonly come: (left: LeftElsewhere) => void;
};

export function createCallingOff(
  run: string,
  { queue, clock, report }: Pick<WorkerDeps, 'queue' | 'report'> & { readonly clock: Clock },
  claims: Store['claims'],
): CallingOff {
  const waiting = new Map<StepPath, Waiting>();
  /** Those of one turn, told together. */
  let next: { readonly one: Waiting; readonly job: Job | undefined }[] = [];

  async function tell(): Promise<void> {
    const these = next;
    next = [];
    try {
      await claims.callOff(these.map(({ one }) => one.task));
      // Only a bell: who does not hear it looks by itself.
      const jobs = these.flatMap(({ job }) => (job === undefined ? [] : [jobId(job)]));
      if (jobs.length > 0) queue.cancel(jobs).catch(reportFailure);
      const held = new Set((await claims.of(run)).filter(({ alive }) => alive).map(keyOf));
      for (const { one } of these) {
        if (held.has(keyOf(one.task))) giveUpLater(one);
        else one.come(nothing);
      }
    } catch (error) {
      reportFailure(error);
      for (const { one } of these) one.come(nothing);
    }
  }

  function giveUpLater(one: Waiting): void {
    const timer = new AbortController();
    void one.left.then(() => timer.abort('heard'));
    clock.sleep(patienceMs, timer.signal).then(() => one.come(nothing), reportFailure);
  }

  function reportFailure(error: unknown): void {
    report({ message: `Steps of run ${run} could not be called off.`, run, error });
  }

  return {
    end(task, job) {
      const known = waiting.get(task.path);
      if (known?.task.attempt === task.attempt) return known.left;
      const { promise: left, resolve } = Promise.withResolvers<LeftElsewhere>();
      const one: Waiting = { task, left, come: resolve };
      waiting.set(task.path, one);
      void left.then(() => waiting.get(task.path) === one && waiting.delete(task.path));
      next.push({ one, job });
      if (next.length === 1) queueMicrotask(() => void tell());
      return left;
    },
    heard({ path, attempt, calls, usage, brought = unlabelled, outcome }, settled) {
      const one = waiting.get(path);
      if (one?.task.attempt !== attempt) return false;
      one.come({
        calls,
        brought,
        settled,
        ...(usage === undefined ? {} : { usage }),
        ...(outcome.ended === 'stopped' && outcome.partial !== undefined ? { partial: outcome.partial } : {}),
      });
      return true;
    },
  };
}

function keyOf({ path, attempt }: Task): string {
  return `${path} ${attempt}`;
}
