import { createHash } from 'node:crypto';
import { inline } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { loadPayloads } from './payloads.ts';

/** Blobs as a map, with a record of what was read. */
function shelf(...values: readonly unknown[]) {
  const blobs = new Map(
    values.map((value) => {
      const bytes = new TextEncoder().encode(JSON.stringify(value));
      return [createHash('sha256').update(bytes).digest('hex'), bytes] as const;
    }),
  );
  const read: string[] = [];
  return {
    read,
    payloads: [...blobs].map(([blob, bytes]) => ({ blob, bytes: bytes.length })),
    get: async (hash: string) => {
      read.push(hash);
      const bytes = blobs.get(hash);
      return bytes === undefined ? undefined : { bytes, mediaType: 'application/json' };
    },
  };
}

describe('payloads of a page', () => {
  it('shows what is in place, and blobs within the limit, each read once', async () => {
    const blobs = shelf({ text: 'é'.repeat(10) });
    const [payload] = blobs.payloads;
    if (payload === undefined) throw new Error('no blob');
    const show = await loadPayloads(blobs, [payload, payload, undefined, inline(1)], {
      each: 100,
      together: 100,
      preview: 0,
    });
    expect(show(payload)).toEqual({ value: { text: 'é'.repeat(10) } });
    expect(show(inline(null))).toEqual({ value: null });
    expect(blobs.read).toHaveLength(1);
  });

  it('refers to a blob above the limit, with its beginning when asked', async () => {
    const blobs = shelf('x'.repeat(50));
    const [payload] = blobs.payloads;
    if (payload === undefined) throw new Error('no blob');
    const without = await loadPayloads(blobs, [payload], { each: 10, together: 100, preview: 0 });
    expect(without(payload)).toEqual(payload);
    expect(blobs.read).toEqual([]);
    const preview = await loadPayloads(blobs, [payload], { each: 10, together: 100, preview: 4 });
    expect(preview(payload)).toEqual({ ...payload, preview: '"xxx' });
  });

  it('stops reading at the limit for the whole page', async () => {
    const blobs = shelf('a'.repeat(30), 'b'.repeat(30), 'c'.repeat(30));
    await loadPayloads(blobs, blobs.payloads, { each: 40, together: 70, preview: 0 });
    expect(blobs.read).toHaveLength(2);
  });

  it('refers to a blob that is missing', async () => {
    const gone = { blob: 'ef'.repeat(32), bytes: 5 };
    const show = await loadPayloads(shelf(), [gone], { each: 10, together: 10, preview: 0 });
    expect(show(gone)).toEqual(gone);
  });
});
