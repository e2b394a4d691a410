/**
 * The queues of the workers that meet in one test, and what of them is on its way:
 * a test's time stands still until every job has been handed over for which a worker
 * has room. That is known, not waited for: what has been offered and not begun is
 * counted here, and the server says what it still holds.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { jobId } from '@telos/core';
import type { Job, JobId, Queue, Room, Server } from '@telos/core';
import { createLocalQueue } from '@telos/driver-local';
import { afterAll } from 'vitest';
import { leaveServers, newQueuePlace, openQueueAt, testQueue } from './queues.ts';
import type { QueuePlace } from './queues.ts';
import { leaveStores } from './stores.ts';

export interface Bells {
  /** Whether its queues meet, so that what one offers another serves. */
  readonly areShared: boolean;
  /** A queue for one more worker. */
  open(): Bell;
  /** Resolves when nothing is on its way; with whether something was. */
  heard(): Promise<boolean>;
  /** To be called when all its queues are closed. */
  remove(): Promise<void>;
}

export interface Bell extends Queue {
  /**
   * From now on its process is dead to the queue: it offers nothing, fetches nothing more and takes nothing along that
   * it had fetched, for who dies between fetching a job and beginning it is another test's.
   */
  die(): void;
}

/** One caller of `serve`. */
type Serving = {
  readonly queues: readonly string[];
  readonly concurrency: number;
  readonly underWay: Set<JobId>;
  /** Whether it waits for room that it shares with other work. */
  isFull: boolean;
};

afterAll(leaveServers);
afterAll(leaveStores);

/** @param areShared Whether the queues meet also when they are in the process; elsewhere they always do. */
export function createBells({ areShared = false } = {}): Bells {
  return testQueue === 'local' ? bellsInTheProcess(areShared) : bellsOfPlace(newQueuePlace());
}

/** Nothing there is on its way for longer than until the next turn of the event loop. */
function bellsInTheProcess(areShared: boolean): Bells {
  const shared = areShared ? createLocalQueue() : undefined;
  const die = (): void => undefined;
  return {
    areShared,
    open: () =>
      shared === undefined ? { ...createLocalQueue(), die } : { ...shared, die, close: () => Promise.resolve() },
    heard: () => Promise.resolve(false),
    remove: () => shared?.close() ?? Promise.resolve(),
  };
}

function bellsOfPlace(place: QueuePlace): Bells {
  const servings = new Set<Serving>();
  /** Jobs that were offered and have not begun, with their queue. */
  const offered = new Map<JobId, string>();
  const requests = new Set<Promise<unknown>>();
  /** Whether anything may have been set going since it was last heard. */
  let isStirred = false;
  /** Whether the server has what it keeps jobs in. */
  let isUsed = false;
  let changed = Promise.withResolvers<void>();

  /** For whoever waits for what is on its way: it has begun, or will not. */
  function change(): void {
    changed.resolve();
    changed = Promise.withResolvers();
  }

  async function noted(request: Promise<void>): Promise<void> {
    requests.add(request);
    isStirred = true;
    await request.finally(() => requests.delete(request));
  }

  async function requested(request: Promise<void>): Promise<void> {
    await noted(request);
    isUsed = true;
  }

  /** Queues of which some worker takes a job now. */
  function withRoom(): readonly string[] {
    const names = new Set<string>();
    for (const { queues, concurrency, underWay, isFull } of servings)
      if (underWay.size < concurrency && !isFull) for (const queue of queues) names.add(queue);
    return [...names];
  }

  /** The same room; while it is waited for, what is offered stays in the queue. */
  function watched(room: Room, serving: Serving): Room {
    return {
      take: () => room.take(),
      give: () => room.give(),
      async free(signal) {
        serving.isFull = true;
        await room.free(signal);
        serving.isFull = false;
        isStirred = true;
        change();
      },
    };
  }

  /** Whether a job has left the server, and is to begin in a moment. A job that is under way begins once more after its end. */
  function isOnItsWay(): boolean {
    const names = new Set(withRoom());
    const underWay = new Set([...servings].flatMap((serving) => [...serving.underWay]));
    for (const [id, queue] of offered) if (names.has(queue) && !underWay.has(id)) return true;
    return false;
  }

  function open(): Bell {
    const queue = openQueueAt(place.address);
    const own = new Map<Serving, Server>();
    const death = Promise.withResolvers<void>();
    let isDead = false;
    return {
      async offer(jobs) {
        if (isDead) return;
        for (const job of jobs) offered.set(jobId(job), job.queue);
        await requested(queue.offer(jobs)).catch((error: unknown) => {
          for (const job of jobs) offered.delete(jobId(job));
          change();
          throw error;
        });
      },
      serve(options, handle) {
        const { queues, concurrency, room } = options;
        const serving: Serving = { queues, concurrency, underWay: new Set(), isFull: false };
        servings.add(serving);
        isStirred = true;
        const server = queue.serve(
          room === undefined ? options : { ...options, room: watched(room, serving) },
          async (job: Job, signal) => {
            const id = jobId(job);
            offered.delete(id);
            serving.underWay.add(id);
            change();
            try {
              // What a dead process has under way does not end; its end is the process' own.
              await Promise.race([handle(job, signal), death.promise]);
            } finally {
              serving.underWay.delete(id);
              isStirred = true;
            }
          },
        );
        own.set(serving, server);
        return {
          async stop() {
            servings.delete(serving);
            change();
            await server.stop();
            isStirred = true;
          },
        };
      },
      async cancel(ids) {
        if (isDead) return;
        for (const id of ids) offered.delete(id);
        change();
        await requested(queue.cancel(ids));
      },
      die() {
        isDead = true;
        death.resolve();
        for (const [serving, server] of own) {
          servings.delete(serving);
          // What it has fetched and not begun goes back meanwhile.
          void noted(server.stop());
        }
        change();
      },
      close: () => queue.close(),
    };
  }

  return {
    areShared: true,
    open,
    async heard() {
      if (!isStirred) return false;
      while (isStirred) {
        isStirred = false;
        await Promise.allSettled(requests);
        if (isUsed) while (await place.holds(withRoom())) await turn();
        await turn();
        while (isOnItsWay()) await changed.promise;
      }
      return true;
    },
    remove: () => place.remove(),
  };
}
