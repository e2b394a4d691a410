/** The end of a run whose last append is stored and not answered: it is told of once, by whoever has stored it. */
import { createVaults, isTerminal, TelosError } from '@telos/core';
import type { RunId, RunState, Store } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

const open: Engine[] = [];
afterEach(async () => {
  for (const engine of open.splice(0).toReversed()) await engine.close();
});

const yaml = 'telos: 1\nid: t\nsteps: [{ id: a, uses: act }]';

/** An engine, and of whose ends its worker has told. */
async function opened(more: EngineOptions = {}) {
  const told: string[] = [];
  const vaults = createVaults();
  const onEnd = ({ id, phase }: RunState): void => void told.push(`${id} ${phase.status}`);
  const engine = await openEngine({ tools: { act: () => 1 }, vaults, onEnd, ...more });
  open.push(engine);
  return { engine, told, vaults };
}

/** Calls `after` when the store has an append that ends a run; what it throws stands in place of the answer. */
function afterEnd({ journal }: Store, after: (run: RunId, tries: number) => void | Promise<void>): void {
  const append = journal.append.bind(journal);
  let tries = 0;
  journal.append = async (lease, seq, events, settles) => {
    const answer = await append(lease, seq, events, settles);
    if (events.some(isTerminal)) await after(lease.run, ++tries);
    return answer;
  };
}

const away = (): never => {
  throw new TelosError('STORE_UNAVAILABLE', 'The answer was lost.');
};

describe('the end of a run whose last append is not answered', () => {
  it('is told once the store answers, although the lease was lost by then, and what was hidden of it is forgotten', async () => {
    const { engine, told, vaults } = await opened();
    const { store, clock } = engine;
    let isAway = true;
    afterEnd(store, () => (isAway ? away() : undefined));
    const { leases } = store;
    const { renew } = leases;
    leases.renew = () => Promise.reject(new TelosError('STORE_UNAVAILABLE', 'It is away.'));
    const run = await engine.start(yaml);
    vaults.of(run).keep({ '<EMAIL_1>': 'a@example.org' });
    await engine.ended(run);
    await clock.advance(16_000);
    // A bell for the run has rung late at another worker, which takes it and finds that it has ended.
    expect(await leases.acquire(run, 'late-worker', 60_000)).toMatchObject({ epoch: 2 });
    leases.renew = renew;
    await clock.advance(6000);
    expect(told).toEqual([]);
    isAway = false;
    await clock.advance(2000);
    expect(told).toEqual([`${run} succeeded`]);
    expect(vaults.of(run).known()).toEqual({});
    expect(engine.worker.owned).toBe(0);
  });

  it.each([0, 60_000])('is told by a worker that is told to stop meanwhile, with %i ms to drain', async (drainMs) => {
    const { engine, told } = await opened();
    const stored = createLatch();
    const answered = createLatch();
    afterEnd(engine.store, () => {
      stored.open();
      return answered.reached;
    });
    const run = await engine.start(yaml);
    await stored.reached;
    const stopped = engine.worker.stop({ drainMs });
    answered.open();
    await stopped;
    expect(told).toEqual([`${run} succeeded`]);
  });

  it('does not keep a worker from leaving that the store does not answer', async () => {
    const { engine, told } = await opened();
    afterEnd(engine.store, away);
    const run = await engine.start(yaml);
    await engine.ended(run);
    await engine.worker.stop();
    expect(told).toEqual([]);
  });

  it('is told where the run fails by a bug', async () => {
    const { engine, told } = await opened();
    afterEnd(engine.store, (_run, tries) => (tries === 1 ? away() : undefined));
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    journal.append = async (lease, seq, events, settles) => {
      if (events.some(({ type }) => type === 'step.succeeded')) throw new TelosError('BUG', 'It cannot be written.');
      return append(lease, seq, events, settles);
    };
    const run = await engine.start(yaml);
    await engine.ended(run);
    await engine.clock.advance(2000);
    expect(told).toEqual([`${run} failed`]);
  });

  it('is told where the run cannot be taken up', async () => {
    const { engine, told } = await opened();
    engine.store.programs.get = () => Promise.resolve(undefined);
    afterEnd(engine.store, (_run, tries) => (tries === 1 ? away() : undefined));
    const run = await engine.start(yaml);
    await engine.ended(run);
    await engine.clock.advance(2000);
    expect(told).toEqual([`${run} failed`]);
  });
});

it('is not told by an owner whose last append was refused: another has ended the run', async () => {
  const { engine, told } = await opened();
  const { store, clock } = engine;
  const { journal, leases } = store;
  const append = journal.append.bind(journal);
  const made = createLatch();
  const goOn = createLatch();
  journal.append = async (lease, seq, events, settles) => {
    if (events.some(isTerminal)) {
      made.open();
      await goOn.reached;
    }
    return append(lease, seq, events, settles);
  };
  const run = await engine.start(yaml);
  await made.reached;
  await leases.expire('test-worker');
  const lease = await leases.acquire(run, 'other', 60_000);
  if ('heldBy' in lease) throw new Error(`Run ${run} is held by ${lease.heldBy}.`);
  const { seq = 0 } = (await store.runs.get(run)) ?? {};
  await append(lease, seq, [{ type: 'run.cancelled', at: clock.now(), reason: 'by another owner' }]);
  goOn.open();
  await clock.advance(6000);
  expect(told).toEqual([]);
  expect(engine.worker.owned).toBe(0);
});
