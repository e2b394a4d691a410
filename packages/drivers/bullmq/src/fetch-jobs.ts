/**
 * Fetching: from a queue of BullMQ into the hands of a server.
 *
 * A job leaves the queue before its handler begins, so BullMQ knows no job that is
 * under way: nothing has to be kept locked for the days a run may take, a worker that
 * dies leaves nothing behind that could hold up the next offer, and what is offered
 * from then on is a new job. Only a worker that dies within the moment between
 * taking a job and removing it leaves one locked, until it is offered anew.
 *
 * One fetch waits at a time. While jobs come without pause, lanes take one after the
 * other, each removing a job and taking the next in one request.
 */
import { randomUUID } from 'node:crypto';
import type { Job as BullJob } from 'bullmq';
import type { Fetcher } from './fetcher.ts';
import type { Slots } from './slots.ts';

export type Fetching = {
  readonly fetcher: Fetcher;
  readonly slots: Slots;
  /** Given the data of a job that has left the queue, and a slot taken for it. */
  readonly start: (data: unknown) => void;
  readonly stopping: AbortSignal;
};

/** Requests that remove a job and take the next, at a time: the server and the connection do better with several. */
const lanesAtMost = 16;

/** Resolves when the server stops; rejects when the backend fails. */
export async function fetchJobs({ fetcher, slots, start, stopping }: Fetching): Promise<void> {
  const token = randomUUID();
  const lanes = new Set<Promise<void>>();

  /** Hands over one job after the other while there are jobs and slots. */
  async function lane(first: BullJob): Promise<void> {
    let job: BullJob | undefined = first;
    while (job !== undefined) {
      const isMore: boolean = !stopping.aborted && slots.take();
      const next: BullJob | undefined = await removed(job, isMore);
      start(job.data);
      job = isMore ? await kept(next) : undefined;
    }
  }

  /** A job for which a slot was taken; without one, or once the server stops, the slot is given back. */
  async function kept(job: BullJob | undefined): Promise<BullJob | undefined> {
    if (job !== undefined && !stopping.aborted) return job;
    slots.give();
    if (job !== undefined) await fetcher.putBack(job, token);
    return undefined;
  }

  /** A job that cannot be removed is handled all the same; BullMQ may give it out again. */
  async function removed(job: BullJob, andNext: boolean): Promise<BullJob | undefined> {
    try {
      return await fetcher.remove(job, token, andNext);
    } catch {
      return undefined;
    }
  }

  try {
    while (!stopping.aborted) {
      await slots.free(stopping);
      if (stopping.aborted) break;
      const job = await fetcher.next(token);
      if (job === undefined) continue;
      if (stopping.aborted || !slots.take()) {
        await fetcher.putBack(job, token);
        continue;
      }
      const running = lane(job).finally(() => lanes.delete(running));
      lanes.add(running);
      if (lanes.size >= lanesAtMost) await Promise.race(lanes);
    }
  } finally {
    await Promise.all(lanes);
  }
}
