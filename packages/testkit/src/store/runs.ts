import type { RunFilter, RunId, Store } from '@telos/core';
import { expect } from 'vitest';
import { runFailed, runStarted, runSucceeded, stepSucceeded, usageOf } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { expectCode, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function runsTests(test: StoreTest): void {
  test('knows nothing of an unknown run', async ({ store }) => {
    expect(await store.runs.get(aRunId())).toBeUndefined();
  });

  test('says of runs whose turn each of them takes, and leaves out those that it does not know', async ({ store }) => {
    const create = async (created: object) => (await store.journal.create(aNewRun({ created }))).run;
    const team = await create({ namespace: 'team', priority: 'high' });
    const plain = await create({});
    expect(await store.runs.turns([team, aRunId(), plain])).toEqual(
      new Map([
        [team, { share: 'team', priority: 'high' }],
        [plain, { share: 'default', priority: 'normal' }],
      ]),
    );
    expect(await store.runs.turns([])).toEqual(new Map());
  });

  test('lists runs newest first in pages that neither repeat nor miss one, though runs arrive meanwhile', async ({
    store,
  }) => {
    const tag = aRunId();
    const create = async (at: number) => (await store.journal.create(aNewRun({ created: { at, tags: [tag] } }))).run;
    // Three of each instant: ties must not fall between two pages.
    const oldestFirst: RunId[] = [];
    for (const n of upTo(25)) oldestFirst.push(await create(1000 + Math.floor(n / 3)));
    const seen: RunId[] = [];
    const createdAt: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await store.runs.list({ tag }, 4, cursor);
      expect(page.items.length).toBeLessThanOrEqual(4);
      seen.push(...page.items.map(({ id }) => id));
      createdAt.push(...page.items.map((item) => item.createdAt));
      cursor = page.next;
      await create(5000);
    } while (cursor !== undefined);
    expect(new Set(seen)).toEqual(new Set(oldestFirst));
    expect(seen).toHaveLength(25);
    expect(createdAt).toEqual(createdAt.toSorted((left, right) => right - left));
  });

  test('gives no further page when the last is exactly full', async ({ store }) => {
    const tag = aRunId();
    for (const at of [1, 2]) await store.journal.create(aNewRun({ created: { at, tags: [tag] } }));
    expect(await store.runs.list({ tag }, 2)).not.toHaveProperty('next');
    expect(await store.runs.list({ tag }, 1)).toHaveProperty('next');
  });

  test('refuses a cursor that it did not give, and a limit outside 1 to 200', async ({ store }) => {
    await expectCode(store.runs.list({}, 10, 'nonsense'), 'PAGE_INVALID');
    await expectCode(store.runs.list({}, 0), 'PAGE_INVALID');
    await expectCode(store.runs.list({}, 201), 'PAGE_INVALID');
    await expectCode(store.runs.list({}, 1.5), 'PAGE_INVALID');
    expect((await store.runs.list({}, 200)).items.length).toBeLessThanOrEqual(200);
  });

  test('shows what `get` shows', async ({ store }) => {
    const tag = aRunId();
    const { run } = await anOwnedRun(store, { created: { tags: [tag, 'other'] } });
    expect((await store.runs.list({ tag }, 10)).items).toEqual([await store.runs.get(run)]);
  });

  test('filters by status, workflow, tag, time and cost, alone and together', async ({ store }) => {
    const runs = await someRuns(store);
    const { tag, workflow, other, pending, running, failed, cheap, dear } = runs;
    const cases: readonly (readonly [RunFilter, readonly RunId[]])[] = [
      [{ tag }, [dear, cheap, failed, running, pending]],
      [{ tag: aRunId() }, []],
      [{ tag, status: ['pending'] }, [pending]],
      [{ tag, status: ['failed', 'running', 'failed'] }, [failed, running]],
      [{ tag, status: [] }, []],
      [{ workflow }, [dear, failed, running]],
      [{ workflow, status: ['failed', 'succeeded'] }, [dear, failed]],
      [{ workflow: other, status: ['waiting', 'paused', 'cancelled'] }, []],
      [{ workflow, tag }, [dear, failed, running]],
      [{ tag, since: 30 }, [dear, cheap, failed]],
      [{ tag, until: 30 }, [running, pending]],
      [{ workflow, since: 20, until: 50 }, [failed, running]],
      [{ tag, minUsd: 0.5 }, [dear, cheap]],
      [{ tag, minUsd: 0.51 }, [dear]],
      [{ tag, minUsd: 0 }, [dear, cheap, failed, running, pending]],
      [{ workflow, tag, status: ['succeeded'], since: 1, until: 99, minUsd: 1, text: 'BRIEF' }, [dear]],
    ];
    for (const [filter, expected] of cases) await expectRuns(store, filter, expected);
  });

  test('filters without a tag or a workflow as it does with one', async ({ store }) => {
    const runs = await someRuns(store);
    const ours = new Set<RunId>(Object.values(runs));
    const among = async (filter: RunFilter) =>
      (await store.runs.list(filter, 200)).items.map(({ id }) => id).filter((id) => ours.has(id));
    const window = { since: 10, until: 51 };
    expect(await among(window)).toEqual([runs.dear, runs.cheap, runs.failed, runs.running, runs.pending]);
    expect(await among({ ...window, status: ['succeeded', 'pending'] })).toEqual([runs.dear, runs.cheap, runs.pending]);
    expect(await among({ ...window, minUsd: 0.6 })).toEqual([runs.dear]);
    expect(await among({ ...window, minUsd: 0.1, status: ['succeeded'] })).toEqual([runs.dear, runs.cheap]);
  });

  test('finds a text within id, workflow and tags, ignoring case', async ({ store }) => {
    const { tag, workflow, other, pending, running, failed, cheap, dear } = await someRuns(store);
    const cases: readonly (readonly [RunFilter, readonly RunId[]])[] = [
      [{ text: workflow.slice(3).toUpperCase() }, [dear, failed, running]],
      [{ text: other.slice(3) }, [cheap, pending]],
      [{ text: tag.slice(2) }, [dear, cheap, failed, running, pending]],
      [{ text: running }, [running]],
      [{ text: running.slice(9).toUpperCase() }, [running]],
      [{ text: `${tag}_`, tag }, [dear]],
      [{ text: `${tag}_ÜBER%`, tag }, [dear]],
      [{ text: `${tag}%`, tag }, []],
      [{ text: `${tag}"'\\`, tag }, []],
      [{ text: '', tag, status: ['pending'] }, [pending]],
      [{ text: workflow, status: ['running'] }, [running]],
      [{ text: workflow, workflow: other }, []],
    ];
    for (const [filter, expected] of cases) await expectRuns(store, filter, expected);
  });

  test('pages through a text as through any filter', async ({ store }) => {
    const { workflow, running, failed, dear } = await someRuns(store);
    const first = await store.runs.list({ text: workflow }, 2);
    expect(first.items.map(({ id }) => id)).toEqual([dear, failed]);
    const second = await store.runs.list({ text: workflow }, 2, first.next);
    expect(second.items.map(({ id }) => id)).toEqual([running]);
    expect(second.next).toBeUndefined();
  });
}

