import type { RunId } from '../ids.ts';
import type { JsonObject } from '../json.ts';
import type { StepPath } from '../program/path.ts';
import type { Turn } from './turn.ts';

/**
 * Work that some worker should look at. Its id is derived from what it names, so
 * offering twice is one job; the turn and the task are those of the first offer.
 */
export type Job = Turn & { readonly queue: string; readonly run: RunId } & (
    | { readonly kind: 'run' }
    | {
        readonly kind: 'step';
        readonly path: StepPath;
        readonly attempt: number;
        /**
         * What a worker needs that does not own the run: a few kilobytes at most, sealed by its owner. It is carried, not
         * read.
         */
        readonly task?: JsonObject;
      }
  );

export type JobId = string;

export function jobId(job: Job): JobId {
  return job.kind === 'run' ? `run:${job.run}` : `step:${job.run}:${job.path}:${job.attempt}`;
}

/**
 * Room for jobs in hand, where handlers share it with other work. It is taken for a job before the job leaves the queue,
 * and given back when its handler has ended or no job has come: what finds no room stays for others.
 */
export interface Room {
  /** False when there is none. */
  take(): boolean;
  give(): void;
  /** Resolves when there is some, which another may take first, or when `signal` aborts. */
  free(signal: AbortSignal): Promise<void>;
}

export interface Server {
  /** Takes no new jobs; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/**
 * A doorbell, never the record: it may lose, repeat and reorder jobs, and neither what
 * happened nor who does it is decided by it. Whoever offered a job offers it again when the journal says
 * that it is not done.
 */
export interface Queue {
  /**
   * A job whose id is already waiting is not added again. One that was handled may
   * be offered anew, and one that is under way too: it is handled once more, after
   * its end in the same server, or at once by another, so a handler claims what it does.
   * @throws TelosError QUEUE_UNAVAILABLE (retryable), soon, when the queue cannot be reached; nothing is kept for later.
   */
  offer(jobs: readonly Job[]): Promise<void>;
  /**
   * Hands jobs of the named queues to `handle`, at most `concurrency` at a time, and as `room` allows. Within a
   * queue, shares take turns. A job whose handler throws is dropped: the journal knows what
   * is left to do. `signal` aborts when the job is cancelled or the server stops.
   * A queue that cannot be reached is served again as soon as it can be.
   */
  serve(
    options: { readonly queues: readonly string[]; readonly concurrency: number; readonly room?: Room },
    handle: (job: Job, signal: AbortSignal) => Promise<void>,
  ): Server;
  /**
   * Withdraws waiting jobs and aborts the signals of those under way. Unknown ids are ignored.
   * @throws TelosError QUEUE_UNAVAILABLE (retryable), as `offer`.
   */
  cancel(ids: readonly JobId[]): Promise<void>;
  close(): Promise<void>;
}
