import type { Inbox, Message, RunId, Runs } from '@telos/core';
import { callWorker } from '../call-worker.ts';
import type { CallWorkerDeps } from '../call-worker.ts';

export type PostDeps = CallWorkerDeps & {
  readonly store: { readonly inbox: Pick<Inbox, 'post'>; readonly runs: Pick<Runs, 'turns'> };
};

/**
 * Asks something of a run. It is durable when this resolves; the run's owner carries it out, and a worker is
 * called for a run that nobody owns.
 *
 * @throws TelosError RUN_NOT_FOUND, RUN_FINISHED.
 */
export async function postMessage(deps: PostDeps, run: RunId, message: Message): Promise<void> {
  await deps.store.inbox.post(run, message);
  // It is stored: nothing that follows may say that it is not.
  const turns = await deps.store.runs.turns([run]).catch(() => undefined);
  await callWorker(deps, run, turns?.get(run));
}
