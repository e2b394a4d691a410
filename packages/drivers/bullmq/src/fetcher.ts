import { Job } from 'bullmq';
import type { Worker } from 'bullmq';
import { z } from 'zod';

/** The consuming side of one queue. */
export interface Fetcher {
  /** To be called once at a time. The next job, locked under `token`; waits some seconds for one, and gives undefined when none came or it was interrupted. */
  next(token: string): Promise<Job | undefined>;
  /** Removes a job from the queue for good, and in the same request takes the next one when told to. */
  remove(job: Job, token: string, andNext: boolean): Promise<Job | undefined>;
  /** Gives a job back. */
  putBack(job: Job, token: string): Promise<void>;
  /** Ends a wait for the next job at once; from then on nothing waits. */
  interrupt(): Promise<void>;
  /** To be called when nothing else is under way: PostgreSQL would never answer it. */
  close(): Promise<void>;
}

type FetchingWorker = Parameters<typeof Job.fromJSON>[0] &
  Pick<Worker, 'close' | 'getNextJob' | 'startStalledCheckTimer' | 'waitUntilReady'>;

/** For a wait to end by itself once it was interrupted. */
const graceMs = 1000;

type Interrupt = (worker: FetchingWorker) => Promise<void>;

/** A fetcher that is ready. Takes the worker over: it is closed when it cannot be made ready. */
export async function createFetcher(worker: FetchingWorker, interrupt: Interrupt): Promise<Fetcher> {
  const close = (): Promise<void> => worker.close(true).catch(() => undefined);
  worker.on('error', () => undefined);
  try {
    await worker.waitUntilReady();
    await worker.startStalledCheckTimer();
  } catch (error) {
    await close();
    throw error;
  }
  let giveUp: () => void = () => undefined;

  return {
    next(token) {
      return new Promise((resolve, reject) => {
        giveUp = () => resolve(undefined);
        worker.getNextJob(token).then(resolve, reject);
      });
    },
    async remove(job, token, andNext) {
      const { json, id } = NextJob.parse((await job.moveToCompleted(null, token, andNext)) ?? []);
      // Safe: BullMQ's own description of the job it took, to be read as its manual says.
      return json === null ? undefined : Job.fromJSON(worker, json as Parameters<typeof Job.fromJSON>[1], id);
    },
    async putBack(job, token) {
      // One that is another's by now needs no giving back; a server that is away is noticed by whoever asks it next.
      await job.moveToWait(token).catch(() => undefined);
    },
    async interrupt() {
      await interrupt(worker).catch(() => undefined);
      // A connection that was about to be tried again never says that it was closed. What would come
      // from it after all stays locked for some seconds, and is then given to others.
      setTimeout(() => giveUp(), graceMs).unref();
    },
    close,
  };
}

/** What BullMQ answers when it was told to take the next job: its description and id, or nothing. */
const NextJob = z
  .array(z.unknown())
  .transform(([json, id]) => ({ json: typeof json === 'object' ? (json ?? null) : null, id: String(id) }));
