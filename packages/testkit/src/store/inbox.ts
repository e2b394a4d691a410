import type { Message, RunId } from '@telos/core';
import { expect } from 'vitest';
import { runSucceeded } from '../builders/events.ts';
import { aRunId, anOwnedRun } from '../builders/runs.ts';
import { expectCode, inTime, reopened, secondOf } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

export function inboxTests(test: StoreTest): void {
  const cancel = (id: string): Message => ({ id, kind: 'cancel', reason: `because ${id}` });

  test('keeps messages of a run, oldest first', async (opened) => {
    const { run } = await anOwnedRun(opened.store);
    const other = await anOwnedRun(opened.store);
    await opened.store.inbox.post(run, cancel('b'));
    await opened.store.inbox.post(run, cancel('a'));
    await opened.store.inbox.post(other.run, cancel('c'));
    expect(await opened.store.inbox.pending(run)).toEqual([cancel('b'), cancel('a')]);
    const store = await reopened(opened);
    expect(await store.inbox.pending(run)).toEqual([cancel('b'), cancel('a')]);
  });

  test('takes the same id twice for one message', async ({ store }) => {
    const { run } = await anOwnedRun(store);
    const other = await anOwnedRun(store);
    await Promise.all([
      store.inbox.post(run, cancel('m')),
      store.inbox.post(run, cancel('m')),
      store.inbox.post(other.run, cancel('m')),
    ]);
    expect(await store.inbox.pending(run)).toEqual([cancel('m')]);
    expect(await store.inbox.pending(other.run)).toEqual([cancel('m')]);
  });

  test('refuses a message to a run that does not exist or has ended', async ({ store }) => {
    await expectCode(store.inbox.post(aRunId(), cancel('m')), 'RUN_NOT_FOUND');
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [runSucceeded()]);
    await expectCode(store.inbox.post(lease.run, cancel('m')), 'RUN_FINISHED');
    expect(await store.inbox.pending(lease.run)).toEqual([]);
  });

  test('keeps no message to a run that has ended, read or not', async ({ store }) => {
    const [ended, other] = [await anOwnedRun(store), await anOwnedRun(store)];
    for (const { run } of [ended, other]) {
      await store.inbox.post(run, cancel('a'));
      await store.inbox.post(run, cancel('b'));
    }
    await store.journal.append(ended, 1, [runSucceeded()], ['a']);
    expect(await store.inbox.pending(ended.run)).toEqual([]);
    expect(await store.inbox.pending(other.run)).toEqual([cancel('a'), cancel('b')]);
  });

  test('gives a message back as it was, whatever stands in it', async ({ store }) => {
    const { run } = await anOwnedRun(store);
    const value = { text: 'Grüße, 世界, \u0000 \u2028 \ud800 "\\', deep: [[{ a: null }]] };
    const message: Message = { id: 'm', kind: 'signal', name: 'paid', payload: { value } };
    await store.inbox.post(run, message);
    expect(JSON.stringify(await store.inbox.pending(run))).toBe(JSON.stringify([message]));
  });

  test('has nothing pending for an unknown run', async ({ store }) => {
    expect(await store.inbox.pending(aRunId())).toEqual([]);
  });

  test('calls listeners back after a message arrives, until they stop listening', async (opened) => {
    const { store } = opened;
    const { run } = await anOwnedRun(store);
    const later = await anOwnedRun(store);
    const stopped: RunId[] = [];
    const stop = store.inbox.onMessage((rung) => stopped.push(rung));
    stop();
    await inTime(
      opened,
      rings(store.inbox, run, () => store.inbox.post(run, cancel('m'))),
    );
    await inTime(
      opened,
      rings(store.inbox, later.run, () => store.inbox.post(later.run, cancel('m'))),
    );
    expect(stopped).toEqual([]);
  });

  test('calls listeners of another handle back', async (opened) => {
    const other = await secondOf(opened);
    const lease = await anOwnedRun(opened.store);
    for (const id of ['m1', 'm2', 'm3']) {
      await inTime(
        opened,
        rings(other.inbox, lease.run, () => opened.store.inbox.post(lease.run, cancel(id))),
      );
      await opened.store.journal.append(lease, 1, [], [id]);
    }
  });
}

/** Resolves when a listener that started before `post` is called back for the run. */
function rings(
  inbox: { onMessage(listener: (run: RunId) => void): () => void },
  run: RunId,
  post: () => Promise<void>,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const stop = inbox.onMessage((rung) => {
      if (rung !== run) return;
      stop();
      resolve();
    });
    post().catch(reject);
  });
}
