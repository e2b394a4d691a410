/**
 * Values of a run as a page shows them: what is small in the page, what is
 * large by reference, with its beginning where that is cheap.
 */
import type { Blobs, Hash, Json, Payload } from '@telos/core';
import type { PayloadView } from '@telos/contract';

export type ShowPayload = (payload: Payload) => PayloadView;

export type PayloadLimits = {
  /** A blob of more bytes is shown by reference. */
  readonly each: number;
  /** Bytes read from the blob store for one page, all together. */
  readonly together: number;
  /** Characters of the beginning of a blob that is read but not shown; 0 for none. */
  readonly preview: number;
};

/** For a page that shows one value, or a few. */
export const generousLimits: PayloadLimits = { each: 1_048_576, together: 8_388_608, preview: 2_000 };

/** For a page that shows thousands of values. */
export const tightLimits: PayloadLimits = { each: 32_768, together: 1_048_576, preview: 0 };

/** For comparing runs: whatever fits is read whole. */
export const comparedLimits: PayloadLimits = { each: 1_048_576, together: 33_554_432, preview: 0 };

/** Gives every payload as it is in the journal: blobs by reference. */
export const asStored: ShowPayload = (payload) => payload;

/**
 * Reads the blobs that a page will show, within limits; the result then shows
 * any payload without waiting. A blob that is missing is shown by reference.
 */
export async function loadPayloads(
  blobs: Pick<Blobs, 'get'>,
  payloads: Iterable<Payload | undefined>,
  limits: PayloadLimits,
): Promise<ShowPayload> {
  const wanted = new Map<Hash, number>();
  let together = 0;
  for (const payload of payloads) {
    if (payload === undefined || 'value' in payload || wanted.has(payload.blob)) continue;
    if ((payload.bytes > limits.each && limits.preview === 0) || together + payload.bytes > limits.together) continue;
    together += payload.bytes;
    wanted.set(payload.blob, payload.bytes);
  }
  const loaded = new Map<Hash, PayloadView>();
  for (const [hash, bytes] of wanted) {
    const blob = await blobs.get(hash);
    if (blob === undefined) continue;
    const text = new TextDecoder().decode(blob.bytes);
    loaded.set(
      hash,
      bytes <= limits.each
        ? // Payload blobs hold JSON text that the engine wrote.
          { value: JSON.parse(text) as Json }
        : { blob: hash, bytes, preview: text.slice(0, limits.preview) },
    );
  }
  return (payload) => ('value' in payload ? payload : (loaded.get(payload.blob) ?? payload));
}
