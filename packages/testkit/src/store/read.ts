import { expect } from 'vitest';
import { stepStarted, stepSucceeded } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { all, secondOf, sequences, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function readTests(test: StoreTest): void {
  test('gives nothing for an unknown run', async ({ store }) => {
    expect(await all(store.journal.read(aRunId()))).toEqual([]);
  });

  test('gives 10,000 events of many appends in order', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const calls = upTo(1000).map((n) => {
      const after = (n - 1) * 10 + 1;
      return store.journal.append(
        lease,
        after,
        upTo(10).map((step) => stepSucceeded(`s${n}_${step}`, n)),
      );
    });
    await Promise.all(calls);
    const recorded = await all(store.journal.read(lease.run));
    expect(sequences(recorded)).toEqual(upTo(10_001));
    expect(recorded[5000]?.event).toEqual(stepSucceeded('s500_10', 500));
  });

  test('starts after any sequence, also in the middle of a batch', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [stepStarted('a'), stepStarted('b'), stepStarted('c')]);
    await store.journal.append(lease, 4, [stepStarted('d')]);
    for (const after of [0, 1, 2, 3, 4, 5, 6]) {
      expect(sequences(await all(store.journal.read(lease.run, after)))).toEqual(upTo(5, after + 1));
    }
  });

  test('gives of a run that nobody has read what its creator and what another handle added', async (opened) => {
    const { store } = opened;
    const other = await secondOf(opened);
    const [own, others] = [aNewRun(), aNewRun()];
    await store.journal.create(own);
    await store.journal.create(others);
    for (const [handle, { id }] of [
      [store, own],
      [other, others],
    ] as const) {
      const lease = await handle.leases.acquire(id, 'owner', 60_000);
      if ('heldBy' in lease) throw new Error(`Run ${id} is held by ${lease.heldBy}.`);
      await handle.journal.append(lease, 1, [stepStarted('a')]);
      expect(sequences(await all(store.journal.read(id)))).toEqual([1, 2]);
    }
  });

  test('keeps runs apart', async ({ store }) => {
    const [first, second] = [await anOwnedRun(store), await anOwnedRun(store)];
    await Promise.all([
      store.journal.append(first, 1, [stepStarted('of_first')]),
      store.journal.append(second, 1, [stepStarted('of_second')]),
    ]);
    expect((await all(store.journal.read(first.run, 1))).map(({ event }) => event)).toEqual([stepStarted('of_first')]);
  });

  test('lets its reader append while it reads', async ({ store }) => {
    const lease = await anOwnedRun(store);
    let last = 1;
    for await (const { seq } of store.journal.read(lease.run)) {
      if (seq < 500) last = await store.journal.append(lease, last, [stepStarted(`s${seq}`)]);
    }
    expect(sequences(await all(store.journal.read(lease.run)))).toEqual(upTo(last));
  });

  test('sees what another handle has appended', async (opened) => {
    const other = await secondOf(opened);
    const lease = await anOwnedRun(opened.store);
    await opened.store.journal.append(lease, 1, [stepStarted('a')]);
    expect(sequences(await all(other.journal.read(lease.run)))).toEqual([1, 2]);
  });
}
