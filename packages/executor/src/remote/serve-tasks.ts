/** Serving tasks: steps of runs that other workers own. What comes of one is posted to its run. */
import { errorRecordOf, mayRepeat, TelosError } from '@telos/core';
import type { OwnerId } from '@telos/core';
import type { OwnerShared } from '../desk/owner-shared.ts';
import { createDelivery, failedMessage, stoppedMessage } from './delivery.ts';
import type { StepJob } from './delivery.ts';
import { stepQueue } from './placing.ts';
import { readTask } from './read-task.ts';
import { TaskAttempt } from './task-attempt.ts';
import { createTaskRoom } from './task-room.ts';
import type { Task } from './task.ts';

export interface TaskServer {
  /** Says that this worker lives, and ends the tasks that were called off. While tasks are under way that happens by itself. */
  beat(): Promise<void>;
  /** Takes no more; resolves when what is under way has ended. */
  stop(): Promise<void>;
  /** Ends what is under way: what may be made again is handed back. What came of others and the store has not taken is tried once more. */
  handBack(): void;
}

export type TaskServerOptions = {
  readonly owner: OwnerId;
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly aliveMs: number;
};

/** Between two words about tasks that nobody on this store has sealed. */
const refusalsMs = 60_000;

/** How often a worker asks whether its tasks are still wanted. */
const busyBeatMs = 500;

