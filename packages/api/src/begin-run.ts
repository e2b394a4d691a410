import type { Created, NewRun, Store, Turn } from '@telos/core';
import { callWorker } from './call-worker.ts';
import type { CallWorkerDeps } from './call-worker.ts';

export type BeginRunDeps = CallWorkerDeps & {
  readonly store: Pick<Store, 'journal'>;
  /** Stores a new run as that of a worker in this process, who takes it up; undefined when none has room. Absent: there is none. */
  readonly take?: (run: NewRun) => Promise<Created> | undefined;
};

/**
 * Stores a new run, durable when this resolves, and sees to it that somebody takes it up: a worker of this process
 * that has room, or whoever answers the queue.
 *
 * @throws TelosError as `Journal.create` does.
 */
export async function beginRun(deps: BeginRunDeps, run: NewRun, turn: Turn): Promise<Created> {
  const created = await (deps.take?.(run) ?? deps.store.journal.create(run));
  // Also for an existing run: the process that stored it may have died before it called a worker.
  if (created.lease === undefined) await callWorker(deps, created.run, turn);
  return created;
}
