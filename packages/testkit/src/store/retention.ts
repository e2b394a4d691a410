import { expect } from 'vitest';
import { runStarted, runSucceeded, stepSucceeded } from '../builders/events.ts';
import { aNewRun, aRunId, anOwnedRun } from '../builders/runs.ts';
import { all } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function retentionTests(test: StoreTest): void {
  const workflowOf = (): string => `w${aRunId().replaceAll('-', '')}`;
  const endedAt = (at: number) => ({ ...runSucceeded(), at });

  test('removes ended runs that are old, in batches, with all that hangs on them', async ({ store }) => {
    const workflow = workflowOf();
    const created = { workflow, tags: ['t'] };
    const key = aRunId();
    const runs: string[] = [];
    for (let n = 0; n < 3; n++) {
      const lease = await anOwnedRun(store, {
        created,
        ...(n === 0 ? { idempotency: { key, body: 'b'.repeat(64) } } : {}),
      });
      await store.inbox.post(lease.run, { id: 'm', kind: 'pause' });
      await store.journal.append(lease, 1, [runStarted(), stepSucceeded('a'), endedAt(5000 + n)]);
      runs.push(lease.run);
    }
    const young = await anOwnedRun(store, { created });
    await store.journal.append(young, 1, [endedAt(9000)]);
    const unfinished = (await store.journal.create(aNewRun({ created }))).run;
    const old = { status: ['succeeded', 'running', 'pending'] as const, endedBefore: 9000, workflow };
    expect(await store.retention.removeRuns({ ...old, status: ['failed'] }, 10)).toBe(0);
    expect(await store.retention.removeRuns(old, 2)).toBe(2);
    expect(await store.retention.removeRuns(old, 2)).toBe(1);
    expect(await store.retention.removeRuns(old, 2)).toBe(0);
    for (const run of runs) {
      expect(await store.runs.get(run)).toBeUndefined();
      expect(await all(store.journal.read(run))).toEqual([]);
    }
    const left = (await store.runs.list({ workflow, tag: 't' }, 10)).items.map(({ id }) => id);
    expect([...left].sort()).toEqual([young.run, unfinished].sort());
    const again = await store.journal.create(aNewRun({ created, idempotency: { key, body: 'c'.repeat(64) } }));
    expect(again.existing).toBe(false);
  });

  test('collects blobs that no run names and that are not young', async (opened) => {
    const { store } = opened;
    const workflow = workflowOf();
    const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(`${text} ${aRunId()}`);
    const kept = await store.blobs.put(bytesOf('kept'), 'text/plain');
    const shared = await store.blobs.put(bytesOf('shared'), 'text/plain');
    const unnamed = await store.blobs.put(bytesOf('unnamed'), 'text/plain');
    const named = (blob: string) => ({ blob, bytes: 10 });
    const lease = await anOwnedRun(store, { created: { workflow, inputs: named(shared) } });
    await store.journal.append(lease, 1, [
      { ...stepSucceeded('a'), output: named(kept) },
      { ...stepSucceeded('b'), output: named(shared) },
      endedAt(5000),
    ]);
    const other = await anOwnedRun(store, { created: { workflow } });
    await store.journal.append(other, 1, [{ ...stepSucceeded('a'), output: named(shared) }]);
    const collect = async () => {
      while ((await store.retention.collectBlobs(Number.MAX_SAFE_INTEGER, 100)).count > 0);
    };
    expect((await store.retention.collectBlobs(0, 100)).count).toBe(0);
    expect(await store.blobs.get(unnamed)).toBeDefined();
    await collect();
    expect(await store.blobs.get(unnamed)).toBeUndefined();
    expect(await store.blobs.get(kept)).toBeDefined();
    await store.retention.removeRuns({ status: ['succeeded'], endedBefore: 9000, workflow }, 10);
    await collect();
    expect(await store.blobs.get(kept)).toBeUndefined();
    expect(await store.blobs.get(shared)).toBeDefined();
  });

  test('keeps the blobs that a message names, however long nobody takes it', async ({ store }) => {
    const bytes = new TextEncoder().encode(`a payload ${aRunId()}`);
    const blob = await store.blobs.put(bytes, 'application/json');
    const { run } = await store.journal.create(aNewRun({ created: { workflow: workflowOf() } }));
    const payload = { blob, bytes: bytes.length };
    await store.inbox.post(run, { id: 's', kind: 'signal', name: 'paid', payload });
    await store.inbox.post(run, { id: 's', kind: 'signal', name: 'paid', payload });
    while ((await store.retention.collectBlobs(Number.MAX_SAFE_INTEGER, 100)).count > 0);
    expect(await store.blobs.get(blob)).toBeDefined();
  });

  test('keeps a run whose end is still to be posted', async ({ store }) => {
    const workflow = workflowOf();
    const callback = { url: 'https://far.example/', events: ['succeeded'] } as const;
    const lease = await anOwnedRun(store, { created: { workflow }, callback: { ...callback, events: ['succeeded'] } });
    await store.journal.append(lease, 1, [endedAt(5000)]);
    const old = { status: ['succeeded'] as const, endedBefore: 9000, workflow };
    expect(await store.retention.removeRuns(old, 10)).toBe(0);
    for (let owed = await store.callbacks.take(100, 60_000); owed.length > 0;) {
      for (const one of owed) await store.callbacks.settle(one, { status: 'delivered' });
      owed = await store.callbacks.take(100, 60_000);
    }
    expect(await store.retention.removeRuns(old, 10)).toBe(1);
  });
}
