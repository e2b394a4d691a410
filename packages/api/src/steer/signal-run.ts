import { randomUUID } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import { TelosError } from '@telos/core';
import type { Blobs, Inbox, Journal, Json, Payload, RunId, Waits } from '@telos/core';
import { readPayload } from '../read-payload.ts';
import { storePayload } from '../store-payload.ts';
import { checkValue } from './check-value.ts';
import { postMessage } from './post-message.ts';
import type { PostDeps } from './post-message.ts';

export type SignalDeps = PostDeps & {
  readonly store: PostDeps['store'] & {
    readonly inbox: Pick<Inbox, 'pending'>;
    readonly journal: Pick<Journal, 'read'>;
    readonly waits: Pick<Waits, 'list'>;
    readonly blobs: Pick<Blobs, 'put' | 'get'>;
  };
};

const signalIds = /^[\x21-\x7e]{1,300}$/;

export type SignalSent = {
  /** The same id twice is one signal; absent: it is one of its own. */
  readonly id?: string;
  readonly name: string;
  readonly payload: Json;
  readonly by?: string;
};

/**
 * Sends a signal to a run: to the step that has waited longest for it, or to the next that will.
 *
 * @returns Whether a step waits for it now. The payload is checked against that step's schema; of a signal that is
 *   kept for later there is none yet.
 * @throws TelosError VALUE_INVALID, RUN_NOT_FOUND, RUN_FINISHED; IDEMPOTENCY_MISMATCH when the run has another signal of this id.
 */
export async function signalRun(
  deps: SignalDeps,
  run: RunId,
  signal: SignalSent,
): Promise<{ readonly waiting: boolean }> {
  const { id = randomUUID(), name, payload, by } = signal;
  const { store } = deps;
  // Messages of the engine itself have ids with blanks in them, which a signal must not take.
  if (!signalIds.test(id))
    throw new TelosError(
      'REQUEST_MALFORMED',
      'The id of a signal is 1 to 300 printable ASCII characters, without blanks.',
    );
  const { items } = await store.waits.list({ run, kind: ['signal'], name }, 1);
  const wait = items[0]?.wait;
  const waiting = wait !== undefined;
  if (wait?.kind === 'signal' && wait.schema !== undefined)
    checkValue(`what ${items[0]?.path} waits for`, 'payload', wait.schema, payload);
  const sent = { id, name, payload };
  // What has the id of another signal is taken for that one: whoever sent it has to hear that it came to nothing.
  if (signal.id !== undefined && (await isThere(deps, run, sent, await received(store, run, id)))) return { waiting };
  await postMessage(deps, run, {
    kind: 'signal',
    id,
    name,
    payload: await storePayload(store.blobs, payload),
    ...(by === undefined ? {} : { by }),
  });
  if (signal.id !== undefined) await isThere(deps, run, sent, await pending(store, run, id));
  return { waiting };
}

type Named = { readonly name: string; readonly payload: Payload };

/** @throws TelosError IDEMPOTENCY_MISMATCH when what is there is another signal. */
async function isThere(
  { store }: SignalDeps,
  run: RunId,
  sent: Required<Pick<SignalSent, 'id' | 'name' | 'payload'>>,
  known: Named | undefined,
): Promise<boolean> {
  if (known === undefined) return false;
  if (known.name === sent.name && isDeepStrictEqual(await readPayload(store.blobs, known.payload), sent.payload))
    return true;
  throw new TelosError('IDEMPOTENCY_MISMATCH', `Run ${run} has another signal of the id ${sent.id}: ${known.name}.`, {
    details: { key: sent.id, run },
  });
}

async function received({ journal }: SignalDeps['store'], run: RunId, id: string): Promise<Named | undefined> {
  for await (const { event } of journal.read(run))
    if (event.type === 'signal.received' && event.id === id) return event;
  return undefined;
}

async function pending({ inbox }: SignalDeps['store'], run: RunId, id: string): Promise<Named | undefined> {
  for (const message of await inbox.pending(run)) if (message.kind === 'signal' && message.id === id) return message;
  return undefined;
}
