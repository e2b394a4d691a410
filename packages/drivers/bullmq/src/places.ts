/**
 * Fair turns as priorities of BullMQ, which serves the lowest first: the place of a
 * job on the scale of `Turns` (see core), in whole quanta.
 *
 * BullMQ has two million priorities, and the scale begins anew whenever nothing waits.
 * Until then one flow of normal jobs can bring 8.4 million; those that come later
 * stand at the end, in order of arrival. Within a quantum the order is that of
 * arrival too, so a flow may have up to four normal jobs handed over at a time.
 */
import { flowOf, jobId, turnsOf } from '@telos/core';
import type { Job } from '@telos/core';
import type { Arrival, Places } from './backend.ts';
import { bullIdOf } from './job-codec.ts';

/** What one turn of `low` takes: the scale in whole numbers. */
const unit = 16;

/** Of the scale, in one priority. */
export const quantum = 16;

const lastPriority = 2 ** 21 - 1;

/** A few jobs are not worth a wait: what is known of the queue from less than this before tells their places well enough. */
const knownMs = 1000;
const few = 4;

const flowsKnown = 1000;

export interface Placer {
  /** A priority for each job, in their order; undefined for one that is waiting already. */
  priorities(jobs: readonly Job[]): Promise<readonly (number | undefined)[]>;
}

/** @param place Where arrivals stand, as all who offer to the queue together see it. */
export function createPlacer(place: (arrivals: readonly Arrival[]) => Promise<Places>): Placer {
  const ends = new Map<string, number>();
  let now = 0;
  let knownAt = -Infinity;

  async function placed(arrivals: readonly Arrival[]): Promise<Places['starts']> {
    const places = await place(arrivals);
    now = places.now;
    knownAt = performance.now();
    if (ends.size > flowsKnown) ends.clear();
    for (const [index, { flow, size }] of arrivals.entries()) {
      const start = places.starts[index];
      if (start !== undefined) ends.set(flow, start + size);
    }
    return places.starts;
  }

  /** As `placed`, by what is known here. */
  function guessed(arrivals: readonly Arrival[]): Places['starts'] {
    return arrivals.map(({ flow, size }) => {
      const start = Math.max(now, ends.get(flow) ?? 0);
      ends.set(flow, start + size);
      return start;
    });
  }

  return {
    async priorities(jobs) {
      const arrivals = jobs.map(arrivalOf);
      const places = placed(arrivals);
      const isKnown = jobs.length <= few && performance.now() - knownAt < knownMs;
      // When what is not waited for fails, so does the offer.
      if (isKnown) places.catch(() => undefined);
      const starts = isKnown ? guessed(arrivals) : await places;
      return starts.map((start) =>
        start === undefined ? undefined : Math.min(lastPriority, Math.floor(start / quantum)),
      );
    },
  };
}

function arrivalOf(job: Job): Arrival {
  return { id: bullIdOf(jobId(job)), flow: flowOf(job), size: unit / turnsOf[job.priority ?? 'normal'] };
}
