/**
 * A queue in the memory of one process.
 *
 * Jobs wait in order of arrival and are handed out in that order. A job that is
 * offered while the same job is under way waits for its end and is then handled
 * once more: what rang the bell may have come too late for the handler to see.
 */
import { jobId } from '@telos/core';
import type { Job, JobId, Queue, Server } from '@telos/core';

type Handler = (job: Job, signal: AbortSignal) => Promise<void>;

/** One caller of `serve`. */
type Serving = {
  readonly queues: ReadonlySet<string>;
  readonly concurrency: number;
  readonly handle: Handler;
  readonly underWay: Map<JobId, { readonly abort: AbortController; readonly ended: Promise<void> }>;
};

export function createLocalQueue(): Queue {
  /** Jobs waiting, by queue and id, in order of arrival. */
  const waiting = new Map<string, WaitingJobs>();
  /** Jobs offered while they were under way. */
  const again = new Map<JobId, Job>();
  const servers = new Set<Serving>();
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
    jobs.add(id, job, arrivals++);
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
        while (server.underWay.size < server.concurrency) {
          const job = takeOldest(server.queues);
          if (job === undefined) break;
          start(server, job);
        }
      }
    });
  }

  function takeOldest(queues: ReadonlySet<string>): Job | undefined {
    let oldest: WaitingJobs | undefined;
    for (const name of queues) {
      const jobs = waiting.get(name);
      if (jobs !== undefined && jobs.arrival() < (oldest?.arrival() ?? Infinity)) oldest = jobs;
    }
    return oldest?.take();
  }

  function start(server: Serving, job: Job): void {
    const id = jobId(job);
    const abort = new AbortController();
    const ended = (async () => {
      try {
        await server.handle(job, abort.signal);
      } catch {
        // Dropped: the journal knows what is left to do.
      }
      server.underWay.delete(id);
      const next = again.get(id);
      again.delete(id);
      if (next !== undefined && !closed) add(next);
      arm();
    })();
    server.underWay.set(id, { abort, ended });
  }

  async function stop(server: Serving): Promise<void> {
    servers.delete(server);
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
    serve({ queues, concurrency }, handle): Server {
      const server: Serving = { queues: new Set(queues), concurrency, handle, underWay: new Map() };
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

interface WaitingJobs {
  /** Does nothing when the job is waiting already. */
  add(id: JobId, job: Job, arrival: number): void;
  remove(id: JobId): void;
  /** When the oldest job came; Infinity when there is none. */
  arrival(): number;
  take(): Job | undefined;
}

/** First in, first out; withdrawn jobs leave a gap that is skipped, so that every call costs the same. */
function waitingJobs(): WaitingJobs {
  const jobs = new Map<JobId, { readonly job: Job; readonly arrival: number }>();
  let order: { readonly id: JobId; readonly arrival: number }[] = [];
  let head = 0;

  function oldest() {
    for (; head < order.length; head += 1) {
      const place = order[head];
      const found = place === undefined ? undefined : jobs.get(place.id);
      // The same job may have been withdrawn and offered again: then it stands further back.
      if (found !== undefined && found.arrival === place?.arrival) return { id: place.id, ...found };
    }
    order = [];
    head = 0;
    return undefined;
  }

  return {
    add(id, job, arrival) {
      if (jobs.has(id)) return;
      jobs.set(id, { job, arrival });
      order.push({ id, arrival });
    },
    remove: (id) => void jobs.delete(id),
    arrival: () => oldest()?.arrival ?? Infinity,
    take() {
      const found = oldest();
      if (found === undefined) return undefined;
      jobs.delete(found.id);
      head += 1;
      if (head > 1024 && head * 2 > order.length) {
        order = order.slice(head);
        head = 0;
      }
      return found.job;
    },
  };
}
