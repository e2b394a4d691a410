/** Runs that wait cost rows, not memory; none is lost, none is taken up without need, and none is driven twice. */
import type { RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';
import { testQueue } from './queues.ts';
import { agreeable, createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const nap = (time: string): string =>
  `telos: 1\nid: t\nsteps:\n  - { id: nap, wait: { for: ${time} } }\n  - { id: a, uses: act }`;
const isParked = ({ type }: RunEvent): boolean => type === 'run.waiting';

async function settle(engine: Engine, turns = 30): Promise<void> {
  for (let turn = 0; turn < turns; turn++) await engine.clock.advance(0);
}

/** Counts how often runs are taken. */
function countTakes({ store }: Engine): () => number {
  const acquire = store.leases.acquire.bind(store.leases);
  let takes = 0;
  store.leases.acquire = async (...args) => {
    const answer = await acquire(...args);
    if (!('heldBy' in answer)) takes += 1;
    return answer;
  };
  return () => takes;
}

describe('parked runs', () => {
  it('are held by nobody, however many, and each is taken up once when it is due', async ({ skip }) => {
    skip(testQueue !== 'local', 'a shared queue may ring twice for a run, which is then taken up once more');
    const engine = await stage.open({ tools: { act: () => 1 } });
    const takes = countTakes(engine);
    const runs: string[] = [];
    // A bell that rings for a run while it is taken has it taken once more: here each is only looked for.
    for (let n = 0; n < 300; n++) runs.push(await engine.start(nap('1h'), {}, { rung: false }));
    await engine.clock.advance(10_000);
    await settle(engine, 60);
    expect(engine.worker.owned).toBe(0);
    expect(takes()).toBe(300);
    await engine.clock.advance(3_500_000);
    expect(takes()).toBe(300);
    await engine.clock.advance(200_000);
    for (const run of runs) expect((await engine.ended(run)).phase.status).toBe('succeeded');
    expect(takes()).toBe(600);
  });

  it('go on in the millisecond in which they are due, also just after another one', async () => {
    const begun: number[] = [];
    const engine = await stage.open({ tools: { act: () => begun.push(engine.clock.now()) } });
    const from = engine.clock.now();
    const runs: string[] = [];
    for (const ms of [60_000, 60_001, 60_100, 60_249]) runs.push(await engine.start(nap(`${ms}ms`)));
    for (const run of runs) await engine.until(run, isParked);
    await engine.clock.advance(60_300);
    for (const run of runs) await engine.ended(run);
    expect(begun.map((at) => at - from)).toEqual([60_000, 60_001, 60_100, 60_249]);
  });

  it.each([true, false])(
    'that come due one after another each go on in their millisecond, and cost no look each (recover: %s)',
    async (recover) => {
      const begun: number[] = [];
      const engine = await stage.open({ tools: { act: () => begun.push(engine.clock.now()) }, recover });
      const { leases, runs } = engine.store;
      const { turns } = runs;
      const { lapsed } = leases;
      const from = engine.clock.now();
      const due = Array.from({ length: 60 }, (_, n) => 60_000 + 5 * n);
      const started: string[] = [];
      for (const ms of due) started.push(await engine.start(nap(`${ms}ms`)));
      for (const run of started) await engine.until(run, isParked);
      await engine.clock.advance(59_000);
      await settle(engine);
      let looks = 0;
      leases.lapsed = (limit) => ((looks += 1), lapsed(limit));
      runs.turns = (asked) => ((looks += 1), turns(asked));
      await engine.clock.advance(1500);
      for (const run of started) await engine.ended(run);
      expect(begun.map((at) => at - from)).toEqual(due);
      expect(looks).toBeLessThan(30);
    },
  );

  it.each([true, false])(
    'go on when they are due that were let go while the worker looked for others (recover: %s)',
    async (recover) => {
      const begun: number[] = [];
      const engine = await stage.open({ tools: { act: () => begun.push(engine.clock.now()) }, recover });
      const { leases, runs } = engine.store;
      const looked = createLatch();
      const goOn = createLatch();
      const late = async <T>(answer: Promise<T>): Promise<T> => {
        looked.open();
        await goOn.reached;
        return answer;
      };
      const { nextDueMs } = leases;
      if (recover) leases.nextDueMs = () => late(nextDueMs());
      const first = await engine.start(nap('6s'));
      await engine.until(first, isParked);
      await settle(engine);
      const { turns } = runs;
      if (!recover) runs.turns = (asked) => late(turns(asked));
      await engine.clock.advance(7500);
      await looked.reached;
      leases.nextDueMs = nextDueMs;
      runs.turns = turns;
      const from = engine.clock.now();
      const second = await engine.start(nap('5001ms'));
      await engine.until(second, isParked);
      await settle(engine);
      goOn.open();
      await engine.clock.advance(6000);
      await engine.ended(second);
      expect(begun.at(-1)).toBe(from + 5001);
    },
  );

  it('are driven by one of two workers, whoever is first', async () => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: (_, { run }) => (ran.push(run), 1) } });
    const other = await stage.another(engine);
    const runs: string[] = [];
    for (let n = 0; n < 30; n++) runs.push(await engine.start(nap('10m')));
    for (const run of runs) await engine.until(run, isParked);
    await other.clock.advance(620_000);
    for (const run of runs) expect((await other.ended(run)).phase.status).toBe('succeeded');
    expect(ran.toSorted()).toEqual(runs.toSorted());
  });

  it('go on when a message comes in the very moment in which they are let go', async () => {
    const engine = await stage.open();
    const park = engine.store.leases.park.bind(engine.store.leases);
    let posted = false;
    engine.store.leases.park = async (lease, forMs) => {
      if (!posted) {
        posted = true;
        await engine.store.inbox.post(lease.run, {
          id: 'm',
          kind: 'signal',
          name: 'go',
          payload: { value: 'in time' },
        });
      }
      return park(lease, forMs);
    };
    const run = await engine.start(
      'telos: 1\nid: t\nsteps: [{ id: s, wait: { signal: go } }]\noutputs: { s: "${{ steps.s.output }}" }',
    );
    expect(outputsOf(await engine.ended(run))).toEqual({ s: 'in time' });
  });

  it('go on when the store could not let them go', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const park = engine.store.leases.park.bind(engine.store.leases);
    let failures = 0;
    engine.store.leases.park = (lease, forMs) =>
      (failures += 1) === 1 ? Promise.reject(new Error('away')) : park(lease, forMs);
    const run = await engine.start(nap('10m'));
    expect((await driven(engine, run, agreeable, 5000)).phase.status).toBe('succeeded');
    expect(engine.problems).toMatchObject([{ message: 'away' }]);
  });

  it('are found by a worker that looks for no others: those that it let go itself', async () => {
    const engine = await stage.open({ tools: { act: () => 1 }, recover: false });
    const sleeping = await engine.start(nap('10m'));
    const listening = await engine.start('telos: 1\nid: t\nsteps: [{ id: s, wait: { signal: go } }]');
    await engine.until(sleeping, isParked);
    await engine.until(listening, isParked);
    await engine.clock.advance(605_000);
    expect((await engine.ended(sleeping)).phase.status).toBe('succeeded');
    await engine.store.inbox.post(listening, { id: 'm', kind: 'signal', name: 'go', payload: { value: 1 } });
    expect((await engine.ended(listening)).phase.status).toBe('succeeded');
  });

  it('that have ended are left alone when a message came with the end', async () => {
    const engine = await stage.open();
    const run = await engine.start('telos: 1\nid: t\nsteps: [{ id: s, wait: { signal: go } }]');
    await engine.until(run, isParked);
    await Promise.allSettled(
      Array.from({ length: 20 }, (_, n) =>
        engine.store.inbox.post(run, { id: `m${n}`, kind: 'signal', name: 'go', payload: { value: n } }),
      ),
    );
    await engine.ended(run);
    await settle(engine);
    expect((await engine.events(run)).filter(({ type }) => type === 'run.succeeded')).toHaveLength(1);
    expect(await engine.store.leases.lapsed(10)).toEqual([]);
    expect(engine.problems).toEqual([]);
  });
});

