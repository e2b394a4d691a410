import { inline, inlineLimit } from '@telos/core';
import type { Blobs, Json, Payload } from '@telos/core';

/** Keeps a value as events carry it: in place when small, else in the blob store, durable when this resolves. */
export async function storePayload(blobs: Pick<Blobs, 'put'>, value: Json): Promise<Payload> {
  const text = JSON.stringify(value);
  if (text.length <= inlineLimit) return inline(value);
  const bytes = new TextEncoder().encode(text);
  return { blob: await blobs.put(bytes, 'application/json'), bytes: bytes.length };
}
