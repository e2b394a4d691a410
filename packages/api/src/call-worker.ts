import type { Queue, RunId } from '@telos/core';

export type CallWorkerDeps = {
  readonly queue: Pick<Queue, 'offer'>;
  /** Told when a worker could not be called; `about` is the run. */
  readonly report?: (error: unknown, about: string) => void;
};

/**
 * Calls a worker for a run whose change is stored. A queue that is away loses
 * nothing: workers also look for stored runs that nobody owns, so this never fails.
 */
export async function callWorker(deps: CallWorkerDeps, run: RunId): Promise<void> {
  try {
    await deps.queue.offer([{ kind: 'run', queue: 'default', run }]);
  } catch (error) {
    deps.report?.(error, run);
  }
}
