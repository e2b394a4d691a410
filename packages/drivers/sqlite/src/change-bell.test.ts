import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunId, Store } from '@telos/core';
import { anOwnedRun, createFakeClock, runStarted, stepStarted } from '@telos/testkit';
import type { FakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openSqliteStore } from './open-sqlite-store.ts';

let folder: string;
let clock: FakeClock;
let store: Store;
let other: Store;

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'telos-'));
  clock = createFakeClock();
  const file = path.join(folder, 'telos.db');
  store = await openSqliteStore({ path: file, clock });
  other = await openSqliteStore({ path: file, clock });
});
afterEach(async () => {
  await store.close();
  await other.close();
  rmSync(folder, { recursive: true });
});

/** Follows a run and notes the sequences it is given. */
function following(of: Store, run: RunId): { readonly seen: readonly number[]; stop(): Promise<void> } {
  const seen: number[] = [];
  const abort = new AbortController();
  const ended = (async () => {
    for await (const { seq } of of.journal.follow(run, 0, abort.signal)) seen.push(seq);
  })();
  return {
    seen,
    async stop() {
      abort.abort();
      await ended;
    },
  };
}

describe('the bell of a store', () => {
  it('wakes followers of this process without time going by', async () => {
    const lease = await anOwnedRun(store);
    const follower = following(store, lease.run);
    await turn();
    for (const after of [1, 2, 3]) {
      await store.journal.append(lease, after, [stepStarted('a')]);
      await turn();
      expect(follower.seen).toHaveLength(after + 1);
    }
    await follower.stop();
  });

  it('wakes followers of other processes within 50 ms', async () => {
    const lease = await anOwnedRun(store);
    const follower = following(other, lease.run);
    await clock.advance(50);
    for (const after of [1, 2, 3]) {
      await store.journal.append(lease, after, [stepStarted('a')]);
      await clock.advance(49);
      expect(follower.seen).toHaveLength(after);
      await clock.advance(1);
      expect(follower.seen).toHaveLength(after + 1);
    }
    await follower.stop();
  });

  it('calls listeners for messages back: of this process at once, of others within 50 ms', async () => {
    const lease = await anOwnedRun(store);
    const heard: string[] = [];
    const stops = [store.inbox.onMessage(() => heard.push('here')), other.inbox.onMessage(() => heard.push('there'))];
    await clock.advance(50);
    for (const id of ['m1', 'm2']) {
      heard.length = 0;
      await store.inbox.post(lease.run, { id, kind: 'cancel', reason: 'stop' });
      expect(heard).toEqual(['here']);
      await clock.advance(50);
      expect(heard).toEqual(['here', 'there']);
    }
    for (const stop of stops) stop();
  });

  it('looks at the file only while somebody listens', async () => {
    const lease = await anOwnedRun(store);
    expect(clock.pending()).toBe(0);
    const follower = following(store, lease.run);
    const stop = store.inbox.onMessage(() => {});
    await turn();
    expect(clock.pending()).toBe(1);
    await follower.stop();
    expect(clock.pending()).toBe(1);
    stop();
    await turn();
    expect(clock.pending()).toBe(0);
  });

  it('leaves other followers awake when one stops', async () => {
    const lease = await anOwnedRun(store);
    const [first, second] = [following(store, lease.run), following(store, lease.run)];
    await turn();
    await first.stop();
    await store.journal.append(lease, 1, [runStarted()]);
    await turn();
    expect(first.seen).toEqual([1]);
    expect(second.seen).toEqual([1, 2]);
    await second.stop();
  });
});
