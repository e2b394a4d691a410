/** Runs that begin in the process of a worker: its own from the first moment, or anybody's when it has no room. */
import { TelosError } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createBells } from './bells.ts';
import type { Bells } from './bells.ts';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const act = 'telos: 1\nid: t\nsteps: [{ id: a, uses: act }]\noutputs: { a: "${{ steps.a.output }}" }';

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 30; turn++) await engine.clock.advance(0);
}

describe('a run that begins in the process of a worker', () => {
  it('is carried out there without a word to the queue, and leaves no lease behind', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const run = await engine.start(act, {}, { here: true, rung: false });
    expect(outputsOf(await engine.ended(run))).toEqual({ a: 1 });
    expect((await engine.events(run)).map(({ type }) => type)).toEqual([
      'run.created',
      'run.started',
      'step.started',
      'step.succeeded',
      'run.succeeded',
    ]);
    await settle(engine);
    expect(await engine.store.leases.owners()).toEqual([]);
    expect(engine.problems).toEqual([]);
  });

  it('begins no step when it could not be stored', async () => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: () => ran.push('act') } });
    const { journal } = engine.store;
    const create = journal.create.bind(journal);
    journal.create = () => Promise.reject(new TelosError('STORE_FULL', 'The disk is full.'));
    await expect(engine.start(act, {}, { here: true })).rejects.toThrow('The disk is full.');
    journal.create = create;
    await settle(engine);
    expect(ran).toEqual([]);
    expect(engine.worker.owned).toBe(0);
    const next = await engine.start(act, {}, { here: true });
    expect((await engine.ended(next)).phase.status).toBe('succeeded');
    expect(engine.problems).toEqual([]);
  });

  it('is the one that its idempotency key has begun, and no second one', async () => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: (_, { run }) => ran.push(run) } });
    const idempotency = { key: 'once', body: 'b' };
    const starts = Array.from({ length: 5 }, () => engine.start(act, {}, { here: true, idempotency }));
    const runs = new Set(await Promise.all(starts));
    expect(runs.size).toBe(1);
    for (const run of runs) await engine.ended(run);
    await settle(engine);
    expect(ran).toEqual([...runs]);
    expect(engine.problems).toEqual([]);
  });

  it('waits for its place like any other when runs share places', async () => {
    const latch = createLatch();
    const engine = await stage.open({ tools: { act: () => latch.reached.then(() => 1) } });
    const created = { concurrency: { key: 'one', max: 1, whenFull: 'queue' } } as const;
    const first = await engine.start(act, {}, { here: true, created });
    const second = await engine.start(act, {}, { here: true, created });
    await engine.until(first, ({ type }) => type === 'step.started');
    await settle(engine);
    expect((await engine.store.runs.get(second))?.status).toBe('pending');
    latch.open();
    for (const run of [first, second]) expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('hears what is asked of it at once', async () => {
    const engine = await stage.open({ tools: { act: (_, { signal }) => untilAborted(signal) } });
    const run = await engine.start(act, {}, { here: true, rung: false });
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
  });

  it.each([
    ['at once', {}],
    ['once it has its place', { concurrency: { key: 'one', max: 1, whenFull: 'queue' } }],
  ] as const)('begins no step when it is cancelled while its program is read: it is owned %s', async (_, created) => {
    const ran: string[] = [];
    const engine = await stage.open({ tools: { act: () => ran.push('act') } });
    const reading = createLatch();
    const read = createLatch();
    const { programs } = engine.store;
    const get = programs.get.bind(programs);
    programs.get = async (hash) => {
      reading.open();
      await read.reached;
      return get(hash);
    };
    const run = await engine.start(act, {}, { here: true, rung: false, created });
    await reading.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'enough' });
    await settle(engine);
    read.open();
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'cancelled', reason: 'enough' });
    expect(ran).toEqual([]);
    expect(engine.problems).toEqual([]);
  });

  it('is taken over when its worker dies, whatever that has stored of it', async () => {
    for (const append of [1, 2]) {
      const engine = await stage.open({ tools: { act: () => 1 }, owner: `first-${append}` });
      stage.dieAt(engine, append, append === 2);
      const run = await engine.start(act, {}, { here: true, rung: false });
      const other = await stage.another(engine, { owner: `second-${append}` });
      await engine.clock.advance(16_000);
      expect((await driven(other, run)).phase.status).toBe('succeeded');
    }
  });

  it('is offered to all when as many runs are under way here as there are slots', async () => {
    const latch = createLatch();
    const shared = createBells({ areShared: true });
    const offered: string[] = [];
    const bells: Bells = {
      ...shared,
      open() {
        const bell = shared.open();
        return { ...bell, offer: (jobs) => (offered.push(...jobs.map(({ run }) => run)), bell.offer(jobs)) };
      },
    };
    const tools = { act: () => latch.reached.then(() => 1) };
    const engine = await stage.open({ bells, concurrency: 2, tools });
    await stage.another(engine, { bells, tools });
    const runs: string[] = [];
    for (let n = 0; n < 4; n++) runs.push(await engine.start(act, {}, { here: true }));
    expect(new Set(offered)).toEqual(new Set(runs.slice(2)));
    latch.open();
    for (const run of runs) expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('is handed over by a worker that is told to stop', async () => {
    const latch = createLatch();
    let calls = 0;
    const engine = await stage.open({
      tools: { act: (_, { signal }) => ((calls += 1), calls === 1 ? (latch.open(), untilAborted(signal)) : 1) },
    });
    const run = await engine.start(act, {}, { here: true, rung: false });
    await latch.reached;
    await engine.worker.stop();
    expect(engine.worker.take({ id: run, created: { ...(await firstOf(engine, run)) } })).toBeUndefined();
    const other = await stage.another(engine);
    expect(outputsOf(await driven(other, run))).toEqual({ a: 1 });
  });
});

async function firstOf(engine: Engine, run: string) {
  const [first] = await engine.events(run);
  if (first?.type !== 'run.created') throw new Error(`Run ${run} has no beginning.`);
  return first;
}
