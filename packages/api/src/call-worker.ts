import { defaultNamespace, defaultPriority } from '@telos/core';
import type { EventOf, Queue, RunId, Turn } from '@telos/core';

export type CallWorkerDeps = {
  readonly queue: Pick<Queue, 'offer'>;
  /** Told when a worker could not be called; `about` is the run. */
  readonly report?: (error: unknown, about: string) => void;
};

/**
 * Calls a worker for a run whose change is stored. A queue that is away loses
 * nothing: workers also look for stored runs that nobody owns, so this never fails.
 *
 * @param turn Of a run that nobody has taken up yet: whose turn it is beside others that wait for a worker.
 */
export async function callWorker(deps: CallWorkerDeps, run: RunId, turn: Turn = {}): Promise<void> {
  try {
    await deps.queue.offer([{ kind: 'run', queue: 'default', run, ...turn }]);
  } catch (error) {
    deps.report?.(error, run);
  }
}

/** Namespaces take turns, and runs of one by their priority. */
export function turnOf({ namespace, priority }: Pick<EventOf<'run.created'>, 'namespace' | 'priority'>): Turn {
  return { share: namespace ?? defaultNamespace, priority: priority ?? defaultPriority };
}
