import { expect } from 'vitest';
import { runStarted, stepStarted } from '../builders/events.ts';
import { aNewRun, anOwnedRun } from '../builders/runs.ts';
import { all, reopened, secondOf, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function groupCommitTests(test: StoreTest): void {
  test('keeps 100 appends of different runs made at once, and refuses a stale one among them alone', async (opened) => {
    const { store } = opened;
    const leases = await Promise.all(upTo(100).map(() => anOwnedRun(store)));
    const outcomes = await Promise.allSettled(
      leases.map((lease, index) =>
        store.journal.append(index === 50 ? { ...lease, epoch: 0 } : lease, 1, [
          runStarted(),
          stepStarted(`s${index}`),
        ]),
      ),
    );
    expect(outcomes.flatMap(({ status }, index) => (status === 'rejected' ? [index] : []))).toEqual([50]);
    const after = await reopened(opened);
    for (const [index, { run }] of leases.entries()) {
      expect(await all(after.journal.read(run))).toHaveLength(index === 50 ? 1 : 3);
    }
  });

  test('keeps creations, leases, messages and blobs made at once with appends', async (opened) => {
    const { store } = opened;
    const lease = await anOwnedRun(store);
    const run = aNewRun();
    const [, , , , hash] = await Promise.all([
      store.journal.append(lease, 1, [runStarted()]),
      store.journal.create(run),
      store.leases.acquire(run.id, 'owner', 60_000),
      store.inbox.post(run.id, { id: 'm', kind: 'cancel', reason: 'stop' }),
      store.blobs.put(new TextEncoder().encode('at once'), 'text/plain'),
    ]);
    const after = await reopened(opened);
    expect(await after.runs.get(lease.run)).toMatchObject({ status: 'running' });
    expect(await after.runs.get(run.id)).toMatchObject({ status: 'pending' });
    expect(await after.leases.acquire(run.id, 'other', 1000)).toMatchObject({ heldBy: 'owner' });
    expect(await after.inbox.pending(run.id)).toHaveLength(1);
    expect(await after.blobs.get(hash)).toBeDefined();
  });

  test('lets two handles append to different runs at once', async (opened) => {
    const other = await secondOf(opened);
    await Promise.all(
      upTo(40).map(async (n) => {
        const store = n % 2 === 0 ? opened.store : other;
        const lease = await anOwnedRun(store);
        for (const after of upTo(20)) await store.journal.append(lease, after, [stepStarted(`s${after}`)]);
        expect(await all(opened.store.journal.read(lease.run))).toHaveLength(21);
      }),
    );
  });
}