/** Expects `list` to give these runs in this order, and `count` to count them. */
async function expectRuns(store: Store, filter: RunFilter, expected: readonly RunId[]): Promise<void> {
  const label = JSON.stringify(filter);
  expect(
    (await store.runs.list(filter, 200)).items.map(({ id }) => id),
    label,
  ).toEqual(expected);
  expect(await store.runs.count(filter), label).toBe(expected.length);
}

/** Five runs at 10, 20, ... 50 that share a tag no other run has, of two workflows no other run has. */
async function someRuns(store: Store) {
  const unique = aRunId().replaceAll('-', '').slice(-12);
  const tag = `t${unique}`;
  const workflow = `brief_z${unique}`;
  const other = `report_y${unique}`;
  const create = async (at: number, name: string, ...tags: readonly string[]) =>
    anOwnedRun(store, { created: { at, workflow: name, tags: [tag, ...tags] } });
  const pending = await create(10, other);
  const running = await create(20, workflow);
  const failed = await create(30, workflow);
  const cheap = await create(40, other);
  const dear = await create(50, workflow, `${tag}_über%`, 'other');
  const spent = (usd: number) => stepSucceeded('a', 1, { usage: usageOf({ usd }) });
  await store.journal.append(running, 1, [runStarted()]);
  await store.journal.append(failed, 1, [runStarted(), runFailed()]);
  await store.journal.append(cheap, 1, [runStarted(), spent(0.25), spent(0.25), runSucceeded()]);
  await store.journal.append(dear, 1, [runStarted(), spent(2), runSucceeded()]);
  return {
    tag,
    workflow,
    other,
    pending: pending.run,
    running: running.run,
    failed: failed.run,
    cheap: cheap.run,
    dear: dear.run,
  };
}
