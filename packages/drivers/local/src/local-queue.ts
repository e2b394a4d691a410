/**
 * A queue in the memory of one process.
 *
 * Shares take turns, and jobs of one share wait in order of arrival. A job that is
 * offered while the same job is under way waits for its end and is then handled
 * once more: what rang the bell may have come too late for the handler to see.
 */
import { createTurns, jobId } from '@telos/core';
import type { Job, JobId, Queue, Room, Server } from '@telos/core';
import { comesBefore, waitingJobs } from './waiting-jobs.ts';
import type { WaitingJob, WaitingJobs } from './waiting-jobs.ts';

type Handler = (job: Job, signal: AbortSignal) => Promise<void>;

/** One caller of `serve`. */
type Serving = {
  readonly queues: ReadonlySet<string>;
  readonly concurrency: number;
  readonly room: Room | undefined;
  readonly handle: Handler;
  readonly stopping: AbortController;
  /** Whether it waits for room. */
  waits: boolean;
  readonly underWay: Map<JobId, { readonly abort: AbortController; readonly ended: Promise<void> }>;
};

export function createLocalQueue(): Queue {
  /** Jobs waiting, by queue. */
  const waiting = new Map<string, WaitingJobs>();
  /** Jobs offered while they were under way. */
  const again = new Map<JobId, Job>();
  const servers = new Set<Serving>();
  const turns = createTurns();
  let arrivals = 0;
  let armed = false;
  let closed = false;

  function add(job: Job): void {
    const id = jobId(job);
    if (isUnderWay(id)) {
      again.set(id, job);
      return;
    }
    let jobs = waiting.get(job.queue);
    if (jobs === undefined) waiting.set(job.queue, (jobs = waitingJobs()));
    if (!jobs.has(id)) jobs.add(id, { job, place: turns.place(job, 1), arrival: arrivals++ });
  }

  function isUnderWay(id: JobId): boolean {
    for (const server of servers) if (server.underWay.has(id)) return true;
    return false;
  }

  /** Hands out jobs once the caller of `offer` has gone on: no handler runs inside somebody else's call. */
  function arm(): void {
    if (armed) return;
    armed = true;
    queueMicrotask(() => {
      armed = false;
      for (const server of servers) {
        while (server.underWay.size < server.concurrency && hasJob(server.queues)) {
          if (server.room?.take() === false) {
            waitForRoom(server, server.room);
            break;
          }
          const job = takeNext(server.queues);
          if (job === undefined) break;
          start(server, job);
        }
      }
    });
  }

  function hasJob(queues: ReadonlySet<string>): boolean {
    for (const name of queues) if ((waiting.get(name)?.size ?? 0) > 0) return true;
    return false;
  }

  function waitForRoom(server: Serving, room: Room): void {
    if (server.waits) return;
    server.waits = true;
    void room.free(server.stopping.signal).then(() => {
      server.waits = false;
      arm();
    });
  }

  function takeNext(queues: ReadonlySet<string>): Job | undefined {
    let from: WaitingJobs | undefined;
    let first: WaitingJob | undefined;
    for (const name of queues) {
      const jobs = waiting.get(name);
      const next = jobs?.next();
      if (next === undefined || (first !== undefined && comesBefore(first, next))) continue;
      from = jobs;
      first = next;
    }
    const taken = from?.take();
    if (taken === undefined) return undefined;
    turns.served(taken.place);
    if (isEmpty()) turns.rest();
    return taken.job;
  }

  function isEmpty(): boolean {
    for (const { size } of waiting.values()) if (size > 0) return false;
    return true;
  }

  function start(server: Serving, job: Job): void {
    const id = jobId(job);
    const abort = new AbortController();
    const ended = Promise.withResolvers<void>();
    // Noted before the handler begins, which may offer the same job in its first line.
    server.underWay.set(id, { abort, ended: ended.promise });
    void (async () => {
      try {
        await server.handle(job, abort.signal);
      } catch {
        // Dropped: the journal knows what is left to do.
      }
      server.underWay.delete(id);
      server.room?.give();
      const next = again.get(id);
      again.delete(id);
      if (next !== undefined && !closed) add(next);
      arm();
      ended.resolve();
    })();
  }

  async function stop(server: Serving): Promise<void> {
    servers.delete(server);
    server.stopping.abort();
    const underWay = [...server.underWay.values()];
    for (const { abort } of underWay) abort.abort();
    await Promise.all(underWay.map(({ ended }) => ended));
  }

  return {
    async offer(jobs) {
      if (closed) return;
      for (const job of jobs) add(job);
      arm();
    },
    serve({ queues, concurrency, room }, handle): Server {
      const server: Serving = {
        queues: new Set(queues),
        concurrency,
        room,
        handle,
        stopping: new AbortController(),
        waits: false,
        underWay: new Map(),
      };
      if (!closed) servers.add(server);
      arm();
      return { stop: () => stop(server) };
    },
    async cancel(ids) {
      for (const id of ids) {
        again.delete(id);
        for (const jobs of waiting.values()) jobs.remove(id);
        for (const server of servers) server.underWay.get(id)?.abort.abort();
      }
    },
    async close() {
      closed = true;
      waiting.clear();
      again.clear();
      await Promise.all([...servers].map(stop));
    },
  };
}
