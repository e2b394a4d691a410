import { firstEpoch } from '@telos/core';
import { expect } from 'vitest';
import { runStarted, runSucceeded, stepStarted } from '../builders/events.ts';
import { aNewRun, aRunId } from '../builders/runs.ts';
import { all, expectCode, reopened, secondOf, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function createTests(test: StoreTest): void {
  test('stores the run.created event as sequence 1, and a pending summary', async ({ store }) => {
    const run = aNewRun({ created: { at: 5, workflow: 'brief', tags: ['a', 'b'] } });
    expect(await store.journal.create(run)).toEqual({ run: run.id, existing: false });
    expect(await all(store.journal.read(run.id))).toEqual([{ run: run.id, seq: 1, event: run.created }]);
    expect(await store.runs.get(run.id)).toEqual({
      id: run.id,
      workflow: 'brief',
      program: run.created.program,
      status: 'pending',
      createdAt: 5,
      tags: ['a', 'b'],
      namespace: 'default',
      priority: 'normal',
      usage: { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0 },
      seq: 1,
    });
  });

  test('is durable when it resolves', async (opened) => {
    const run = aNewRun();
    await opened.store.journal.create(run);
    const store = await reopened(opened);
    expect(await all(store.journal.read(run.id))).toHaveLength(1);
  });

  test('gives the earlier run when an idempotency key comes again with the same body', async ({ store }) => {
    const idempotency = { key: aRunId(), body: 'b1' };
    const first = aNewRun({ idempotency });
    const second = aNewRun({ idempotency });
    await store.journal.create(first);
    expect(await store.journal.create(second)).toEqual({ run: first.id, existing: true });
    expect(await store.runs.get(second.id)).toBeUndefined();
  });

  test('refuses an idempotency key that comes again with another body, and stores nothing', async ({ store }) => {
    const key = aRunId();
    await store.journal.create(aNewRun({ idempotency: { key, body: 'b1' } }));
    const other = aNewRun({ idempotency: { key, body: 'b2' } });
    await expectCode(store.journal.create(other), 'IDEMPOTENCY_MISMATCH');
    expect(await store.runs.get(other.id)).toBeUndefined();
    expect(await all(store.journal.read(other.id))).toEqual([]);
  });

  test('says which run an idempotency key has started, and refuses another body', async ({ store }) => {
    const idempotency = { key: aRunId(), body: 'b1' };
    expect(await store.journal.startedBy(idempotency)).toBeUndefined();
    const { run } = await store.journal.create(aNewRun({ idempotency }));
    expect(await store.journal.startedBy(idempotency)).toBe(run);
    await expectCode(store.journal.startedBy({ ...idempotency, body: 'b2' }), 'IDEMPOTENCY_MISMATCH');
  });

  test('makes one run of 20 that are created at once with one idempotency key', async ({ store }) => {
    const idempotency = { key: aRunId(), body: 'b1' };
    const created = await Promise.all(Array.from({ length: 20 }, () => store.journal.create(aNewRun({ idempotency }))));
    expect(new Set(created.map(({ run }) => run)).size).toBe(1);
    expect(created.filter(({ existing }) => !existing)).toHaveLength(1);
  });

  test('makes one run of two that are created at once through two handles with one idempotency key', async (opened) => {
    const other = await secondOf(opened);
    const idempotency = { key: aRunId(), body: 'b1' };
    const created = await Promise.all([
      opened.store.journal.create(aNewRun({ idempotency })),
      other.journal.create(aNewRun({ idempotency })),
    ]);
    expect(created[0].run).toBe(created[1].run);
    expect(created.filter(({ existing }) => !existing)).toHaveLength(1);
  });

  test('keeps an idempotency key when the store is opened again', async (opened) => {
    const idempotency = { key: aRunId(), body: 'b1' };
    const first = await opened.store.journal.create(aNewRun({ idempotency }));
    const store = await reopened(opened);
    expect(await store.journal.create(aNewRun({ idempotency }))).toEqual({ run: first.run, existing: true });
  });

  test('gives inputs and tags back as they were, whatever stands in them', async ({ store }) => {
    const text = 'Grüße, 世界, \u0000 \u2028 \ud800 "\\';
    const run = aNewRun({ created: { tags: [text, 'b'], inputs: { value: { [text]: [text, 1e21, -0.5] } } } });
    await store.journal.create(run);
    const [created] = await all(store.journal.read(run.id));
    expect(JSON.stringify(created?.event)).toBe(JSON.stringify(run.created));
    expect((await store.runs.get(run.id))?.tags).toEqual([text, 'b']);
  });

  const owner = { id: 'first', ttlMs: 60_000 };

  test('gives a new run to the owner that it comes with, whose lease is like any other', async (opened) => {
    const { store } = opened;
    const run = aNewRun({ owner });
    const lease = { run: run.id, owner: 'first', epoch: firstEpoch };
    expect(await store.journal.create(run)).toEqual({ run: run.id, existing: false, lease });
    expect(await store.leases.acquire(run.id, 'second', 1000)).toMatchObject({ heldBy: 'first' });
    expect(await store.leases.lapsed(100)).not.toContain(run.id);
    expect(await store.leases.renew([lease], 60_000)).toEqual([]);
    await store.journal.append(lease, 1, [runStarted()]);
    await opened.advance(60_001);
    const next = await store.leases.acquire(run.id, 'second', 1000);
    expect(next).toMatchObject({ owner: 'second', epoch: firstEpoch + 1 });
    await expectCode(store.journal.append(lease, 2, [runSucceeded()]), 'STALE_OWNER');
  });

  test('stores what the owner of a new run appends before its creation has been answered', async ({ store }) => {
    const runs = upTo(20).map(() => aNewRun({ owner, more: [runStarted()] }));
    const stored = runs.flatMap((run) => {
      const lease = { run: run.id, owner: owner.id, epoch: firstEpoch };
      return [
        store.journal.create(run),
        store.journal.append(lease, 2, [stepStarted('a')]),
        store.journal.append(lease, 3, [stepStarted('b')]),
      ];
    });
    await Promise.all(stored);
    for (const { id } of runs) expect(await all(store.journal.read(id))).toHaveLength(4);
  });

  test('leases no run to an owner that comes with an idempotency key used before', async ({ store }) => {
    const idempotency = { key: aRunId(), body: 'b1' };
    const first = await store.journal.create(aNewRun({ idempotency }));
    const again = aNewRun({ idempotency, owner });
    const created = store.journal.create(again);
    await expectCode(
      store.journal.append({ run: again.id, owner: owner.id, epoch: firstEpoch }, 1, [runStarted()]),
      'RUN_NOT_FOUND',
    );
    expect(await created).toEqual({ run: first.run, existing: true });
    expect(await store.leases.acquire(first.run, 'other', 1000)).toMatchObject({ owner: 'other' });
  });

  test('leases a run that waits for its place to nobody, whoever it comes with', async ({ store }) => {
    const concurrency = { key: aRunId(), max: 1, whenFull: 'queue' } as const;
    const first = aNewRun({ created: { concurrency }, owner });
    const second = aNewRun({ created: { concurrency }, owner });
    expect(await store.journal.create(first)).toMatchObject({ lease: { epoch: firstEpoch } });
    expect(await store.journal.create(second)).toEqual({ run: second.id, existing: false });
    const stale = { run: second.id, owner: owner.id, epoch: firstEpoch };
    await expectCode(store.journal.append(stale, 1, [runStarted()]), 'STALE_OWNER');
    expect(await store.leases.acquire(second.id, owner.id, 1000)).toMatchObject({ heldBy: concurrency.key });
  });

  test('never replaces a run by another of the same id', async ({ store }) => {
    const run = aNewRun({ created: { workflow: 'first' } });
    await store.journal.create(run);
    await expect(store.journal.create(aNewRun({ id: run.id, created: { workflow: 'second' } }))).rejects.toThrow(
      run.id,
    );
    expect((await store.runs.get(run.id))?.workflow).toBe('first');
    expect(await all(store.journal.read(run.id))).toHaveLength(1);
  });
}
