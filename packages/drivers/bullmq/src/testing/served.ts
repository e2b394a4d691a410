import type { Job, Queue } from '@telos/core';

/** A queue that is served: what was handed over, and a wait for more of it. */
export function served(queue: Queue, name: string) {
  const seen: string[] = [];
  const waiters = new Set<() => void>();
  const server = queue.serve({ queues: [name], concurrency: 4 }, async (job) => {
    seen.push(job.run);
    for (const waiter of waiters) waiter();
  });
  return {
    server,
    seen,
    /** Resolves when the job of this run has been handed over `count` times. */
    has: (run: string, count = 1) =>
      new Promise<void>((resolve) => {
        const look = (): void => {
          if (seen.filter((one) => one === run).length < count) return;
          waiters.delete(look);
          resolve();
        };
        waiters.add(look);
        look();
      }),
  };
}

export function aJob(queue: string, run: string): Job {
  return { kind: 'run', queue, run };
}

/** Offers until the queue takes it, as the engine does; gives how often it was refused. */
export async function offerAgain(queue: Queue, job: Job): Promise<number> {
  for (let refused = 0; ; refused += 1) {
    try {
      await queue.offer([job]);
      return refused;
    } catch {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
