import type { RunId } from '../ids.ts';
import type { StepPath } from '../program/path.ts';

/** Work that some worker should look at. Its id is derived from what it names, so offering twice is one job. */
export type Job =
  | { readonly kind: 'run'; readonly queue: string; readonly run: RunId }
  | {
      readonly kind: 'step';
      readonly queue: string;
      readonly run: RunId;
      readonly path: StepPath;
      readonly attempt: number;
    };

export type JobId = string;

export function jobId(job: Job): JobId {
  return job.kind === 'run' ? `run:${job.run}` : `step:${job.run}:${job.path}:${job.attempt}`;
}

export interface Server {
  /** Takes no new jobs; resolves when those under way have ended. */
  stop(): Promise<void>;
}

/**
 * A doorbell, never the truth: it may lose, repeat and reorder jobs, and nothing
 * is decided by it. Whoever offered a job offers it again when the journal says
 * that it is not done.
 */
export interface Queue {
  /** A job whose id is already waiting is not added again. One that was handled may be offered anew. */
  offer(jobs: readonly Job[]): Promise<void>;
  /**
   * Hands jobs of the named queues to `handle`, at most `concurrency` at a time.
   * A job whose handler throws is dropped: the journal knows what is left to do.
   * `signal` aborts when the job is cancelled or the server stops.
   */
  serve(
    options: { readonly queues: readonly string[]; readonly concurrency: number },
    handle: (job: Job, signal: AbortSignal) => Promise<void>,
  ): Server;
  /** Withdraws waiting jobs and aborts the signals of those under way. Unknown ids are ignored. */
  cancel(ids: readonly JobId[]): Promise<void>;
  close(): Promise<void>;
}
