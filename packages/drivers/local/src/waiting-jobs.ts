import type { Job, JobId } from '@telos/core';

/** The jobs of one queue that wait, lowest place first; of two at one place the one that came first. */
export interface WaitingJobs {
  has(id: JobId): boolean;
  add(id: JobId, waiting: WaitingJob): void;
  remove(id: JobId): void;
  /** The next to be taken, which stays. */
  next(): WaitingJob | undefined;
  take(): WaitingJob | undefined;
  readonly size: number;
}

export type WaitingJob = { readonly job: Job; readonly place: number; readonly arrival: number };

export function comesBefore(a: WaitingJob, b: WaitingJob): boolean {
  return a.place < b.place || (a.place === b.place && a.arrival < b.arrival);
}

type Entry = WaitingJob & { readonly id: JobId };

/** A binary heap. Withdrawn jobs stay in it as gaps until they come to the top, so that every call costs little. */
export function waitingJobs(): WaitingJobs {
  const jobs = new Map<JobId, Entry>();
  const heap: Entry[] = [];

  function rise(entry: Entry): void {
    let at = heap.length;
    heap.push(entry);
    while (at > 0) {
      const above = (at - 1) >> 1;
      const parent = heap[above];
      if (parent === undefined || !comesBefore(entry, parent)) break;
      heap[at] = parent;
      at = above;
    }
    heap[at] = entry;
  }

  function dropTop(): void {
    const last = heap.pop();
    if (last === undefined || heap.length === 0) return;
    let at = 0;
    for (;;) {
      const left = heap[2 * at + 1];
      const right = heap[2 * at + 2];
      const child = left !== undefined && right !== undefined && comesBefore(right, left) ? right : left;
      if (child === undefined || !comesBefore(child, last)) break;
      heap[at] = child;
      at = child === left ? 2 * at + 1 : 2 * at + 2;
    }
    heap[at] = last;
  }

  function next(): Entry | undefined {
    for (let top = heap[0]; top !== undefined; top = heap[0]) {
      if (jobs.get(top.id) === top) return top;
      dropTop();
    }
    return undefined;
  }

  return {
    has: (id) => jobs.has(id),
    add(id, waiting) {
      const entry = { ...waiting, id };
      jobs.set(id, entry);
      rise(entry);
    },
    remove: (id) => void jobs.delete(id),
    next,
    take() {
      const found = next();
      if (found === undefined) return undefined;
      jobs.delete(found.id);
      dropTop();
      return found;
    },
    get size() {
      return jobs.size;
    },
  };
}
