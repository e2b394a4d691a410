/**
 * Values and payloads: what a step gave, and how an event carries it.
 *
 * A small value is in the event. A large one is in the blob store, and stays in
 * a bounded memory so that the next step rarely has to fetch it.
 */
import { inlineLimit, TelosError } from '@telos/core';
import type { Blobs, Hash, Json, JsonObject, Payload } from '@telos/core';

/** Gives the value of a payload that was gathered. */
export type Lookup = (payload: Payload) => Json;

export interface Values {
  /** Makes a payload of a value; a promise only when the value is large and has to be stored first. */
  store(value: Json): Payload | Promise<Payload>;
  /** Brings payloads into memory; a promise only when some of them have to be fetched. */
  gather(payloads: readonly Payload[]): Lookup | Promise<Lookup>;
}

/** @param memoryBytes Size of JSON text kept in memory, at most. */
export function createValues(blobs: Blobs, memoryBytes = 64 * 1024 * 1024): Values {
  const memory = new Map<Hash, { readonly value: Json; readonly bytes: number }>();
  let held = 0;

  function remember(hash: Hash, value: Json, bytes: number): void {
    if (memory.has(hash) || bytes > memoryBytes) return;
    memory.set(hash, { value, bytes });
    held += bytes;
    for (const [oldest, entry] of memory) {
      if (held <= memoryBytes) break;
      memory.delete(oldest);
      held -= entry.bytes;
    }
  }

  async function putBlob(value: Json): Promise<Payload> {
    const bytes = new TextEncoder().encode(JSON.stringify(value));
    const blob = await blobs.put(bytes, 'application/json');
    remember(blob, value, bytes.length);
    return { blob, bytes: bytes.length };
  }

  async function fetchBlob(hash: Hash): Promise<Json> {
    const found = await blobs.get(hash);
    if (found === undefined) {
      throw new TelosError('STORE_CORRUPT', `The store has lost the value ${hash}.`, { details: { blob: hash } });
    }
    // A blob's bytes are verified by their hash; what was stored under it was JSON text made by `putBlob`.
    const value = JSON.parse(new TextDecoder().decode(found.bytes)) as Json;
    remember(hash, value, found.bytes.length);
    return value;
  }

  return {
    store: (value) => (isSmall(value) ? { value } : putBlob(value)),
    gather(payloads) {
      if (!someBlob(payloads)) return inlineValue;
      const missing: Hash[] = [];
      const values = new Map<Hash, Json>();
      for (const payload of payloads) {
        if (!isBlob(payload)) continue;
        const known = memory.get(payload.blob);
        if (known === undefined) missing.push(payload.blob);
        else values.set(payload.blob, known.value);
      }
      const lookup: Lookup = (payload) => {
        if ('value' in payload) return payload.value;
        const value = values.get(payload.blob);
        if (value === undefined) throw new TelosError('BUG', `The value ${payload.blob} was not gathered.`);
        return value;
      };
      if (missing.length === 0) return lookup;
      return Promise.all(missing.map(async (hash) => values.set(hash, await fetchBlob(hash)))).then(() => lookup);
    },
  };
}

type BlobPayload = Extract<Payload, { readonly blob: Hash }>;

function isBlob(payload: Payload): payload is BlobPayload {
  return 'blob' in payload;
}

/** A loop, since every step gathers what it reads. */
function someBlob(payloads: readonly Payload[]): boolean {
  for (const payload of payloads) if (isBlob(payload)) return true;
  return false;
}

function inlineValue(payload: Payload): Json {
  if ('value' in payload) return payload.value;
  throw new TelosError('BUG', `The value ${payload.blob} was not gathered.`);
}

/** Whether a value's JSON text is surely within the inline limit; counts without making the text. */
export function isSmall(value: Json): boolean {
  return roomLeft(value, inlineLimit) >= 0;
}

function roomLeft(value: Json, room: number): number {
  if (typeof value === 'string') return room - value.length - 2;
  if (value === null || typeof value !== 'object') return room - 8;
  let left = room - 2;
  if (Array.isArray(value)) {
    for (let index = 0; index < value.length && left >= 0; index++) left = roomLeft(value[index], left - 1);
    return left;
  }
  // Not an array: an object, and JSON objects inherit no enumerable field.
  const object = value as JsonObject;
  for (const key in object) {
    left = roomLeft(object[key] ?? null, left - key.length - 4);
    if (left < 0) break;
  }
  return left;
}