export function serveTasks(shared: OwnerShared, options: TaskServerOptions): TaskServer {
  const { deps, slots, values, programs, seals } = shared;
  const { store, queue } = deps;
  const underway = new Map<string, TaskAttempt>();
  /** Tasks that are being claimed, begun and carried out, each with whether it was called off meanwhile: a worker is told of that once. */
  const beginning = new Map<string, { readonly job: StepJob; isWanted: boolean }>();
  const { owner, aliveMs } = options;
  let stopping = false;
  let beating = false;
  let looking = false;
  let hasLeft = false;
  let refusedAt = Number.NEGATIVE_INFINITY;
  let beatenAt = Number.NEGATIVE_INFINITY;

  const room = createTaskRoom(slots);
  const delivery = createDelivery(store, values, deps.clock, () => beatenAt);

  const served = options.queues.map(stepQueue);
  const server = queue.serve({ queues: served, concurrency: options.concurrency, room }, async (job, signal) => {
    if (job.kind !== 'step' || job.task === undefined || stopping) return;
    const look = (): void => {
      if (!stopping) lookSoon();
    };
    signal.addEventListener('abort', look, { once: true });
    try {
      // Who writes to the queue may have put it where those fetch who are not to make it.
      const sealed = served.includes(job.queue) ? await seals.open(job) : undefined;
      if (sealed === undefined) {
        refuse(job);
        return;
      }
      const task = await readTask(values, sealed);
      if (task === undefined) {
        leave(job);
        return;
      }
      if (!(await slot(job, signal))) return;
      room.entered();
      const key = keyOf(job);
      beginning.set(key, { job, isWanted: true });
      try {
        if (await claimed(job)) await run(job, task);
      } finally {
        beginning.delete(key);
        slots.give();
        room.left();
      }
    } catch (error) {
      const message = `Step ${job.path} of run ${job.run} could not be run here: ${messageOf(error)}`;
      deps.report({ message, run: job.run, error });
    } finally {
      signal.removeEventListener('abort', look);
    }
  });

  /** Not claimed, for no owner has offered this: its own it offers again. Told once a minute, for who writes here may write much. */
  function refuse({ run, path }: StepJob): void {
    const at = deps.clock.now();
    if (at - refusedAt < refusalsMs) return;
    refusedAt = at;
    const message = `Step ${path} of run ${run} is not begun as the queue has it: no process on this store has sealed its task for that attempt and queue. It comes from an older release, or somebody else writes to the queue.`;
    deps.report({ message, run });
  }

  /** Not claimed, so its owner offers it again by and by, to whoever knows such tasks. Told once, for that may take long. */
  function leave({ run, path }: StepJob): void {
    if (hasLeft) return;
    hasLeft = true;
    const message = `Step ${path} of run ${run} is left to other workers: its task is of another release of Telos than this worker, or is none. Workers of a release that knows it take it; further ones are left unsaid.`;
    deps.report({ message, run });
  }

  /** A slot for this task; false when it is not wanted any more. */
  function slot(job: StepJob, signal: AbortSignal): Promise<boolean> {
    return new Promise((resolve) => {
      const withdraw = slots.whenFree(job.run, job, () => {
        signal.removeEventListener('abort', end);
        if (!signal.aborted) resolve(true);
        else {
          slots.give();
          resolve(false);
        }
      });
      const end = (): void => {
        withdraw();
        resolve(false);
      };
      signal.addEventListener('abort', end, { once: true });
    });
  }

  /**
   * Whether the task is this worker's to run. One that it was given and learned of too late, or not at all, is handed
   * back: nobody else would get it, and its owner may count this worker as gone.
   */
  async function claimed(job: StepJob): Promise<boolean> {
    let isLost = false;
    const isGiven = await delivery.untilStored(async () => {
      try {
        if (!isKnownAlive(aliveMs / 2)) await beat();
        return await store.claims.claim(job, owner);
      } catch (error) {
        if (stopping) return false;
        isLost = true;
        throw error;
      }
    });
    if (isGiven && isKnownAlive(aliveMs)) return true;
    if (isGiven || (isLost && (await isMine(job)))) await delivery.message(job, stoppedMessage(job));
    return false;
  }

  /** Whether the store has heard of this worker within this time. */
  function isKnownAlive(ms: number): boolean {
    return deps.clock.now() - beatenAt < ms;
  }

  async function isMine({ run, path, attempt }: StepJob): Promise<boolean> {
    const claims = await delivery.untilStored(() => store.claims.of(run));
    return claims.some((one) => one.worker === owner && one.path === path && one.attempt === attempt);
  }

  async function run(job: StepJob, task: Task): Promise<void> {
    const linked = await delivery
      .untilStored(() => programs.linked(task.program))
      .catch((error: unknown) =>
        // It is this worker's, and its owner would wait for it as long as this worker lives.
        delivery.message(job, failedMessage(job, errorRecordOf(error, 'BUG'))),
      );
    const key = keyOf(job);
    if (linked === undefined) return;
    if (beginning.get(key)?.isWanted === false) return;
    if (stopping) {
      await delivery.message(job, stoppedMessage(job));
      return;
    }
    const attempt = new TaskAttempt({ shared, delivery, job, task, linked });
    attempt.begin();
    underway.set(key, attempt);
    if (!beating) {
      beating = true;
      void beatWhileBusy();
    }
    try {
      const ended = await attempt.ended();
      if (ended === undefined) return;
      await delivery.outcome(job, ended);
      attempt.show(ended);
    } finally {
      underway.delete(key);
    }
  }

  async function beat(): Promise<void> {
    const at = deps.clock.now();
    const calledOff = await store.claims.beat(owner, aliveMs);
    beatenAt = at;
    for (const task of calledOff) {
      const key = keyOf(task);
      const begun = beginning.get(key);
      if (begun === undefined) continue;
      begun.isWanted = false;
      tellLeft(begun.job, underway.get(key));
    }
  }

  /** A task may have been called off: the queue has said so, and the store knows. For all that hear of it at once. */
  function lookSoon(): void {
    if (looking) return;
    looking = true;
    beat()
      .catch(reportBeat)
      .finally(() => {
        looking = false;
      });
  }

  /** Ends a task that was called off. Its owner waits a little for what there was of it. */
  function tellLeft(job: StepJob, attempt: TaskAttempt | undefined): void {
    const left = attempt?.stop(new TelosError('CANCELLED', 'The run does not want it any more.'));
    const told = left === undefined ? delivery.message(job, stoppedMessage(job)) : delivery.left(job, left);
    told.catch((error: unknown) => deps.report({ message: messageOf(error), run: job.run, error }));
  }

  function reportBeat(error: unknown): void {
    deps.report({ message: messageOf(error), error });
  }

  /** A task that is called off has to hear of it soon. */
  async function beatWhileBusy(): Promise<void> {
    while (underway.size > 0) {
      await deps.clock.sleep(busyBeatMs);
      await beat().catch(reportBeat);
    }
    beating = false;
  }

  return {
    beat,
    stop() {
      stopping = true;
      return server.stop();
    },
    handBack() {
      for (const attempt of underway.values()) {
        const { job } = attempt;
        const { usage } = attempt.stop(new TelosError('HANDED_OVER', 'The worker was told to stop.'));
        if (!mayRepeat(attempt.did())) continue;
        store.inbox.post(job.run, stoppedMessage(job, usage)).catch((error: unknown) => {
          deps.report({ message: messageOf(error), run: job.run, error: errorRecordOf(error) });
        });
      }
      delivery.end();
    },
  };
}

function keyOf({ run, path, attempt }: Pick<StepJob, 'run' | 'path' | 'attempt'>): string {
  return `${run} ${path} ${attempt}`;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
