import { prune, retentionMark, startRetention } from '@telos/executor';
import type { RetentionPolicy } from '@telos/executor';
import { anOwnedRun, createFakeClock, runFailed, runSucceeded, stepSucceeded } from '@telos/testkit';
import { afterAll, describe, expect, it, onTestFinished } from 'vitest';
import { leaveStores, openTestStore } from './stores.ts';

afterAll(leaveStores);

const hour = 3_600_000;
const day = 24 * hour;
const policy: RetentionPolicy = [
  { status: 'succeeded', keepMs: 7 * day },
  { status: 'failed', keepMs: 30 * day },
];

async function world() {
  const clock = createFakeClock();
  const store = await openTestStore(clock);
  onTestFinished(() => store.close());
  const told: string[] = [];
  /** A run that ended this many days ago, whose only step gave a value of its own. */
  const ended = async (daysAgo: number, how: 'succeeded' | 'failed' = 'succeeded'): Promise<string> => {
    const at = clock.now() - daysAgo * day;
    const lease = await anOwnedRun(store, { created: { at } });
    const bytes = new TextEncoder().encode(`the output of ${lease.run}`);
    const output = { blob: await store.blobs.put(bytes, 'text/plain'), bytes: bytes.length };
    await store.journal.append(lease, 1, [
      { ...stepSucceeded('a'), output },
      { ...(how === 'succeeded' ? runSucceeded() : runFailed()), at },
    ]);
    return lease.run;
  };
  return { clock, store, told, ended, deps: { store, clock, tell: (message: string) => void told.push(message) } };
}

describe('pruning', () => {
  it('removes runs that ended longer ago than their status is kept, and no other', async () => {
    const { store, clock, ended } = await world();
    const old = [await ended(8), await ended(40, 'failed')];
    const kept = [await ended(6), await ended(29, 'failed'), (await anOwnedRun(store, { created: { at: 0 } })).run];
    expect(await prune({ store, clock }, policy)).toMatchObject({ runs: { succeeded: 1, failed: 1 } });
    for (const run of old) expect(await store.runs.get(run)).toBeUndefined();
    for (const run of kept) expect(await store.runs.get(run)).toBeDefined();
  });

  it('collects the blobs that no run names any more once they are an hour old', async () => {
    const { store, clock, ended } = await world();
    await ended(8);
    const young = await store.blobs.put(new TextEncoder().encode('stored, and not named yet'), 'text/plain');
    expect(await prune({ store, clock }, policy)).toMatchObject({ runs: { succeeded: 1 }, blobs: 0 });
    expect(await store.blobs.get(young)).toBeDefined();
    await clock.advance(2 * hour);
    const { blobs, bytes } = await prune({ store, clock }, policy);
    expect(blobs).toBe(2);
    expect(bytes).toBeGreaterThan(50);
    expect(await store.blobs.get(young)).toBeUndefined();
  });

  it('goes in small batches, with pauses in which others commit', async () => {
    const { store, clock, ended } = await world();
    for (let n = 0; n < 210; n++) await ended(8);
    const sizes: number[] = [];
    const retention: typeof store.retention = {
      ...store.retention,
      removeRuns: async (filter, limit) => {
        const removed = await store.retention.removeRuns(filter, limit);
        sizes.push(removed);
        return removed;
      },
    };
    const progress = { done: false };
    const pruning = prune({ store: { retention }, clock }, policy.slice(0, 1)).finally(() => (progress.done = true));
    while (!progress.done) await clock.advance(20);
    expect((await pruning).runs).toEqual({ succeeded: 210 });
    expect(sizes).toEqual([100, 100, 10]);
  });
});

describe('the retention of several processes', () => {
  it('is done by one of them at a time, and told with what it removed', async () => {
    const { deps, clock, store, told, ended } = await world();
    await ended(8);
    let sweeps = 0;
    const retention: typeof store.retention = {
      ...store.retention,
      removeRuns: async (filter, limit) => {
        if (filter.status.includes('succeeded')) sweeps += 1;
        return store.retention.removeRuns(filter, limit);
      },
    };
    const loops = [1, 2, 3].map(() => startRetention({ ...deps, store: { ...store, retention } }, policy));
    onTestFinished(async () => void (await Promise.all(loops.map((loop) => loop.stop()))));
    await expect.poll(() => told).toEqual(['Retention: removed 1 succeeded runs.']);
    expect(sweeps).toBe(1);
    expect(loops.map(({ removed }) => removed.runs).filter(({ succeeded }) => succeeded === 1)).toHaveLength(1);
    await ended(8);
    await expect
      .poll(async () => {
        await clock.advance(60_000);
        return told.length;
      })
      .toBeGreaterThan(1);
    expect(sweeps).toBe(2);
  });

  it('goes on although a clock that was far ahead has said when it was done last', async () => {
    const { deps, clock, store, told, ended } = await world();
    await ended(8);
    await store.marks.advance(retentionMark, undefined, clock.now() + 10 * day);
    const loop = startRetention(deps, policy);
    onTestFinished(() => loop.stop());
    await expect.poll(() => told).toEqual(['Retention: removed 1 succeeded runs.']);
  });
});
