/** The queue on BullMQ: a doorbell that many processes share. */
import type { Job, JobId, Queue, Server } from '@telos/core';
import type { Backend } from './backend.ts';
import { bullIdOf, bullJobOf } from './job-codec.ts';
import { createPlacer } from './places.ts';
import type { Placer } from './places.ts';
import type { Reach } from './reach.ts';
import { serveJobs } from './serve-jobs.ts';
import type { UnderWay } from './serve-jobs.ts';

/** Jobs added by one request: more would keep a Redis from its other clients for milliseconds. */
const jobsAtOnce = 250;

/** Ids in one announcement: PostgreSQL takes 8,000 bytes. */
const idsAtOnce = 25;

export function createBullQueue(backend: Backend, reach: Reach): Queue {
  const underWay = new Map<JobId, UnderWay>();
  const servers = new Set<Server>();
  /** Queues that this process has to do with: where ids to be withdrawn are looked for. */
  const names = new Set<string>();
  const placers = new Map<string, Placer>();
  /** By queue: what is added last, and the jobs that go with the request after it. */
  const adding = new Map<string, Promise<void>>();
  const gathering = new Map<string, { readonly jobs: Job[]; readonly added: Promise<void> }>();
  let isListening = false;
  let closed: Promise<void> | undefined;

  async function add(name: string, jobs: readonly Job[]): Promise<void> {
    const queue = await backend.queue(name);
    let placer = placers.get(name);
    if (placer === undefined) {
      placer = createPlacer((arrivals) => backend.place(queue, arrivals));
      placers.set(name, placer);
    }
    const priorities = await placer.priorities(jobs);
    const added = jobs.flatMap((job, index) => {
      const priority = priorities[index];
      return priority === undefined ? [] : [bullJobOf(job, priority)];
    });
    if (added.length > 0) await queue.addBulk(added);
  }

  /**
   * One request after the other, for what has a place and is not added yet nobody sees: those who came meanwhile would
   * stand at the same places. What is offered while another request is under way goes with the next one.
   */
  function addInTurn(name: string, jobs: readonly Job[]): Promise<void> {
    const next = gathering.get(name);
    if (next !== undefined) {
      for (const job of jobs) next.jobs.push(job);
      return next.added;
    }
    const gathered = [...jobs];
    const before = adding.get(name) ?? Promise.resolve();
    const added = before
      .catch(() => undefined)
      .then(async () => {
        gathering.delete(name);
        for (let at = 0; at < gathered.length; at += jobsAtOnce)
          await reach.attempt(() => add(name, gathered.slice(at, at + jobsAtOnce)));
      });
    gathering.set(name, { jobs: gathered, added });
    adding.set(name, added);
    return added;
  }

  async function offer(jobs: readonly Job[]): Promise<void> {
    for (const [name, ofQueue] of Map.groupBy(jobs, ({ queue }) => queue)) {
      names.add(name);
      await addInTurn(name, ofQueue);
    }
  }

  async function withdraw(ids: readonly JobId[]): Promise<void> {
    for (const name of names) {
      const queue = await backend.queue(name);
      await Promise.all(ids.map((id) => queue.remove(bullIdOf(id))));
    }
  }

  function hear(message: string): void {
    for (const id of readCancelled(message)) {
      const running = underWay.get(id);
      if (running !== undefined) running.again = undefined;
      running?.abort.abort();
    }
  }

  return {
    async offer(jobs) {
      if (closed === undefined) await offer(jobs);
    },
    serve({ queues, concurrency, room }, handle) {
      if (closed !== undefined) return { stop: async () => undefined };
      if (!isListening) backend.listen(hear);
      isListening = true;
      for (const name of queues) names.add(name);
      const leave = (job: Job): Promise<void> => offer([job]).catch(() => undefined);
      const server = serveJobs({ backend, reach, queues, concurrency, room, handle, underWay, leave });
      servers.add(server);
      return {
        async stop() {
          await server.stop();
          servers.delete(server);
        },
      };
    },
    async cancel(ids) {
      if (closed !== undefined || ids.length === 0) return;
      hear(JSON.stringify(ids));
      for (let at = 0; at < ids.length; at += idsAtOnce) {
        const some = ids.slice(at, at + idsAtOnce);
        await reach.attempt(async () => {
          await withdraw(some);
          await backend.announce(JSON.stringify(some));
        });
      }
    },
    close() {
      closed ??= (async () => {
        await Promise.all([...servers].map((server) => server.stop()));
        reach.close();
        await backend.close();
      })();
      return closed;
    },
  };
}

function readCancelled(message: string): readonly JobId[] {
  try {
    const ids: unknown = JSON.parse(message);
    return Array.isArray(ids) ? ids.filter((id) => typeof id === 'string') : [];
  } catch {
    return [];
  }
}
