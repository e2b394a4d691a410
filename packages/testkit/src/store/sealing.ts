import { expect } from 'vitest';
import { reopened, secondOf, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function sealingTests(test: StoreTest): void {
  test('gives one key of 32 bytes to 20 that ask for it at once through two handles, and also when it is opened again', async (opened) => {
    const other = await secondOf(opened);
    const keys = await Promise.all(upTo(20).map((n) => (n % 2 === 0 ? opened.store : other).sealing.key()));
    const [first] = keys;
    expect(first).toHaveLength(32);
    const store = await reopened(opened);
    for (const key of [...keys, await store.sealing.key()]) expect([...key]).toEqual([...(first ?? [])]);
  });
}
