import type { CachedOutput } from '@telos/core';
import { expect } from 'vitest';
import { runStarted, runSucceeded } from '../builders/events.ts';
import { anOwnedRun, aRunId } from '../builders/runs.ts';
import { reopened, secondOf } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function stepCacheTests(test: StoreTest): void {
  const cached = (run: string, more: Partial<CachedOutput> = {}): CachedOutput => ({
    key: aRunId(),
    run,
    path: 'findings[3].search',
    output: { value: { results: ['one'] } },
    labelling: { untrusted: ['findings[3].search'], fields: { results: {} } },
    permissions: 'p'.repeat(64),
    at: 1000,
    until: 5000,
    ...more,
  });

  test('gives what a call has given, to every process and when the store is opened again', async (opened) => {
    const { run } = await anOwnedRun(opened.store);
    const one = cached(run, { output: { blob: 'b'.repeat(64), bytes: 9000 } });
    await opened.store.cache.put(one, 1000);
    expect(await (await secondOf(opened)).cache.get(one.key, 1000)).toEqual(one);
    expect(await opened.store.cache.get(aRunId(), 1000)).toBeUndefined();
    expect(await (await reopened(opened)).cache.get(one.key, 4999)).toEqual(one);
  });

  test('gives nothing that is over, and removes it by and by', async ({ store }) => {
    const { run } = await anOwnedRun(store);
    const one = cached(run);
    await store.cache.put(one, 1000);
    expect(await store.cache.get(one.key, 5000)).toBeUndefined();
    await store.cache.put(cached(run, { until: 9000 }), 6000);
    expect(await store.cache.get(one.key, 1000)).toBeUndefined();
  });

  test('keeps under a key what was put last, whether what was there is over or not', async (opened) => {
    const other = await secondOf(opened);
    const [first, second] = [await anOwnedRun(opened.store), await anOwnedRun(opened.store)];
    const one = cached(first.run);
    await opened.store.cache.put(one, 1000);
    const newer = { ...one, run: second.run, output: { value: 'newer' }, at: 6000, until: 9000 };
    await other.cache.put(newer, 6000);
    expect(await opened.store.cache.get(one.key, 6000)).toEqual(newer);
  });

  test('keeps nothing of a run that is gone, and what it kept goes with its run', async ({ store }) => {
    const workflow = `w${aRunId().replaceAll('-', '')}`;
    const lease = await anOwnedRun(store, { created: { workflow } });
    const one = cached(lease.run, { until: 1e15 });
    await store.cache.put(one, 1000);
    await store.journal.append(lease, 1, [runStarted(), { ...runSucceeded(), at: 5000 }]);
    expect(await store.cache.get(one.key, 6000)).toEqual(one);
    expect(await store.retention.removeRuns({ status: ['succeeded'], endedBefore: 9000, workflow }, 10)).toBe(1);
    expect(await store.cache.get(one.key, 6000)).toBeUndefined();
    await store.cache.put(one, 6000);
    expect(await store.cache.get(one.key, 6000)).toBeUndefined();
  });
}