describe('a run of many steps that wait', () => {
  it('is let go with all of them, and a message to one reads its journal once', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      'telos: 1\nid: t\ninputs: { items: { type: array } }\nsteps:\n  - { id: each, foreach: "${{ inputs.items }}", max_parallel: 2000, steps: [{ id: s, wait: { signal: go } }] }',
      { items: Array.from({ length: 2000 }, (_, n) => n) },
    );
    await engine.until(run, isParked);
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    expect(await engine.store.waits.count({ run })).toBe(2000);
    let reads = 0;
    const read = engine.store.journal.read.bind(engine.store.journal);
    engine.store.journal.read = (...args) => ((reads += 1), read(...args));
    await engine.store.inbox.post(run, { id: 'm', kind: 'signal', name: 'go', payload: { value: 1 } });
    await engine.until(run, (event) => event.type === 'step.succeeded' && event.path === 'each[0].s');
    await settle(engine);
    expect(reads).toBe(1);
    expect(engine.worker.owned).toBe(0);
    for (let n = 1; n < 2000; n++)
      await engine.store.inbox.post(run, { id: `m${n}`, kind: 'signal', name: 'go', payload: { value: n } });
    expect((await driven(engine, run, () => undefined, 1000)).phase.status).toBe('succeeded');
  });
});

describe('why a run waits', () => {
  it('is never that nobody drives it: every unfinished run of a store is due, held, or waits for something that it names', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const kinds = [
      'wait: { for: 1h }',
      'wait: { signal: go }',
      'approve: { show: 1 }',
      'uses: act, on_error: quarantine, with: { n: "${{ 1 / 0 }}" }',
    ];
    const runs = await Promise.all(kinds.map((kind) => engine.start(`telos: 1\nid: t\nsteps: [{ id: s, ${kind} }]`)));
    for (const run of runs) await engine.until(run, isParked);
    await settle(engine);
    for (const run of runs) expect((await engine.store.waits.list({ run }, 10)).items, run).toHaveLength(1);
    for (const run of runs) await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    for (const run of runs) expect((await engine.ended(run)).phase.status).toBe('cancelled');
  });
});
