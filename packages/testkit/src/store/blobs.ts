import { createHash } from 'node:crypto';
import { expect } from 'vitest';
import { reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function blobTests(test: StoreTest): void {
  test('keeps bytes under their SHA-256 with their media type', async (opened) => {
    const bytes = Uint8Array.from({ length: 256 }, (_, index) => index);
    const hash = await opened.store.blobs.put(bytes, 'image/png');
    expect(hash).toBe(createHash('sha256').update(bytes).digest('hex'));
    const store = await reopened(opened);
    const blob = await store.blobs.get(hash);
    expect(blob?.mediaType).toBe('image/png');
    expect(Buffer.from(blob?.bytes ?? []).equals(bytes)).toBe(true);
  });

  test('stores the same bytes once', async ({ store }) => {
    const bytes = new TextEncoder().encode('the same');
    const hashes = await Promise.all([1, 2, 3].map(() => store.blobs.put(bytes, 'text/plain')));
    expect(new Set(hashes).size).toBe(1);
    expect((await store.blobs.get(hashes[0] ?? ''))?.bytes).toHaveLength(bytes.length);
  });

  test('keeps what was given even when the caller uses its buffer again', async ({ store }) => {
    const bytes = new TextEncoder().encode('before');
    const stored = store.blobs.put(bytes, 'text/plain');
    bytes.fill(0);
    const blob = await store.blobs.get(await stored);
    expect(new TextDecoder().decode(blob?.bytes)).toBe('before');
  });

  test('keeps no bytes at all, and many', async ({ store }) => {
    for (const size of [0, 5_000_000]) {
      const hash = await store.blobs.put(new Uint8Array(size), 'application/octet-stream');
      expect((await store.blobs.get(hash))?.bytes).toHaveLength(size);
    }
  });

  test('knows nothing of an unknown hash', async ({ store }) => {
    expect(await store.blobs.get('0'.repeat(64))).toBeUndefined();
  });
}
