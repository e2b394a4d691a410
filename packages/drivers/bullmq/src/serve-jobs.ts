/** Serving: hands jobs of several queues to one handler, as many at a time as there are slots. */
import { jobId } from '@telos/core';
import type { Job, JobId, Room, Server } from '@telos/core';
import type { Backend } from './backend.ts';
import type { Fetcher } from './fetcher.ts';
import { fetchJobs } from './fetch-jobs.ts';
import { readBullJob } from './job-codec.ts';
import { pause } from './reach.ts';
import type { Reach } from './reach.ts';
import { createSlots } from './slots.ts';

export type Handler = (job: Job, signal: AbortSignal) => Promise<void>;

/** A job under way in this process. */
export type UnderWay = {
  readonly abort: AbortController;
  readonly ended: Promise<void>;
  /** The same job, fetched once more meanwhile: what rang the bell may have come too late for the handler to see. */
  again: Job | undefined;
};

export type ServeOptions = {
  readonly backend: Backend;
  readonly reach: Reach;
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly room: Room | undefined;
  readonly handle: Handler;
  /** Jobs under way in all servers of the process. */
  readonly underWay: Map<JobId, UnderWay>;
  /** Offers a job that was fetched and must be left to others. */
  readonly leave: (job: Job) => Promise<void>;
};

/** Before a queue is tried again that failed. */
const pauseMs = 500;

export function serveJobs(options: ServeOptions): Server {
  const { backend, reach, queues, concurrency, room, handle, underWay, leave } = options;
  const slots = createSlots(concurrency, room);
  const stopping = new AbortController();
  const mine = new Set<UnderWay>();
  const fetchers = new Set<Fetcher>();
  const left: Promise<void>[] = [];

  function start(data: unknown): void {
    const job = readBullJob(data);
    const running = job === undefined ? undefined : underWay.get(jobId(job));
    if (running !== undefined) running.again = job;
    else if (job !== undefined && stopping.signal.aborted) left.push(leave(job));
    else if (job !== undefined) {
      void run(job);
      return;
    }
    slots.give();
  }

  async function run(job: Job): Promise<void> {
    const id = jobId(job);
    const ended = Promise.withResolvers<void>();
    const entry: UnderWay = { abort: new AbortController(), ended: ended.promise, again: undefined };
    underWay.set(id, entry);
    mine.add(entry);
    try {
      await handle(job, entry.abort.signal);
    } catch {
      // Dropped: the journal knows what is left to do.
    }
    underWay.delete(id);
    mine.delete(entry);
    if (entry.again === undefined) slots.give();
    else if (stopping.signal.aborted) left.push(leave(entry.again));
    else void run(entry.again);
    ended.resolve();
  }

  async function fetch(name: string): Promise<void> {
    const { signal } = stopping;
    while (!signal.aborted) {
      await reach.there(signal);
      if (signal.aborted) return;
      let fetcher: Fetcher | undefined;
      try {
        fetcher = await backend.fetcher(name);
        fetchers.add(fetcher);
        if (!signal.aborted) await fetchJobs({ fetcher, slots, start, stopping: signal });
      } catch (error) {
        reach.lost(error);
        await pause(pauseMs, signal);
      } finally {
        if (fetcher !== undefined) {
          fetchers.delete(fetcher);
          await fetcher.close();
        }
      }
    }
  }

  const fetching = [...new Set(queues)].map(fetch);
  let stopped: Promise<void> | undefined;

  async function stop(): Promise<void> {
    stopping.abort();
    for (const { abort } of mine) abort.abort();
    // Ends their wait for the next job.
    await Promise.all([...fetchers].map((fetcher) => fetcher.interrupt()));
    await Promise.all(fetching);
    while (mine.size > 0) await Promise.all([...mine].map(({ ended }) => ended));
    await Promise.all(left);
  }

  return {
    stop: () => (stopped ??= stop()),
  };
}
