import { expect } from 'vitest';
import { runStarted } from '../builders/events.ts';
import { aNewRun, anOwnedRun } from '../builders/runs.ts';
import { all, expectCode, reopened } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function closeTests(test: StoreTest): void {
  test('ends when what was accepted is durable', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    const appended = opened.store.journal.append(lease, 1, [runStarted()]);
    const store = await reopened(opened);
    expect(await appended).toBe(2);
    expect(await all(store.journal.read(lease.run))).toHaveLength(2);
  });

  test('answers what was asked just before', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const asked = [store.runs.get(lease.run), store.journal.append(lease, 1, [runStarted()])] as const;
    const closed = store.close();
    const [summary, last] = await Promise.all(asked);
    expect(summary).toMatchObject({ id: lease.run });
    expect(last).toBe(2);
    await closed;
  });

  test('refuses every call once it is closed', async ({ store }) => {
    const lease = await anOwnedRun(store);
    await store.close();
    await store.close();
    const calls: readonly (() => Promise<unknown>)[] = [
      () => store.journal.create(aNewRun()),
      () => store.journal.append(lease, 1, [runStarted()]),
      () => all(store.journal.read(lease.run)),
      () => all(store.journal.follow(lease.run, 0, new AbortController().signal)),
      () => store.leases.acquire(lease.run, 'owner', 1000),
      () => store.leases.renew([lease], 1000),
      () => store.leases.release(lease),
      () => store.leases.lapsed(10),
      () => store.inbox.post(lease.run, { id: 'm', kind: 'cancel', reason: 'stop' }),
      () => store.inbox.pending(lease.run),
      () => store.runs.get(lease.run),
      () => store.runs.list({}, 10),
      () => store.runs.count({}),
      () => store.blobs.put(new Uint8Array(1), 'text/plain'),
      () => store.blobs.get('0'.repeat(64)),
      () => store.programs.get('0'.repeat(64)),
      () => store.programs.current('w'),
      () => store.programs.versions('w'),
      () => store.programs.published(),
      () => store.programs.withdraw('w'),
    ];
    for (const call of calls) await expectCode(call(), 'STORE_UNAVAILABLE');
  });

  test('tells followers that it was closed', async ({ store }) => {
    const lease = await anOwnedRun(store);
    const followed = all(store.journal.follow(lease.run, 1, new AbortController().signal));
    const told = expectCode(followed, 'STORE_UNAVAILABLE');
    await store.close();
    await told;
  });
}
