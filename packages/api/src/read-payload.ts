import { TelosError } from '@telos/core';
import type { Blobs, Json, Payload } from '@telos/core';

/** The value that an event carries, whole, however large. @throws TelosError STORE_CORRUPT when its blob is not there. */
export async function readPayload(blobs: Pick<Blobs, 'get'>, payload: Payload): Promise<Json> {
  if ('value' in payload) return payload.value;
  const blob = await blobs.get(payload.blob);
  if (blob === undefined) throw new TelosError('STORE_CORRUPT', `The value ${payload.blob} is not in the store.`);
  // Payload blobs hold JSON text that the engine wrote.
  return JSON.parse(new TextDecoder().decode(blob.bytes)) as Json;
}
