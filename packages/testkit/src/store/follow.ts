import { setImmediate as turn } from 'node:timers/promises';
import type { Recorded } from '@telos/core';
import { expect } from 'vitest';
import { runStarted, runSucceeded, stepStarted } from '../builders/events.ts';
import { aRunId, anOwnedRun } from '../builders/runs.ts';
import { all, inTime, secondOf, sequences, upTo } from './open-store.ts';
import type { StoreTest } from './open-store.ts';

const never = new AbortController().signal;

export function followTests(test: StoreTest): void {
  test('gives what there is, then what comes, and ends after the terminal event', async (opened) => {
    const { store } = opened;
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [runStarted()]);
    const followed = all(store.journal.follow(lease.run, 0, never));
    for (const after of upTo(20, 2)) {
      await store.journal.append(lease, after, [stepStarted(`s${after}`)]);
      if (after % 3 === 0) await turn();
    }
    await store.journal.append(lease, 21, [runSucceeded()]);
    expect(sequences(await inTime(opened, followed))).toEqual(upTo(22));
  });

  test('starts after the sequence it is given', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    await opened.store.journal.append(lease, 1, [runStarted(), stepStarted('a'), runSucceeded()]);
    const followed = all(opened.store.journal.follow(lease.run, 2, never));
    expect(sequences(await inTime(opened, followed))).toEqual([3, 4]);
  });

  test('ends at once when asked for what follows the terminal event', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    await opened.store.journal.append(lease, 1, [runSucceeded()]);
    expect(await inTime(opened, all(opened.store.journal.follow(lease.run, 2, never)))).toEqual([]);
  });

  test('ends when its signal aborts while it waits', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    const abort = new AbortController();
    const seen: number[] = [];
    const followed = (async () => {
      for await (const { seq } of opened.store.journal.follow(lease.run, 0, abort.signal)) {
        seen.push(seq);
        setImmediate(() => abort.abort());
      }
    })();
    await inTime(opened, followed);
    expect(seen).toEqual([1]);
  });

  test('gives nothing when its signal has already aborted', async (opened) => {
    const lease = await anOwnedRun(opened.store);
    const followed = all(opened.store.journal.follow(lease.run, 0, AbortSignal.abort()));
    expect(await inTime(opened, followed)).toEqual([]);
  });

  test('waits for a run that is not there yet', async (opened) => {
    const { store } = opened;
    const id = aRunId();
    const followed = all(store.journal.follow(id, 0, never));
    await turn();
    const lease = await anOwnedRun(store, { id });
    await store.journal.append(lease, 1, [runSucceeded()]);
    expect(sequences(await inTime(opened, followed))).toEqual([1, 2]);
  });

  test('gives a slow reader everything, in order', async (opened) => {
    const { store } = opened;
    const lease = await anOwnedRun(store);
    const seen: Recorded[] = [];
    const followed = (async () => {
      for await (const recorded of store.journal.follow(lease.run, 0, never)) {
        seen.push(recorded);
        await turn();
      }
    })();
    const appends = upTo(600).map((after) => store.journal.append(lease, after, [stepStarted(`s${after}`)]));
    await Promise.all(appends);
    await store.journal.append(lease, 601, [runSucceeded()]);
    await inTime(opened, followed);
    expect(sequences(seen)).toEqual(upTo(602));
  });

  test('serves several followers of one run, from where each of them stands', async (opened) => {
    const { store } = opened;
    const lease = await anOwnedRun(store);
    await store.journal.append(lease, 1, [runStarted()]);
    const followed = Promise.all([0, 1, 2].map((after) => all(store.journal.follow(lease.run, after, never))));
    await turn();
    await store.journal.append(lease, 2, [runSucceeded()]);
    expect((await inTime(opened, followed)).map(sequences)).toEqual([upTo(3), upTo(3, 2), upTo(3, 3)]);
  });

  test('gives what another handle appends, without a gap or a repeat', async (opened) => {
    const other = await secondOf(opened);
    const lease = await anOwnedRun(opened.store);
    const followed = all(other.journal.follow(lease.run, 0, never));
    for (const after of upTo(50)) {
      await opened.store.journal.append(lease, after, [stepStarted(`s${after}`)]);
      if (after % 7 === 0) await opened.advance(100);
    }
    await opened.store.journal.append(lease, 51, [runSucceeded()]);
    expect(sequences(await inTime(opened, followed))).toEqual(upTo(52));
  });
}
