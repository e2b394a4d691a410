import type { Lease, RunEvent, WaitingStep } from '@telos/core';
import { expect } from 'vitest';
import { runStarted, runSucceeded, stepStarted } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { expectCode, reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

const approval = (path: string, at = 1000): RunEvent => ({
  type: 'wait.opened',
  at,
  path,
  attempt: 1,
  wait: { kind: 'approval', purpose: 'step', who: ['editors'], show: { value: path }, onTimeout: 'fail' },
  labels: ['untrusted'],
});
const signal = (path: string, name: string): RunEvent => ({
  type: 'wait.opened',
  at: 1000,
  path,
  attempt: 1,
  wait: { kind: 'signal', name, onTimeout: 'fail', dueAt: 5000 },
});
const inDoubt = (path: string): RunEvent => ({
  type: 'step.in_doubt',
  at: 1000,
  path,
  attempt: 1,
  error: { code: 'IN_DOUBT', kind: 'terminal', message: 'Who knows.' },
});

export function waitTests(test: StoreTest): void {
  /** A workflow of the test's own, so that a shared database gives it its own waits. */
  const named = () => ({ created: { workflow: `w${aRunId().replaceAll('-', '')}`, namespace: 'team' } });

  test('lists steps that wait, longest first, with what they wait for', async (opened) => {
    const { created } = named();
    const lease = await anOwnedRun(opened.store, { created });
    await opened.store.journal.append(lease, 1, [
      runStarted(),
      approval('later', 2000),
      approval('a', 1000),
      signal('b', 'paid'),
      inDoubt('c'),
    ]);
    const store = await reopened(opened);
    const { items } = await store.waits.list({ workflow: created.workflow }, 200);
    expect(items.map(({ id, path, kind }) => [id, path, kind])).toEqual([
      [4, 'a', 'approval'],
      [5, 'b', 'signal'],
      [6, 'c', 'in_doubt'],
      [3, 'later', 'approval'],
    ]);
    const [first, second, third] = items;
    expect(first).toMatchObject({
      run: lease.run,
      workflow: created.workflow,
      namespace: 'team',
      labels: ['untrusted'],
    });
    expect(first?.wait).toMatchObject({ kind: 'approval', who: ['editors'], show: { value: 'a' } });
    expect(second).toMatchObject({ dueAt: 5000, wait: { name: 'paid' } });
    expect(third).toMatchObject({ error: { code: 'IN_DOUBT' } });
  });

  test('filters waits by kind, run, namespace, name of the signal and code of the error', async ({ store }) => {
    const { created } = named();
    const one = await anOwnedRun(store, { created });
    const two = await anOwnedRun(store, { created });
    await store.journal.append(one, 1, [runStarted(), approval('a'), signal('b', 'paid'), signal('c', 'sent')]);
    await store.journal.append(two, 1, [runStarted(), inDoubt('d')]);
    const { workflow } = created;
    const paths = async (filter: Parameters<typeof store.waits.list>[0]) =>
      (await store.waits.list({ workflow, ...filter }, 200)).items.map(({ path }) => path);
    expect(await paths({ kind: ['approval', 'in_doubt'] })).toEqual(['a', 'd']);
    expect(await paths({ run: one.run })).toEqual(['a', 'b', 'c']);
    expect(await paths({ namespace: 'team' })).toHaveLength(4);
    expect(await paths({ namespace: 'other' })).toEqual([]);
    expect(await paths({ name: 'sent' })).toEqual(['c']);
    expect(await paths({ code: 'IN_DOUBT' })).toEqual(['d']);
    expect(await paths({ kind: [] })).toEqual([]);
    expect(await store.waits.count({ workflow })).toBe(4);
    expect(await store.waits.count({ workflow, kind: ['signal'] })).toBe(2);
  });

  test('gives waits page by page, without a gap or a repeat', async ({ store }) => {
    const { created } = named();
    const lease = await anOwnedRun(store, { created });
    await store.journal.append(lease, 1, [runStarted(), ...Array.from({ length: 7 }, (_, n) => approval(`s${n}`))]);
    const seen: string[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.waits.list({ workflow: created.workflow }, 3, cursor);
      seen.push(...page.items.map(({ path }) => path));
      cursor = page.next;
    } while (cursor !== undefined);
    expect(seen).toEqual(['s0', 's1', 's2', 's3', 's4', 's5', 's6']);
    await expectCode(store.waits.list({}, 0), 'PAGE_INVALID');
    await expectCode(store.waits.list({}, 3, 'nonsense'), 'PAGE_INVALID');
  });

  test('gives back what a step waits for as it was, whatever stands in it', async ({ store }) => {
    const { created } = named();
    const lease = await anOwnedRun(store, { created });
    const text = 'Grüße, 世界, \u0000 \u2028 \ud800 "\\';
    const opened: RunEvent = {
      type: 'wait.opened',
      at: 1000,
      path: 'a',
      attempt: 1,
      wait: { kind: 'approval', purpose: 'step', who: [text], show: { value: text }, onTimeout: 'fail' },
    };
    await store.journal.append(lease, 1, [opened]);
    const { items } = await store.waits.list({ workflow: created.workflow }, 10);
    expect(JSON.stringify(items[0]?.wait)).toBe(JSON.stringify(opened.wait));
  });

  test('lists a step no more once it waits no more', async ({ store }) => {
    const { created } = named();
    const lease = await anOwnedRun(store, { created });
    const { workflow } = created;
    await store.journal.append(lease, 1, [runStarted(), approval('a'), signal('b', 'x'), inDoubt('c'), approval('d')]);
    expect(await store.waits.get(lease.run, 3)).toMatchObject({ path: 'a' } satisfies Partial<WaitingStep>);
    await store.journal.append(lease, 6, [
      { type: 'wait.closed', at: 1000, path: 'a', attempt: 1, closing: { decision: 'approve' } },
      { type: 'step.resolved', at: 1000, path: 'c', attempt: 1, as: 'retry' },
      { type: 'step.cancelled', at: 1000, path: 'd', attempt: 1 },
    ]);
    expect((await store.waits.list({ workflow }, 10)).items.map(({ path }) => path)).toEqual(['b']);
    expect(await store.waits.get(lease.run, 3)).toBeUndefined();
    await store.journal.append(lease, 9, [approval('a'), { ...stepStarted('e') }, runSucceeded()]);
    expect(await store.waits.count({ workflow })).toBe(0);
  });

  test('lists nothing of an append that was refused', async ({ store }) => {
    const { created } = named();
    const lease = await anOwnedRun(store, { created });
    const stale: Lease = { ...lease, epoch: lease.epoch - 1 };
    await expectCode(store.journal.append(stale, 1, [approval('a')]), 'STALE_OWNER');
    expect(await store.waits.count({ workflow: created.workflow })).toBe(0);
  });

  test('stores a fork with the events that it brings', async ({ store }) => {
    const { created } = named();
    const source = await anOwnedRun(store, { created });
    const fork = { run: source.run, from: ['b'], sideEffects: 'live' as const };
    const usage = { input_tokens: 1, output_tokens: 2, usd: 3, ms: 4, calls: 5 };
    const { run } = await store.journal.create(
      aNewRun({
        created: { ...created, fork, priority: 'high' },
        more: [
          runStarted(),
          stepStarted('a'),
          { type: 'step.succeeded', at: 1000, path: 'a', attempt: 1, output: { value: 1 }, usage },
        ],
      }),
    );
    expect(await store.runs.get(run)).toMatchObject({
      status: 'running',
      seq: 4,
      forkOf: source.run,
      namespace: 'team',
      priority: 'high',
      usage,
    });
    expect((await Array.fromAsync(store.journal.read(run))).map(({ seq, event }) => [seq, event.type])).toEqual([
      [1, 'run.created'],
      [2, 'run.started'],
      [3, 'step.started'],
      [4, 'step.succeeded'],
    ]);
    const lease = await store.leases.acquire(run, 'owner', 1000);
    if ('heldBy' in lease) throw new Error('A fork could not be taken.');
    expect(await store.journal.append(lease, 4, [runSucceeded()])).toBe(5);
    expect((await store.runs.list({ forkOf: source.run }, 10)).items.map(({ id }) => id)).toEqual([run]);
    const inTeam = (await store.runs.list({ workflow: created.workflow, namespace: 'team' }, 10)).items;
    expect(inTeam.map(({ id }) => id)).toEqual([run, source.run]);
    expect(await store.runs.count({ workflow: created.workflow, namespace: 'other' })).toBe(0);
  });
}
