import type { Task } from '@telos/core';
import { expect } from 'vitest';
import { runCancelled, runSucceeded } from '../builders/events.ts';
import { aRunId, anOwnedRun } from '../builders/runs.ts';
import { secondOf } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function claimTests(test: StoreTest): void {
  const worker = (): string => `worker-${aRunId()}`;

  test('gives a task to exactly one of 20 workers that ask at once through two handles', async (opened) => {
    const other = await secondOf(opened);
    const { run } = await anOwnedRun(opened.store);
    const task: Task = { run, path: 'items[3].fetch', attempt: 1 };
    const answers = await Promise.all(
      Array.from({ length: 20 }, (_, n) => (n % 2 === 0 ? opened.store : other).claims.claim(task, worker())),
    );
    expect(answers.filter(Boolean)).toHaveLength(1);
    expect(await opened.store.claims.claim({ ...task, attempt: 2 }, worker())).toBe(true);
    expect(await opened.store.claims.claim({ ...task, path: 'items[4].fetch' }, worker())).toBe(true);
  });

  test('says who claimed the tasks of a run, and whether they still live', async (opened) => {
    const { store } = opened;
    const { run } = await anOwnedRun(store);
    const [one, two] = [worker(), worker()];
    await store.claims.beat(one, 1000);
    await store.claims.beat(two, 10_000);
    await store.claims.claim({ run, path: 'a', attempt: 1 }, one);
    await store.claims.claim({ run, path: 'b', attempt: 2 }, two);
    expect(await store.claims.workers()).toEqual(expect.arrayContaining([one, two]));
    await opened.advance(1001);
    const claims = await store.claims.of(run);
    expect(claims).toHaveLength(2);
    expect(claims).toContainEqual({ run, path: 'a', attempt: 1, worker: one, alive: false });
    expect(claims).toContainEqual({ run, path: 'b', attempt: 2, worker: two, alive: true });
    expect(await store.claims.workers()).not.toContain(one);
    expect(await store.claims.of(aRunId())).toEqual([]);
  });

  test('tells a worker once which of its tasks were called off', async ({ store }) => {
    const { run } = await anOwnedRun(store);
    const [one, two] = [worker(), worker()];
    const task: Task = { run, path: 'a', attempt: 1 };
    await store.claims.claim(task, one);
    await store.claims.claim({ ...task, path: 'b' }, two);
    await store.claims.callOff([task, { ...task, path: 'unclaimed' }]);
    expect(await store.claims.beat(two, 1000)).toEqual([]);
    expect(await store.claims.beat(one, 1000)).toEqual([task]);
    expect(await store.claims.beat(one, 1000)).toEqual([]);
  });

  test('lets nobody claim a task that was called off before somebody did', async ({ store }) => {
    const { run } = await anOwnedRun(store);
    const task: Task = { run, path: 'a', attempt: 1 };
    await store.claims.callOff([task]);
    expect(await store.claims.claim(task, worker())).toBe(false);
    expect(await store.claims.of(run)).toEqual([]);
    expect(await store.claims.claim({ ...task, attempt: 2 }, worker())).toBe(true);
  });

  test('tells a worker of a task that was called off just before its run ended', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const one = worker();
    const task: Task = { run: lease.run, path: 'a', attempt: 1 };
    await store.claims.claim(task, one);
    await store.claims.callOff([task]);
    await store.journal.append(lease, 1, [runSucceeded()]);
    expect(await store.claims.beat(one, 1000)).toEqual([task]);
    expect(await store.claims.of(lease.run)).toEqual([]);
  });

  test('tells a worker of a task that was called off in the moment in which its run ended', async ({ store }) => {
    const one = worker();
    const tasks: Task[] = [];
    for (let n = 0; n < 20; n++) {
      const lease = await anOwnedRun(store);
      const task: Task = { run: lease.run, path: 'a', attempt: 1 };
      tasks.push(task);
      await store.claims.claim(task, one);
      await Promise.all([store.claims.callOff([task]), store.journal.append(lease, 1, [runCancelled()])]);
    }
    expect(new Set(await store.claims.beat(one, 1000))).toEqual(new Set(tasks));
  });

  test('gives a task that is claimed in the moment in which it is called off to nobody, or tells who got it', async (opened) => {
    const other = await secondOf(opened);
    const { run } = await anOwnedRun(opened.store);
    const one = worker();
    const given: Task[] = [];
    for (let attempt = 1; attempt <= 20; attempt++) {
      const task: Task = { run, path: 'a', attempt };
      const [isGiven] = await Promise.all([other.claims.claim(task, one), opened.store.claims.callOff([task])]);
      if (isGiven) given.push(task);
    }
    expect(new Set(await opened.store.claims.beat(one, 1000))).toEqual(new Set(given));
  });

  test('forgets a claim whose outcome is recorded, and all of a run that has ended', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const { run } = lease;
    await store.claims.claim({ run, path: 'a', attempt: 1 }, worker());
    await store.claims.claim({ run, path: 'b', attempt: 1 }, worker());
    await store.claims.forget([{ run, path: 'a', attempt: 1 }]);
    expect((await store.claims.of(run)).map(({ path }) => path)).toEqual(['b']);
    // However late somebody hears of it.
    expect(await store.claims.claim({ run, path: 'a', attempt: 1 }, worker())).toBe(false);
    expect(await store.claims.claim({ run, path: 'a', attempt: 2 }, worker())).toBe(true);
    await store.journal.append(lease, 1, [runSucceeded()]);
    expect(await store.claims.of(run)).toEqual([]);
    expect(await store.claims.claim({ run, path: 'c', attempt: 1 }, worker())).toBe(false);
  });

  test('sets a mark for exactly one of those who saw the same one before', async (opened) => {
    const other = await secondOf(opened);
    const { marks } = opened.store;
    const name = `schedule ${aRunId()}`;
    expect(await marks.get(name)).toBeUndefined();
    const first = await Promise.all([marks, other.marks, marks].map((one) => one.advance(name, undefined, 1000)));
    expect(first.filter(Boolean)).toHaveLength(1);
    expect(await other.marks.get(name)).toBe(1000);
    const next = await Promise.all([marks, other.marks].map((one) => one.advance(name, 1000, 2000)));
    expect(next.filter(Boolean)).toHaveLength(1);
    expect(await marks.advance(name, 1000, 3000)).toBe(false);
    expect(await marks.get(name)).toBe(2000);
  });
}
