import type { Lease, Message } from '@telos/core';
import { expect } from 'vitest';
import { runCancelled, runSucceeded } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { expectCode, reopened } from './open-store.ts';
import type { OpenStore, StoreTest } from './open-store.ts';

export function parkingTests(test: StoreTest): void {
  const pause = (id: string): Message => ({ id, kind: 'pause' });

  async function isDue({ store }: OpenStore, { run }: Lease): Promise<boolean> {
    return (await store.leases.lapsed(1000)).includes(run);
  }

  test('leaves a parked run alone until its time', async (opened) => {
    const lease = await anOwnedRun(opened.store, { created: { at: -3e6 } });
    await opened.store.leases.park(lease, 1000);
    expect(await isDue(opened, lease)).toBe(false);
    await opened.advance(999);
    expect(await isDue(opened, lease)).toBe(false);
    await opened.advance(2);
    expect(await isDue(opened, lease)).toBe(true);
  });

  test('leaves a run parked for ever alone, also when the store is opened again', async (opened) => {
    const lease = await anOwnedRun(opened.store, { created: { at: -3e6 } });
    await opened.store.leases.park(lease);
    await opened.advance(1e9);
    expect(await isDue(opened, lease)).toBe(false);
    const store = await reopened(opened);
    expect(await isDue({ ...opened, store }, lease)).toBe(false);
  });

  test('has a parked run due as soon as a message is posted to it', async (opened) => {
    const lease = await anOwnedRun(opened.store, { created: { at: -3e6 } });
    await opened.store.leases.park(lease);
    await opened.store.inbox.post(lease.run, pause('m'));
    expect(await isDue(opened, lease)).toBe(true);
  });

  test('has a run due at once that is parked while a message waits for it', async (opened) => {
    const lease = await anOwnedRun(opened.store, { created: { at: -3e6 } });
    await opened.store.inbox.post(lease.run, pause('m'));
    await opened.store.leases.park(lease);
    expect(await isDue(opened, lease)).toBe(true);
    const again = await acquired(opened, lease);
    await opened.store.journal.append(again, 1, [], ['m']);
    await opened.store.leases.park(again);
    expect(await isDue(opened, lease)).toBe(false);
  });

  test('lets anybody acquire a parked run', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    await opened.store.leases.park(lease);
    expect((await acquired(opened, lease)).epoch).toBeGreaterThan(lease.epoch);
  });

  test('does not park a run whose lease is lost', async (opened) => {
    const lease = await anOwnedRun(opened.store, { created: { at: -3e6 } }, 'first', 1000);
    await opened.advance(1001);
    const second = await opened.store.leases.acquire(lease.run, 'second', 1000);
    expect('epoch' in second).toBe(true);
    await opened.store.leases.park(lease);
    await opened.advance(1001);
    expect(await isDue(opened, lease)).toBe(true);
  });

  test('says how long it is until the next parked run is due', async (opened) => {
    const { store } = opened;
    const sooner = await anOwnedRun(store);
    await store.leases.park(sooner, 500);
    const due = await store.leases.nextDueMs();
    expect(due).toBeDefined();
    expect(due).toBeLessThanOrEqual(500);
    const later = await anOwnedRun(store);
    await store.leases.park(later, 2000);
    expect(await store.leases.nextDueMs()).toBeLessThanOrEqual(500);
    // One that is due now and that nobody has taken yet hides no other.
    await opened.advance(501);
    const next = await store.leases.nextDueMs();
    expect(next).toBeGreaterThan(0);
    expect(next).toBeLessThanOrEqual(1500);
    for (const lease of [sooner, later]) {
      const again = await acquired(opened, lease);
      await store.journal.append(again, 1, [runCancelled()]);
    }
  });

  test('names the parked runs that come due within a time, the soonest first, and no other', async (opened) => {
    const { store } = opened;
    const leases: { [name: string]: Lease } = {};
    const parked: { readonly [name: string]: number | undefined } = {
      late: 900,
      soon: 500,
      now: 0,
      far: 5000,
      never: undefined,
    };
    leases['held'] = await anOwnedRun(store);
    for (const [name, forMs] of Object.entries(parked)) {
      const lease = await anOwnedRun(store);
      leases[name] = lease;
      await store.leases.park(lease, forMs);
    }
    await opened.advance(1);
    const named = async (ms: number, limit = 1000) => {
      const due = await store.leases.dueWithin(ms, limit);
      const names = due.map(({ run }) => Object.keys(leases).find((name) => leases[name]?.run === run));
      return { due, names: names.filter((name) => name !== undefined) };
    };
    const { due, names } = await named(1000);
    expect(names).toEqual(['soon', 'late']);
    for (const { inMs } of due) expect(inMs > 0 && inMs <= 1000).toBe(true);
    expect(await store.leases.dueWithin(1000, 1)).toHaveLength(1);
    // One that a message has come to is due now.
    if (leases['late'] !== undefined) await store.inbox.post(leases['late'].run, pause('m'));
    expect((await named(1000)).names).toEqual(['soon']);
    await opened.advance(600);
    expect((await named(1000)).names).toEqual([]);
    for (const lease of Object.values(leases)) {
      const again = await acquired(opened, lease);
      await store.journal.append(again, 1, [runCancelled()]);
    }
  });

  const shared = (key: string, whenFull: 'queue' | 'reject' | 'replace', max = 1) => ({
    created: { concurrency: { key, max, whenFull }, at: -4e6 },
  });

  test('lets at most as many runs of one key in as it has places, and the next one when one has ended', async (opened) => {
    const { store } = opened;
    const key = aRunId();
    const first = await anOwnedRun(store, shared(key, 'queue', 2));
    const second = await anOwnedRun(store, shared(key, 'queue', 2));
    const third = (await store.journal.create(aNewRun(shared(key, 'queue', 2)))).run;
    const fourth = (await store.journal.create(aNewRun(shared(key, 'queue', 2)))).run;
    const other = await anOwnedRun(store, shared(aRunId(), 'queue'));
    expect(await store.leases.acquire(third, 'owner', 1000)).toMatchObject({ heldBy: key });
    expect(await store.leases.lapsed(1000)).not.toContain(third);
    await store.journal.append(second, 1, [runSucceeded()]);
    expect(await store.leases.lapsed(1000)).toContain(third);
    expect(await store.leases.lapsed(1000)).not.toContain(fourth);
    expect('epoch' in (await store.leases.acquire(third, 'owner', 1000))).toBe(true);
    expect(await store.leases.acquire(fourth, 'owner', 1000)).toMatchObject({ heldBy: key });
    await store.journal.append(first, 1, [runSucceeded()]);
    expect('epoch' in (await store.leases.acquire(fourth, 'owner', 1000))).toBe(true);
    await store.journal.append(other, 1, [runSucceeded()]);
  });

  test('lets exactly as many of 20 runs in that are created at once', async ({ store }) => {
    const key = aRunId();
    const runs = await Promise.all(
      Array.from({ length: 20 }, () => store.journal.create(aNewRun(shared(key, 'queue', 3)))),
    );
    const answers = await Promise.all(runs.map(({ run }) => store.leases.acquire(run, 'owner', 1000)));
    expect(answers.filter((answer) => 'epoch' in answer)).toHaveLength(3);
  });

  test('refuses a run that is to be rejected when all places are taken, and stores nothing of it', async ({
    store,
  }) => {
    const key = aRunId();
    const first = await anOwnedRun(store, shared(key, 'reject'));
    const refused = aNewRun(shared(key, 'reject'));
    await expectCode(store.journal.create(refused), 'CONCURRENCY_FULL');
    expect(await store.runs.get(refused.id)).toBeUndefined();
    await store.journal.append(first, 1, [runSucceeded()]);
    expect((await store.journal.create(refused)).run).toBe(refused.id);
  });

  test('asks the runs before it to cancel when a run is to replace them', async ({ store }) => {
    const key = aRunId();
    const first = await anOwnedRun(store, shared(key, 'replace'));
    const second = (await store.journal.create(aNewRun(shared(key, 'replace')))).run;
    expect(await store.inbox.pending(first.run)).toMatchObject([{ kind: 'cancel' }]);
    expect(await store.inbox.pending(second)).toEqual([]);
    const third = (await store.journal.create(aNewRun(shared(key, 'replace')))).run;
    expect(await store.inbox.pending(second)).toMatchObject([{ kind: 'cancel' }]);
    // The second may end, out of its turn; the third is next when both have.
    const lease = await store.leases.acquire(second, 'owner', 1000);
    if (!('epoch' in lease)) throw new Error('A cancelled run could not be taken.');
    await store.journal.append(lease, 1, [runCancelled()]);
    await store.journal.append(first, 1, [runCancelled()]);
    expect('epoch' in (await store.leases.acquire(third, 'owner', 1000))).toBe(true);
  });

  test('asks them also when somebody has sent a signal under a word of the engine', async ({ store }) => {
    const key = aRunId();
    const { run } = await anOwnedRun(store, shared(key, 'replace'));
    for (const id of ['replaced', 'cancel', 'a-newer-run'])
      await store.inbox.post(run, { id, kind: 'signal', name: 'paid', payload: { value: 1 } });
    await store.journal.create(aNewRun(shared(key, 'replace')));
    const messages = await store.inbox.pending(run);
    expect(messages.filter(({ kind }) => kind === 'cancel')).toHaveLength(1);
    // No `Idempotency-Key` has a blank in it.
    expect(messages.find(({ kind }) => kind === 'cancel')?.id).toMatch(/ /);
  });

  test('says of a run that waits for a place who has them, and how many come before it', async ({ store }) => {
    const key = aRunId();
    const first = await anOwnedRun(store, shared(key, 'queue', 2));
    const create = async () => (await store.journal.create(aNewRun(shared(key, 'queue', 2)))).run;
    const [second, third, fourth] = [await create(), await create(), await create()];
    expect(await store.runs.placeWait(first.run)).toBeUndefined();
    expect(await store.runs.placeWait(second)).toBeUndefined();
    const holders = [first.run, second];
    expect(await store.runs.placeWait(third)).toEqual({ key, places: 2, holders, before: 0 });
    expect(await store.runs.placeWait(fourth)).toEqual({ key, places: 2, holders, before: 1 });
    await store.journal.append(first, 1, [runSucceeded()]);
    expect(await store.runs.placeWait(third)).toBeUndefined();
    expect(await store.runs.placeWait(fourth)).toEqual({ key, places: 2, holders: [second, third], before: 0 });
    expect(await store.runs.placeWait(aRunId())).toBeUndefined();
    const alone = await anOwnedRun(store);
    expect(await store.runs.placeWait(alone.run)).toBeUndefined();
  });

  test('calls listeners of runs that are let in when they may read the store', async ({ store }) => {
    const key = aRunId();
    const first = await anOwnedRun(store, shared(key, 'queue'));
    const next = (await store.journal.create(aNewRun(shared(key, 'queue')))).run;
    const heard = Promise.withResolvers<readonly unknown[]>();
    const stop = store.inbox.onMessage((run) => {
      if (run === next)
        heard.resolve(Promise.all([store.runs.get(run), store.runs.turns([run]), store.inbox.pending(run)]));
    });
    await store.journal.append(first, 1, [runSucceeded()]);
    await store.inbox.post(next, pause('p'));
    expect(await heard.promise).toMatchObject([{ id: next }, expect.any(Map), expect.any(Array)]);
    stop();
  });

  test('lets a queued run be cancelled', async ({ store }) => {
    const key = aRunId();
    await anOwnedRun(store, shared(key, 'queue'));
    const queued = (await store.journal.create(aNewRun(shared(key, 'queue')))).run;
    await store.inbox.post(queued, pause('p'));
    expect(await store.leases.lapsed(1000)).not.toContain(queued);
    await store.inbox.post(queued, { id: 'c', kind: 'cancel', reason: 'asked' });
    expect(await store.leases.lapsed(1000)).toContain(queued);
    expect('epoch' in (await store.leases.acquire(queued, 'owner', 1000))).toBe(true);
  });
}

async function acquired({ store }: OpenStore, { run }: Lease): Promise<Lease> {
  const lease = await store.leases.acquire(run, 'owner', 60_000);
  if ('heldBy' in lease) throw new Error(`Run ${run} is held by ${lease.heldBy}.`);
  return lease;
}
