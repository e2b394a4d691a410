import type { Callback, CallbackSpec, RunId, Store } from '@telos/core';
import { expect } from 'vitest';
import { runCancelled, runFailed, runStarted, runSucceeded } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { reopened, secondOf } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

const callback: CallbackSpec = {
  url: 'https://there.example/ended',
  events: ['succeeded', 'failed', 'cancelled'],
  secret: 'THERE',
};
const problem = { code: 'HTTP_UNAVAILABLE', kind: 'retryable', message: 'Nobody answers.' } as const;

/** A run that has ended and whose callback is owed. */
async function ended(store: Store, more: Parameters<typeof aNewRun>[0] = {}): Promise<RunId> {
  const lease = await anOwnedRun(store, { callback, ...more });
  await store.journal.append(lease, 1, [runStarted(), runSucceeded()]);
  return lease.run;
}

/** The store may hold callbacks of other tests: all that are due are taken, and those of this one looked at. */
async function taken(store: Store, ttlMs = 1000): Promise<ReadonlyMap<RunId, Callback>> {
  const found = new Map<RunId, Callback>();
  for (;;) {
    const some = await store.callbacks.take(50, ttlMs);
    for (const one of some) found.set(one.run, one);
    if (some.length < 50) return found;
  }
}

async function takenOf(store: Store, run: RunId): Promise<Callback> {
  const found = (await taken(store)).get(run);
  if (found === undefined) throw new Error(`The callback of run ${run} is not due.`);
  return found;
}

