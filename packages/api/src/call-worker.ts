import type { Queue, RunId, Turn } from '@telos/core';

export type CallWorkerDeps = {
  readonly queue: Pick<Queue, 'offer'>;
  /** Told when a worker could not be called; `about` is the run. */
  readonly report?: (error: unknown, about: string) => void;
};

/**
 * Calls a worker for a run whose change is stored. A queue that is away loses
 * nothing: workers also look for stored runs that nobody owns, so this never fails.
 *
 * @param turn The run's own.
 */
export async function callWorker(deps: CallWorkerDeps, run: RunId, turn: Turn | undefined): Promise<void> {
  try {
    await deps.queue.offer([{ kind: 'run', queue: 'default', run, ...turn }]);
  } catch (error) {
    deps.report?.(error, run);
  }
}
