import { TelosError } from '@telos/core';
import type { Json } from '@telos/core';
import { expect } from 'vitest';
import {
  runCancelled,
  runFailed,
  runStarted,
  runSucceeded,
  stepFailed,
  stepStarted,
  stepSucceeded,
  usageOf,
} from '../builders/events.ts';
import { aRunId, anOwnedRun } from '../builders/runs.ts';
import { all, expectCode, reopened, secondOf, sequences, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function appendTests(test: StoreTest): void {
  test('numbers events after the last one and gives the last number', async ({ store }) => {
    const lease = await anOwnedRun(store);
    expect(await store.journal.append(lease, 1, [runStarted(), stepStarted('a')])).toBe(3);
    expect(await store.journal.append(lease, 3, [stepSucceeded('a', 1)])).toBe(4);
    const recorded = await all(store.journal.read(lease.run));
    expect(sequences(recorded)).toEqual([1, 2, 3, 4]);
    expect(recorded.slice(1).map(({ event }) => event)).toEqual([
      runStarted(),
      stepStarted('a'),
      stepSucceeded('a', 1),
    ]);
  });

  test('is durable, with its summary, when it resolves', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    await opened.store.journal.append(lease, 1, [runStarted({ at: 7 }), stepStarted('a')]);
    const store = await reopened(opened);
    expect(await all(store.journal.read(lease.run))).toHaveLength(3);
    expect(await store.runs.get(lease.run)).toMatchObject({ status: 'running', startedAt: 7, seq: 3 });
    expect(await store.journal.append(lease, 3, [stepSucceeded('a')])).toBe(4);
  });

  test('refuses a lease whose epoch is no longer the run’s, and stores nothing', async ({ store }) => {
    const old = await anOwnedRun(store);
    const current = await store.leases.acquire(old.run, old.owner, 60_000);
    if ('heldBy' in current) throw new Error('An owner takes its own lease again.');
    await expectCode(store.journal.append(old, 1, [runStarted()]), 'STALE_OWNER');
    expect(await all(store.journal.read(old.run))).toHaveLength(1);
    expect(await store.journal.append(current, 1, [runStarted()])).toBe(2);
  });

  test('refuses a lease that was taken over through another handle', async (opened) => {
    const other = await secondOf(opened);
    const lease = await anOwnedRun(opened.store, {}, 'first', 1000);
    await opened.store.journal.append(lease, 1, [runStarted()]);
    await opened.advance(1001);
    const taken = await other.leases.acquire(lease.run, 'second', 60_000);
    if ('heldBy' in taken) throw new Error('A lapsed lease is free to take.');
    await expectCode(opened.store.journal.append(lease, 2, [stepStarted('a')]), 'STALE_OWNER');
    expect(await other.journal.append(taken, 2, [stepStarted('b')])).toBe(3);
    expect((await all(opened.store.journal.read(lease.run, 2))).map(({ event }) => event)).toEqual([stepStarted('b')]);
  });

  test('refuses a lease with an epoch that was never given', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await expectCode(store.journal.append({ ...lease, epoch: lease.epoch + 1 }, 1, [runStarted()]), 'STALE_OWNER');
    await expectCode(store.journal.append({ ...lease, epoch: 0 }, 1, [runStarted()]), 'STALE_OWNER');
  });

  test('accepts the owner of a lapsed lease while nobody else has taken the run', async (opened) => {
    const lease = await anOwnedRun(opened.store, {}, 'owner', 1000);
    await opened.advance(5000);
    expect(await opened.store.journal.append(lease, 1, [runStarted()])).toBe(2);
  });

  test('refuses a wrong `after`, before or beyond the last sequence', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await expectCode(store.journal.append(lease, 0, [runStarted()]), 'STALE_OWNER');
    await expectCode(store.journal.append(lease, 2, [runStarted()]), 'STALE_OWNER');
    expect(await all(store.journal.read(lease.run))).toHaveLength(1);
  });

  test('stores one of two appends that name the same `after`', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const outcomes = await Promise.allSettled([
      store.journal.append(lease, 1, [stepStarted('a')]),
      store.journal.append(lease, 1, [stepStarted('b')]),
    ]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((await all(store.journal.read(lease.run, 1))).map(({ event }) => event)).toEqual([stepStarted('a')]);
  });

  test('commits appends of one run in call order while earlier ones are under way', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const calls = upTo(50).map((after) => store.journal.append(lease, after, [stepStarted(`s${after}`)]));
    expect(await Promise.all(calls)).toEqual(upTo(51, 2));
    const paths = (await all(store.journal.read(lease.run, 1))).map(({ event }) => 'path' in event && event.path);
    expect(paths).toEqual(upTo(50).map((after) => `s${after}`));
  });

  test('refuses an append to a run that does not exist', async ({ store }) => {
    const lease = { run: aRunId(), owner: 'owner', epoch: 1 };
    await expect(store.journal.append(lease, 0, [runStarted()])).rejects.toThrow(TelosError);
    expect(await all(store.journal.read(lease.run))).toEqual([]);
  });

  for (const end of [runSucceeded(), runFailed(), runCancelled()]) {
    test(`lets nothing follow ${end.type}`, async ({ store }) => {
      const lease = await anOwnedRun(store);
      await store.journal.append(lease, 1, [end]);
      await expectCode(store.journal.append(lease, 2, [stepStarted('late')]), 'RUN_FINISHED');
      await expectCode(store.journal.append(lease, 2, [runFailed()]), 'RUN_FINISHED');
      expect(await all(store.journal.read(lease.run))).toHaveLength(2);
    });
  }

  test('lets nothing follow a terminal event in the same batch or in an append under way', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await expectCode(store.journal.append(lease, 1, [runSucceeded(), stepStarted('late')]), 'RUN_FINISHED');
    const end = store.journal.append(lease, 1, [runSucceeded()]);
    await expectCode(store.journal.append(lease, 2, [stepStarted('late')]), 'RUN_FINISHED');
    expect(await end).toBe(2);
    expect(await all(store.journal.read(lease.run))).toHaveLength(2);
  });

  test('lets nothing follow a terminal event when the store is opened again', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    await opened.store.journal.append(lease, 1, [runSucceeded()]);
    const store = await reopened(opened);
    await expectCode(store.journal.append(lease, 2, [stepStarted('late')]), 'RUN_FINISHED');
  });

  test('keeps the summary in step with the events', async ({ store }) => {
    const lease = await anOwnedRun(store, { created: { at: 1 } });
    await store.journal.append(lease, 1, [runStarted({ at: 2 })]);
    expect(await store.runs.get(lease.run)).toMatchObject({ status: 'running', startedAt: 2, seq: 2 });
    expect(await store.runs.get(lease.run)).not.toHaveProperty('score');
    const gate = (score: number) => ({ passed: score > 0.5, score, verdicts: [], attempts: 1 });
    const usage = usageOf({ input_tokens: 10, output_tokens: 5, usd: 0.25, ms: 40, calls: 1 });
    await store.journal.append(lease, 2, [
      stepSucceeded('a', 1, { usage, gate: gate(0.75) }),
      stepFailed('b', { usage, gate: gate(0) }),
    ]);
    await store.journal.append(lease, 4, [stepSucceeded('c', 1, { usage, gate: gate(0.75) })]);
    const error = {
      code: 'GATE_FAILED',
      kind: 'terminal',
      message: 'No.',
      next: 'Mend it.',
      path: 'c',
      details: { n: 1 },
    } as const;
    await store.journal.append(lease, 5, [runFailed({ at: 9, error })]);
    expect(await store.runs.get(lease.run)).toMatchObject({
      status: 'failed',
      createdAt: 1,
      startedAt: 2,
      endedAt: 9,
      error,
      usage: { input_tokens: 30, output_tokens: 15, usd: 0.75, ms: 120, calls: 3 },
      score: 0.5,
      seq: 6,
    });
  });

  test('leaves the summary as it was when it refuses', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await expectCode(store.journal.append(lease, 7, [runFailed()]), 'STALE_OWNER');
    expect(await store.runs.get(lease.run)).toMatchObject({ status: 'pending', seq: 1 });
  });

  test('removes the messages that it settles, and only those', async ({ store }) => {
    const lease = await anOwnedRun(store);
    for (const id of ['m1', 'm2']) await store.inbox.post(lease.run, { id, kind: 'cancel', reason: 'stop' });
    await expectCode(store.journal.append(lease, 5, [runStarted()], ['m1', 'm2']), 'STALE_OWNER');
    expect(await store.inbox.pending(lease.run)).toHaveLength(2);
    await store.journal.append(lease, 1, [runStarted()], ['m1', 'unknown']);
    expect((await store.inbox.pending(lease.run)).map(({ id }) => id)).toEqual(['m2']);
  });

  test('settles messages without an event', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await store.inbox.post(lease.run, { id: 'm1', kind: 'cancel', reason: 'stop' });
    expect(await store.journal.append(lease, 1, [], ['m1'])).toBe(1);
    expect(await store.inbox.pending(lease.run)).toEqual([]);
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
  });

  test('answers the same append made again as done, and stores it once', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const events = [runStarted(), stepSucceeded('a', 1, { usage: usageOf({ usd: 0.25 }) })];
    expect(await store.journal.append(lease, 1, events)).toBe(3);
    expect(await store.journal.append(lease, 1, events)).toBe(3);
    const [again, next] = [store.journal.append(lease, 1, events), store.journal.append(lease, 3, [stepStarted('b')])];
    expect(await Promise.all([again, next])).toEqual([3, 4]);
    expect(await all(store.journal.read(lease.run))).toHaveLength(4);
    expect(await store.runs.get(lease.run)).toMatchObject({ usage: { usd: 0.25 }, seq: 4 });
    await expectCode(store.journal.append(lease, 1, [runStarted()]), 'STALE_OWNER');
    await expectCode(store.journal.append(lease, 1, [...events, stepStarted('b')]), 'STALE_OWNER');
  });

  test('answers the same append made again as done when the run has ended or passed to another owner', async ({
    store,
  }) => {
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [runStarted()]);
    await store.journal.append(lease, 2, [runSucceeded()]);
    const later = await store.leases.acquire(lease.run, lease.owner, 60_000);
    expect(await store.journal.append(lease, 1, [runStarted()])).toBe(2);
    expect(await store.journal.append(lease, 2, [runSucceeded()])).toBe(3);
    expect(await all(store.journal.read(lease.run))).toHaveLength(3);
    expect(later).toMatchObject({ epoch: lease.epoch + 1 });
  });

  test('takes no append of another owner for the same append', async ({ store }) => {
    const stale = await anOwnedRun(store);
    const current = await store.leases.acquire(stale.run, stale.owner, 60_000);
    if ('heldBy' in current) throw new Error('An owner takes its own lease again.');
    await store.journal.append(current, 1, [stepStarted('a')]);
    await expectCode(store.journal.append(stale, 1, [stepStarted('a')]), 'STALE_OWNER');
  });

  test('settles messages wherever the run stands, for its owner alone', async ({ store }) => {
    const lease = await anOwnedRun(store);
    for (const id of ['m1', 'm2', 'm3']) await store.inbox.post(lease.run, { id, kind: 'cancel', reason: 'stop' });
    await store.journal.append(lease, 1, [runStarted()]);
    expect(await store.journal.append(lease, 1, [], ['m1'])).toBe(1);
    await expectCode(store.journal.append({ ...lease, epoch: 0 }, 2, [], ['m2']), 'STALE_OWNER');
    await expectCode(store.journal.append(lease, 3, [], ['m2']), 'STALE_OWNER');
    expect((await store.inbox.pending(lease.run)).map(({ id }) => id)).toEqual(['m2', 'm3']);
    await store.journal.append(lease, 2, [runSucceeded()]);
    expect(await store.journal.append(lease, 2, [], ['m2'])).toBe(2);
  });

  test('removes the messages of a run that ends', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const other = await anOwnedRun(store);
    for (const { run } of [lease, other]) await store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'stop' });
    await store.journal.append(lease, 1, [runFailed()]);
    expect(await store.inbox.pending(lease.run)).toEqual([]);
    expect(await store.inbox.pending(other.run)).toHaveLength(1);
  });

  test('adds up what appends under way together change in the summary', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const usage = usageOf({ input_tokens: 3, usd: 0.25, calls: 1 });
    const gate = { passed: true, score: 0.5, verdicts: [], attempts: 1 };
    const calls = upTo(20).map((after) =>
      store.journal.append(lease, after, [after === 1 ? runStarted() : stepSucceeded(`s${after}`, 1, { usage, gate })]),
    );
    await Promise.all(calls);
    expect(await store.runs.get(lease.run)).toMatchObject({
      status: 'running',
      usage: { input_tokens: 57, usd: 4.75, calls: 19 },
      score: 0.5,
      seq: 21,
    });
  });

  test('keeps 10,000 events of one batch together and in order', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const events = upTo(10_000).map((n) => stepSucceeded(`s${n}`, n));
    expect(await store.journal.append(lease, 1, events)).toBe(10_001);
    const recorded = await all(store.journal.read(lease.run, 1));
    expect(sequences(recorded)).toEqual(upTo(10_001, 2));
    expect(recorded.at(-1)?.event).toEqual(events.at(-1));
  });

  test('gives every JSON value back as it was', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const values: readonly Json[] = [
      null,
      '',
      'Grüße, 世界, 👩‍👩‍👧, \u0000 \u2028 \ud800 "\\',
      { '': 1, 'a b': { '🗝': [] }, constructor: 'x', toString: null },
      // Written as text: an object literal would set the prototype.
      JSON.parse('{"__proto__": {"polluted": true}, "a": {"__proto__": 1}}') as Json, // what JSON.parse gives is Json
      [1e21, 5e-324, -1.5, 9007199254740991, true, false],
      'x'.repeat(300_000),
    ];
    await store.journal.append(
      lease,
      1,
      values.map((value, index) => stepSucceeded(`s${index}`, value)),
    );
    const outputs = (await all(store.journal.read(lease.run, 1))).map(
      ({ event }) => event.type === 'step.succeeded' && event.output,
    );
    expect(outputs.map((output) => JSON.stringify(output))).toEqual(values.map((value) => JSON.stringify({ value })));
    expect(Object.hasOwn(Object.prototype, 'polluted')).toBe(false);
  });

  test('keeps what was given even when the caller changes it afterwards', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const events = [stepStarted('a')];
    const appended = store.journal.append(lease, 1, events);
    events.push(stepStarted('b'));
    expect(await appended).toBe(2);
    expect(await all(store.journal.read(lease.run, 1))).toHaveLength(1);
  });
}
