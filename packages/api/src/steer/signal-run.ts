import type { Blobs, Json, RunId, Waits } from '@telos/core';
import { storePayload } from '../store-payload.ts';
import { checkValue } from './check-value.ts';
import { postMessage } from './post-message.ts';
import type { PostDeps } from './post-message.ts';

export type SignalDeps = PostDeps & {
  readonly store: PostDeps['store'] & { readonly waits: Pick<Waits, 'list'>; readonly blobs: Pick<Blobs, 'put'> };
};

export type SignalSent = {
  /** The same id twice is one signal. */
  readonly id: string;
  readonly name: string;
  readonly payload: Json;
  readonly by?: string;
};

/**
 * Sends a signal to a run: to the step that has waited longest for it, or to the next that will.
 *
 * @returns Whether a step waits for it now. The payload is checked against that step's schema; of a signal that is
 *   kept for later there is none yet.
 * @throws TelosError VALUE_INVALID, RUN_NOT_FOUND, RUN_FINISHED.
 */
export async function signalRun(
  deps: SignalDeps,
  run: RunId,
  signal: SignalSent,
): Promise<{ readonly waiting: boolean }> {
  const { id, name, payload, by } = signal;
  const { items } = await deps.store.waits.list({ run, kind: ['signal'], name }, 1);
  const wait = items[0]?.wait;
  if (wait?.kind === 'signal' && wait.schema !== undefined)
    checkValue(`what ${items[0]?.path} waits for`, 'payload', wait.schema, payload);
  await postMessage(deps, run, {
    kind: 'signal',
    id,
    name,
    payload: await storePayload(deps.store.blobs, payload),
    ...(by === undefined ? {} : { by }),
  });
  return { waiting: wait !== undefined };
}
