import { firstEpoch } from '@telos/core';
import type { Held, Lease, RunId } from '@telos/core';
import { expect } from 'vitest';
import { runStarted, runSucceeded, stepStarted, stepSucceeded } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { expectCode, reopened, secondOf, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function leaseTests(test: StoreTest): void {
  test('grants a run to exactly one of 50 owners that ask at once', async ({ store }) => {
    const { run } = await store.journal.create(aNewRun());
    const answers = await Promise.all(upTo(50).map((n) => store.leases.acquire(run, `owner-${n}`, 1000)));
    const [winner, ...others] = answers.filter(isLease);
    expect(others).toEqual([]);
    expect(answers.filter((answer) => !isLease(answer) && answer.heldBy === winner?.owner)).toHaveLength(49);
  });

  test('grants a run to exactly one of 50 owners that ask at once through two handles', async (opened) => {
    const { store } = opened;
    const other = await secondOf(opened);
    const { run } = await store.journal.create(aNewRun());
    const ask = (n: number) => (n % 2 === 0 ? store : other).leases.acquire(run, `owner-${n}`, 1000);
    expect((await Promise.all(upTo(50).map(ask))).filter(isLease)).toHaveLength(1);
  });

  test('says who holds a run and until when', async (opened) => {
    const { store } = opened;
    const { run } = await store.journal.create(aNewRun());
    await store.leases.acquire(run, 'first', 1000);
    const held = refused(await store.leases.acquire(run, 'second', 1000));
    expect(held.heldBy).toBe('first');
    await opened.advance(400);
    expect(refused(await store.leases.acquire(run, 'second', 1000))).toEqual(held);
  });

  test('lets another owner take a run once its lease has lapsed, with a greater epoch', async (opened) => {
    const { store } = opened;
    const first = await anOwnedRun(store, {}, 'first', 1000);
    await opened.advance(999);
    expect(isLease(await store.leases.acquire(first.run, 'second', 1000))).toBe(false);
    await opened.advance(2);
    const second = granted(await store.leases.acquire(first.run, 'second', 1000));
    expect(second.epoch).toBeGreaterThan(first.epoch);
  });

  test('grants an owner its own lease again, with a greater epoch each time', async ({ store }) => {
    const first = await anOwnedRun(store);
    const second = granted(await store.leases.acquire(first.run, first.owner, 1000));
    const third = granted(await store.leases.acquire(first.run, first.owner, 1000));
    expect(second.epoch).toBeGreaterThan(first.epoch);
    expect(third.epoch).toBeGreaterThan(second.epoch);
  });

  test('never gives an epoch twice, also when the store is opened again', async (opened) => {
    const first = await anOwnedRun(opened.store);
    await opened.store.leases.release(first);
    const store = await reopened(opened);
    expect(granted(await store.leases.acquire(first.run, 'second', 1000)).epoch).toBeGreaterThan(first.epoch);
  });

  test('frees the runs of an owner that is gone at once, and fences it off', async ({ store }) => {
    const [dead, alive] = [`dead-${aRunId()}`, `alive-${aRunId()}`];
    // Far in the past, so that in a shared database these are the oldest.
    const gone = await anOwnedRun(store, { created: { at: -3e6 } }, dead, 60_000);
    const other = await anOwnedRun(store, { created: { at: -3e6 } }, alive, 60_000);
    expect(await store.leases.owners()).toEqual(expect.arrayContaining([dead, alive]));
    await store.leases.expire(dead);
    expect(await store.leases.owners()).toContain(alive);
    expect(await store.leases.owners()).not.toContain(dead);
    const lapsed = await store.leases.lapsed(100);
    expect(lapsed).toContain(gone.run);
    expect(lapsed).not.toContain(other.run);
    expect(isLease(await store.leases.acquire(gone.run, 'next', 1000))).toBe(true);
    expect(isLease(await store.leases.acquire(other.run, 'next', 1000))).toBe(false);
    await expectCode(store.journal.append(gone, 1, [runStarted()]), 'STALE_OWNER');
  });

  test('refuses to lease a run that does not exist', async ({ store }) => {
    await expectCode(store.leases.acquire(aRunId(), 'owner', 1000), 'RUN_NOT_FOUND');
  });

  test('keeps a lease that is renewed in time', async (opened) => {
    const { store } = opened;
    const lease = await anOwnedRun(store, {}, 'owner', 1000);
    for (let times = 0; times < 5; times += 1) {
      await opened.advance(800);
      expect(await store.leases.renew([lease], 1000)).toEqual([]);
    }
    expect(isLease(await store.leases.acquire(lease.run, 'other', 1000))).toBe(false);
  });

  test('names the leases that were lost when it renews, and renews the others', async (opened) => {
    const { store } = opened;
    const kept = await anOwnedRun(store, {}, 'owner', 1000);
    const taken = await anOwnedRun(store, {}, 'owner', 1000);
    const released = await anOwnedRun(store, {}, 'owner', 1000);
    const unknown = { run: aRunId(), owner: 'owner', epoch: 1 };
    await opened.advance(1001);
    await store.leases.acquire(taken.run, 'other', 5000);
    await store.leases.release(released);
    const lost = await store.leases.renew([kept, taken, released, unknown], 5000);
    expect(new Set(lost)).toEqual(new Set([taken, released, unknown]));
    expect(isLease(await store.leases.acquire(kept.run, 'other', 1000))).toBe(false);
    expect(refused(await store.leases.acquire(taken.run, 'owner', 1000)).heldBy).toBe('other');
  });

  test('lets another owner take a released run at once', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await store.leases.release(lease);
    expect(granted(await store.leases.acquire(lease.run, 'other', 1000)).epoch).toBeGreaterThan(lease.epoch);
  });

  test('does not release the lease of a later owner', async (opened) => {
    const { store } = opened;
    const lost = await anOwnedRun(store, {}, 'first', 1000);
    await opened.advance(1001);
    await store.leases.acquire(lost.run, 'second', 60_000);
    await store.leases.release(lost);
    expect(refused(await store.leases.acquire(lost.run, 'third', 1000)).heldBy).toBe('second');
  });

  const owner = { id: 'owner', ttlMs: 60_000 };
  const firstOf = (run: RunId): Lease => ({ run, owner: owner.id, epoch: firstEpoch });

  test('renews the lease of a new run behind its creation, which has not been answered', async ({ store }) => {
    const runs = upTo(20).map(() => aNewRun({ owner }));
    const created = runs.map((run) => store.journal.create(run));
    expect(
      await store.leases.renew(
        runs.map(({ id }) => firstOf(id)),
        60_000,
      ),
    ).toEqual([]);
    await Promise.all(created);
  });

  test('renews it behind a creation that has to wait for another one', async ({ store }) => {
    const key = aRunId();
    const share = (max: number, whenFull: 'replace' | 'queue') => ({
      created: { concurrency: { key, max, whenFull } },
    });
    const first = store.journal.create(aNewRun(share(1, 'replace')));
    const run = aNewRun({ ...share(2, 'queue'), owner });
    const second = store.journal.create(run);
    expect(await store.leases.renew([firstOf(run.id)], 60_000)).toEqual([]);
    await first;
    expect(await second).toMatchObject({ lease: firstOf(run.id) });
  });

  test('gives a lease up, and grants it anew, behind what was asked before, none of which has been answered', async ({
    store,
  }) => {
    // Two of this size are more than a driver may care to write at once.
    const large = 'x'.repeat(2_500_000);
    const run = aNewRun({ owner });
    const lease = firstOf(run.id);
    const asked = [
      store.journal.create(run),
      store.journal.append(lease, 1, [runStarted(), stepStarted('a')]),
      store.journal.append(lease, 3, [stepSucceeded('a', large), stepStarted('b')]),
      store.journal.append(lease, 5, [stepSucceeded('b', large)]),
      store.leases.release(lease),
    ];
    const next = store.leases.acquire(run.id, 'next', 60_000);
    await Promise.all(asked);
    expect(granted(await next).epoch).toBeGreaterThan(firstEpoch);
    expect((await store.runs.get(run.id))?.seq).toBe(6);
  });

  test('grants an owner its own lease again behind what it appends by the one before', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const appended = store.journal.append(lease, 1, [runStarted()]);
    const again = store.leases.acquire(lease.run, lease.owner, 60_000);
    expect(await appended).toBe(2);
    expect(granted(await again).epoch).toBeGreaterThan(lease.epoch);
  });

  test('lists unfinished runs that no live lease covers, oldest first', async (opened) => {
    const { store } = opened;
    const created = (at: number) => ({ created: { at } });
    // Far in the past, so that in a shared database these are the oldest.
    const third = (await store.journal.create(aNewRun(created(-1e6 + 3)))).run;
    const first = (await store.journal.create(aNewRun(created(-1e6 + 1)))).run;
    const second = (await anOwnedRun(store, created(-1e6 + 2), 'owner', 1000)).run;
    const held = (await anOwnedRun(store, created(-1e6), 'owner', 10_000)).run;
    const ended = await anOwnedRun(store, created(-1e6 - 1), 'owner', 1000);
    await store.journal.append(ended, 1, [runStarted(), runSucceeded()]);
    const known = new Set([first, second, third, held, ended.run]);
    const lapsed = async () => (await store.leases.lapsed(100)).filter((run) => known.has(run));

    expect(await lapsed()).toEqual([first, third]);
    await opened.advance(1001);
    expect(await lapsed()).toEqual([first, second, third]);
    expect(await store.leases.lapsed(2)).toHaveLength(2);
    await opened.advance(10_000);
    expect(await lapsed()).toEqual([held, first, second, third]);
  });

  test('lists a released run as free', async ({ store }) => {
    const lease = await anOwnedRun(store, { created: { at: -2e6 } });
    expect(await store.leases.lapsed(100)).not.toContain(lease.run);
    await store.leases.release(lease);
    expect(await store.leases.lapsed(100)).toContain(lease.run);
  });
}

function isLease(answer: Lease | Held): answer is Lease {
  return 'epoch' in answer;
}

function granted(answer: Lease | Held): Lease {
  if (!isLease(answer)) throw new Error(`The run is held by ${answer.heldBy}.`);
  return answer;
}

function refused(answer: Lease | Held): Held {
  if (isLease(answer)) throw new Error(`The run was granted to ${answer.owner}.`);
  return answer;
}
