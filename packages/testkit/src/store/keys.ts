import type { KeptKey } from '@telos/core';
import { expect } from 'vitest';
import { aRunId } from '../builders/runs.ts';
import { reopened, secondOf } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function keyTests(test: StoreTest): void {
  const aKey = (more: Partial<KeptKey> = {}): KeptKey => ({
    id: `anna-${aRunId()}`,
    digest: '0'.repeat(64),
    name: 'anna',
    roles: ['editor', 'legal'],
    createdAt: 1000,
    ...more,
  });

  test('keeps API keys, for every process and when the store is opened again', async (opened) => {
    const [one, two] = [aKey({ createdAt: 2000 }), aKey({ namespace: 'sales', expiresAt: 9000, roles: [] })];
    await opened.store.keys.add(one);
    await opened.store.keys.add(two);
    await opened.store.keys.add({ ...two, name: 'somebody else' });
    const ours = (keys: readonly KeptKey[]) => keys.filter(({ id }) => id === one.id || id === two.id);
    expect(ours(await (await secondOf(opened)).keys.list())).toEqual([two, one]);
    expect(ours(await (await reopened(opened)).keys.list())).toEqual([two, one]);
  });

  test('revokes an API key once, for every process, and keeps that there was one', async (opened) => {
    const key = aKey();
    await opened.store.keys.add(key);
    const other = await secondOf(opened);
    const done = await Promise.all([opened.store, other].map((store) => store.keys.revoke(key.id, 5000)));
    expect(done.filter(Boolean)).toHaveLength(1);
    expect(await other.keys.revoke(key.id, 6000)).toBe(false);
    expect(await other.keys.revoke(`none-${aRunId()}`, 6000)).toBe(false);
    for (const store of [opened.store, other])
      expect((await store.keys.list()).find(({ id }) => id === key.id)).toEqual({ ...key, revokedAt: 5000 });
  });

  test('counts what is asked for in a window of time, exactly, however many processes count', async (opened) => {
    const other = await secondOf(opened);
    const name = `rate ${aRunId()}`;
    const windows = await Promise.all(
      Array.from({ length: 40 }, (_, index) =>
        (index % 2 === 0 ? opened.store : other).rates.add(name, 2, 100_000 + index, 60_000),
      ),
    );
    expect(new Set(windows.map(({ used }) => used))).toEqual(new Set(Array.from({ length: 40 }, (_, n) => 2 * n + 2)));
    const [first] = windows.map(({ since }) => since);
    expect(windows.every(({ since }) => since === first)).toBe(true);
    const { rates } = other;
    // A caller whose clock is behind counts in the same window.
    expect(await rates.add(name, 1, (first ?? 0) - 5000, 60_000)).toEqual({ since: first, used: 81 });
    expect(await rates.add(name, 3, (first ?? 0) + 60_000, 60_000)).toEqual({ since: (first ?? 0) + 60_000, used: 3 });
    expect(await opened.store.rates.add(name, 1, (first ?? 0) + 60_001, 60_000)).toMatchObject({ used: 4 });
    // One that was set back by more than a window begins another.
    expect(await rates.add(name, 1, (first ?? 0) - 1, 60_000)).toEqual({ since: (first ?? 0) - 1, used: 1 });
  });
}