export function callbackTests(test: StoreTest): void {
  test('keeps with a run where its end is posted, also when the store is opened again', async (opened) => {
    const { run } = await opened.store.journal.create(aNewRun({ callback }));
    const { secret: _secret, ...unsigned } = callback;
    const other = await opened.store.journal.create(aNewRun({ callback: unsigned }));
    const none = await opened.store.journal.create(aNewRun());
    const store = await reopened(opened);
    expect(await store.callbacks.get(run)).toEqual({ ...callback, run, status: 'waiting', attempts: 0 });
    expect(await store.callbacks.get(other.run)).toEqual({
      ...unsigned,
      run: other.run,
      status: 'waiting',
      attempts: 0,
    });
    expect(await store.callbacks.get(none.run)).toBeUndefined();
    expect(await store.callbacks.get(aRunId())).toBeUndefined();
  });

  test('keeps no callback of a request that an earlier run answers', async ({ store }) => {
    const idempotency = { key: aRunId(), body: 'b'.repeat(64) };
    const first = aNewRun({ idempotency });
    await store.journal.create(first);
    const again = aNewRun({ idempotency, callback });
    expect(await store.journal.create(again)).toMatchObject({ run: first.id, existing: true });
    expect(await store.callbacks.get(first.id)).toBeUndefined();
    expect(await store.callbacks.get(again.id)).toBeUndefined();
  });

  test('owes a callback from the append on that ends its run, however it ends, and not before', async ({ store }) => {
    for (const ending of [runSucceeded(), runFailed(), runCancelled()]) {
      const lease = await anOwnedRun(store, { callback });
      await store.journal.append(lease, 1, [runStarted()]);
      expect((await taken(store)).has(lease.run)).toBe(false);
      await store.journal.append(lease, 2, [ending]);
      expect(await store.callbacks.get(lease.run)).toMatchObject({ status: 'owed', attempts: 0 });
      expect(await takenOf(store, lease.run)).toMatchObject({ ...callback, run: lease.run, attempts: 1 });
    }
  });

  test('owes a callback also when its run ended in one commit with others', async ({ store }) => {
    const leases = await Promise.all([1, 2, 3].map(() => anOwnedRun(store, { callback })));
    await Promise.all(leases.map((lease) => store.journal.append(lease, 1, [runStarted(), runSucceeded()])));
    const found = await taken(store);
    expect(leases.map(({ run }) => found.has(run))).toEqual([true, true, true]);
  });

  test('gives a callback to one of many who ask at once, and again when its time is over', async ({
    store,
    advance,
  }) => {
    const run = await ended(store);
    const asked = await Promise.all(Array.from({ length: 10 }, () => taken(store)));
    expect(asked.filter((found) => found.has(run))).toHaveLength(1);
    expect((await taken(store)).has(run)).toBe(false);
    await advance(1001);
    expect(await takenOf(store, run)).toMatchObject({ attempts: 2 });
  });

  test('gives a callback to one of two handles that ask at once', async (opened) => {
    const run = await ended(opened.store);
    const other = await secondOf(opened);
    const asked = await Promise.all([taken(opened.store), taken(other)]);
    expect(asked.filter((found) => found.has(run))).toHaveLength(1);
  });

  test('settles a callback once, and for those alone who have it', async ({ store, advance }) => {
    const run = await ended(store);
    const first = await takenOf(store, run);
    await advance(1001);
    const second = await takenOf(store, run);
    expect(await store.callbacks.settle(first, { status: 'given_up', problem })).toBe(false);
    expect(await store.callbacks.settle(second, { status: 'delivered' })).toBe(true);
    expect(await store.callbacks.settle(second, { status: 'given_up', problem })).toBe(false);
    await advance(1_000_000);
    expect((await taken(store)).has(run)).toBe(false);
    const kept = await store.callbacks.get(run);
    expect(kept).toMatchObject({ status: 'delivered', attempts: 2, settledAt: expect.any(Number) as unknown });
    expect(kept).not.toHaveProperty('nextAt');
  });

  test('gives a callback again when it was to be tried again, with what stood in the way', async ({
    store,
    advance,
  }) => {
    const run = await ended(store);
    await store.callbacks.settle(await takenOf(store, run), { status: 'owed', afterMs: 5000, problem });
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'owed', attempts: 1, problem });
    await advance(4000);
    expect((await taken(store)).has(run)).toBe(false);
    await advance(1001);
    const again = await takenOf(store, run);
    expect(again).toMatchObject({ attempts: 2, problem });
    await store.callbacks.settle(again, { status: 'delivered' });
    expect(await store.callbacks.get(run)).not.toHaveProperty('problem');
  });

  test('owes one again that was settled, and no other', async ({ store }) => {
    const { run: going } = await store.journal.create(aNewRun({ callback }));
    const run = await ended(store);
    expect(await store.callbacks.owe(going)).toBe(false);
    expect(await store.callbacks.owe(run)).toBe(false);
    expect(await store.callbacks.owe(aRunId())).toBe(false);
    await store.callbacks.settle(await takenOf(store, run), { status: 'given_up', problem });
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'given_up', problem });
    expect(await store.callbacks.owe(run)).toBe(true);
    expect(await store.callbacks.get(run)).toMatchObject({ status: 'owed', attempts: 0 });
    await store.callbacks.settle(await takenOf(store, run), { status: 'unwanted' });
    expect(await store.callbacks.owe(run)).toBe(false);
  });

  test('counts and lists callbacks that are in trouble', async ({ store }) => {
    const before = await store.callbacks.count();
    const [owed, failing, givenUp] = [await ended(store), await ended(store), await ended(store)];
    const found = await taken(store);
    await store.callbacks.settle({ run: failing, attempts: 1 }, { status: 'owed', afterMs: 9_000_000, problem });
    await store.callbacks.settle({ run: givenUp, attempts: 1 }, { status: 'given_up', problem });
    expect(found.has(owed)).toBe(true);
    const after = await store.callbacks.count();
    expect(after).toEqual({
      owed: before.owed + 2,
      failing: before.failing + 1,
      givenUp: before.givenUp + 1,
    });
    const troubled = await store.callbacks.troubled(2);
    expect(troubled.map(({ run, status }) => ({ run, status }))).toEqual([
      { run: givenUp, status: 'given_up' },
      { run: failing, status: 'owed' },
    ]);
  });

  test('forgets the callback of a run that is removed', async ({ store }) => {
    const workflow = `w${aRunId().replaceAll('-', '')}`;
    const run = await ended(store, { created: { workflow } });
    // While it is owed its run is kept: see the tests of retention.
    await store.callbacks.settle(await takenOf(store, run), { status: 'delivered' });
    expect(await store.retention.removeRuns({ status: ['succeeded'], endedBefore: 1_000_000, workflow }, 10)).toBe(1);
    expect(await store.callbacks.get(run)).toBeUndefined();
    expect((await taken(store)).has(run)).toBe(false);
  });
}
