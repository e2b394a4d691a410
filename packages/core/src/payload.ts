import type { Hash } from './ids.ts';
import type { Json } from './json.ts';

/**
 * A value as events carry it: in the event when small, by hash in the blob
 * store when large. The blob holds the value's JSON text.
 */
export type Payload = { readonly value: Json } | { readonly blob: Hash; readonly bytes: number };

/** Values whose JSON text is longer than this many characters go to the blob store. */
export const inlineLimit = 4096;

/** Wraps a value that is known to be small. */
export function inline(value: Json): Payload {
  return { value };
}
