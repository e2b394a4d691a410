import { inlineLimit } from '@telos/core';
import type { Blobs, Payload } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { createValues, isSmall } from './values.ts';

/** Blobs in memory that count what they are asked for. */
function countedBlobs(): Blobs & { readonly gets: string[] } {
  const kept = new Map<string, Uint8Array>();
  const gets: string[] = [];
  return {
    gets,
    async put(bytes) {
      const hash = `${bytes.length}:${new TextDecoder().decode(bytes.slice(0, 20))}`;
      kept.set(hash, bytes);
      return hash;
    },
    async get(hash) {
      gets.push(hash);
      const bytes = kept.get(hash);
      return bytes === undefined ? undefined : { bytes, mediaType: 'application/json' };
    },
  };
}

const large = (letter: string): string => letter.repeat(10_000);

describe('a value', () => {
  it('is in the event when small and in the store when large', async () => {
    const values = createValues(countedBlobs());
    expect(values.store({ a: 1 })).toEqual({ value: { a: 1 } });
    expect(await values.store(large('x'))).toMatchObject({ bytes: 10_002 });
  });

  it.each([
    ['a text', 'x'.repeat(inlineLimit)],
    ['a list', Array.from({ length: inlineLimit }, () => 1)],
    ['nested lists', Array.from({ length: 2000 }).reduce<readonly unknown[]>((inner) => [inner], [])],
    ['many fields', Object.fromEntries(Array.from({ length: 1000 }, (_, n) => [`field${n}`, null]))],
    ['long names', { ['x'.repeat(inlineLimit)]: 1 }],
  ])('counts as large before its JSON is longer than the limit: %s', (_, value) => {
    expect(isSmall(value as never)).toBe(false);
  });

  it('that was stored or fetched here is not fetched again', async () => {
    const blobs = countedBlobs();
    const first = createValues(blobs);
    const payload = await first.store(large('x'));
    expect((await first.gather([payload]))(payload)).toBe(large('x'));
    expect(blobs.gets).toHaveLength(0);
    const second = createValues(blobs);
    await second.gather([payload, payload]);
    expect((await second.gather([payload]))(payload)).toBe(large('x'));
    expect(blobs.gets.length).toBeLessThanOrEqual(2);
  });

  it('leaves memory, oldest first, when there is no room, and is then fetched', async () => {
    const blobs = countedBlobs();
    const values = createValues(blobs, 25_000);
    const payloads: Payload[] = [];
    for (const letter of ['a', 'b', 'c']) payloads.push(await values.store(large(letter)));
    const lookup = await values.gather(payloads);
    expect(payloads.map((payload) => lookup(payload))).toEqual([large('a'), large('b'), large('c')]);
    expect(blobs.gets.map((hash) => hash.at(7))).toEqual(['a']);
  });

  it('that is larger than the whole memory is never kept', async () => {
    const blobs = countedBlobs();
    const values = createValues(blobs, 5000);
    const payload = await values.store(large('x'));
    await values.gather([payload]);
    await values.gather([payload]);
    expect(blobs.gets).toHaveLength(2);
  });

  it('that the store has lost is said to be lost, by its hash', async () => {
    const values = createValues(countedBlobs());
    await expect(values.gather([{ blob: 'gone', bytes: 9 }])).rejects.toMatchObject({
      code: 'STORE_CORRUPT',
      details: { blob: 'gone' },
    });
  });
});
