import { defaultNamespace, defaultPriority, turnOf } from '@telos/core';
import type { Journal, NewRun } from '@telos/core';
import { callWorker } from './call-worker.ts';
import type { CallWorkerDeps } from './call-worker.ts';
import type { StartedRun } from './start-program.ts';

export type EarlierStartDeps = CallWorkerDeps & {
  readonly store: { readonly journal: Pick<Journal, 'read' | 'startedBy'> };
};

/**
 * The run that this key has started before; undefined when none has. Asked first of all: whoever sends a request again
 * because its answer was lost gets that run, also when the same would be refused today.
 *
 * @throws TelosError IDEMPOTENCY_MISMATCH.
 */
export async function earlierStart(
  deps: EarlierStartDeps,
  idempotency: NewRun['idempotency'],
): Promise<StartedRun | undefined> {
  if (idempotency === undefined) return undefined;
  const { journal } = deps.store;
  const run = await journal.startedBy(idempotency);
  if (run === undefined) return undefined;
  for await (const { event } of journal.read(run)) {
    if (event.type !== 'run.created') break;
    const { workflow, program, namespace = defaultNamespace, priority = defaultPriority } = event;
    // The process that stored it may have died before it called a worker.
    await callWorker(deps, run, turnOf({ namespace, priority }));
    return { run, existing: true, workflow, program };
  }
  return undefined;
}
