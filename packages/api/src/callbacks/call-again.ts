import { TelosError } from '@telos/core';
import type { RunId, Store } from '@telos/core';

export type CallAgainDeps = {
  readonly store: Pick<Store, 'callbacks' | 'runs'>;
  /** Told that a callback is owed at once. */
  readonly callbackOwed?: () => void;
};

/** Owes the callback of a run again that was delivered or given up. @throws TelosError RUN_NOT_FOUND, CALLBACK_NOT_SETTLED. */
export async function callAgain({ store, callbackOwed }: CallAgainDeps, run: RunId): Promise<void> {
  if (await store.callbacks.owe(run)) {
    callbackOwed?.();
    return;
  }
  if ((await store.runs.get(run)) === undefined) {
    throw new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`, { details: { run } });
  }
  const callback = await store.callbacks.get(run);
  const why =
    callback === undefined
      ? 'it was started without a callback'
      : `its callback is ${callback.status.replace('_', ' ')}`;
  throw new TelosError('CALLBACK_NOT_SETTLED', `The end of run ${run} cannot be posted again: ${why}.`, {
    details: { run },
  });
}
