/** Pausing: nothing new begins, what is under way ends, and nothing is lost until the run goes on. */
import type { Message, RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { agreeable, createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const isParked = ({ type }: RunEvent): boolean => type === 'run.waiting';
const types = (events: readonly RunEvent[]): string[] => events.map(({ type }) => type);
const post = (engine: Engine, run: string, ...messages: Message[]): Promise<unknown> =>
  Promise.all(messages.map((message) => engine.store.inbox.post(run, message)));

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

/** A run of two steps that is paused while the first is under way. */
async function pausedInside(log: string[], body = '  - { id: a, uses: slow }\n  - { id: b, uses: act }') {
  const begun = createLatch();
  const go = createLatch();
  const engine = await stage.open({
    tools: {
      act: (_, { path }) => (log.push(path), path),
      slow: async (_, { path }) => {
        log.push(path);
        begun.open();
        await go.reached;
        return path;
      },
    },
  });
  const run = await engine.start(`telos: 1\nid: t\nsteps:\n${body}`);
  await begun.reached;
  await post(engine, run, { id: 'p', kind: 'pause', note: 'lunch', by: 'someone' });
  await engine.until(run, ({ type }) => type === 'run.paused');
  go.open();
  await settle(engine);
  return { engine, run };
}

describe('a paused run', () => {
  it('ends what is under way, begins nothing new, holds no worker, and goes on when it is resumed', async () => {
    const log: string[] = [];
    const { engine, run } = await pausedInside(log);
    expect(log).toEqual(['a']);
    expect(engine.worker.owned).toBe(0);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused' });
    await engine.clock.advance(600_000);
    expect(log).toEqual(['a']);
    await post(engine, run, { id: 'r', kind: 'resume' });
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    expect(log).toEqual(['a', 'b']);
  });

  it.each([
    [
      'items of a list',
      '  - { id: each, foreach: "${{ [1, 2, 3] }}", max_parallel: 1, steps: [{ id: a, uses: slow }] }',
      ['each[0].a', 'each[1].a', 'each[2].a'],
    ],
    [
      'rounds of a loop',
      '  - { id: l, loop: { max: 3, next: {} }, steps: [{ id: a, uses: slow }] }',
      ['l#1.a', 'l#2.a', 'l#3.a'],
    ],
  ])('begins no further %s', async (_, body, all) => {
    const log: string[] = [];
    const { engine, run } = await pausedInside(log, body);
    expect(log).toEqual(all.slice(0, 1));
    const next = await stage.another(engine);
    await engine.worker.stop();
    await post(next, run, { id: 'r', kind: 'resume' });
    expect((await driven(next, run)).phase.status).toBe('succeeded');
    expect(log).toEqual(all);
  });

  it('goes on after a restart only when it is resumed', async () => {
    const log: string[] = [];
    const { engine, run } = await pausedInside(log);
    await engine.worker.stop();
    const next = await stage.another(engine);
    await next.ring(run);
    await next.clock.advance(60_000);
    expect(log).toEqual(['a']);
    expect(next.worker.owned).toBe(0);
    await post(next, run, { id: 'r', kind: 'resume' });
    await next.ended(run);
    expect(log).toEqual(['a', 'b']);
  });

  it('starts no step when it is cancelled', async () => {
    const log: string[] = [];
    const { engine, run } = await pausedInside(log);
    await post(engine, run, { id: 'c', kind: 'cancel', reason: 'enough' });
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ status: 'cancelled' });
    expect(state.steps.has('b')).toBe(false);
    expect(log).toEqual(['a']);
  });

  it('whose wait is due meanwhile goes on when it is resumed, at once', async () => {
    const engine = await stage.open({ tools: { act: () => 1 } });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: nap, wait: { for: 10m } }\n  - { id: a, uses: act }',
    );
    await engine.until(run, isParked);
    await post(engine, run, { id: 'p', kind: 'pause' });
    await engine.until(run, ({ type }) => type === 'run.paused');
    await engine.clock.advance(3_600_000);
    await settle(engine);
    expect(types(await engine.events(run))).not.toContain('wait.closed');
    await post(engine, run, { id: 'r', kind: 'resume' });
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('that is resumed before its wait is due keeps the wait', async () => {
    const engine = await stage.open();
    const run = await engine.start('telos: 1\nid: t\nsteps:\n  - { id: nap, wait: { for: 10m } }');
    await engine.until(run, isParked);
    await post(engine, run, { id: 'p', kind: 'pause' });
    await engine.until(run, ({ type }) => type === 'run.paused');
    await post(engine, run, { id: 'r', kind: 'resume' });
    await settle(engine);
    expect(await engine.store.leases.nextDueMs()).toBe(600_000);
    await engine.clock.advance(601_000);
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('keeps a signal and a decision that come meanwhile', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: both, parallel: { l: [{ id: s, wait: { signal: go } }], r: [{ id: ok, approve: { show: 1 } }] } }\noutputs: { s: "${{ steps.both.output.l }}", by: "${{ steps.both.output.r.by }}" }',
    );
    await engine.until(run, isParked);
    await post(engine, run, { id: 'p', kind: 'pause' });
    await engine.until(run, ({ type }) => type === 'run.paused');
    const [ok] = (await engine.store.waits.list({ run, kind: ['approval'] }, 1)).items;
    await post(
      engine,
      run,
      { id: 's', kind: 'signal', name: 'go', payload: { value: 7 } },
      { id: 'd', kind: 'decide', wait: ok?.id ?? 0, decision: 'approve', by: 'me' },
    );
    await settle(engine);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused' });
    await post(engine, run, { id: 'r', kind: 'resume' });
    expect(outputsOf(await engine.ended(run))).toEqual({ s: 7, by: 'me' });
  });
});

describe('pausing and resuming out of turn', () => {
  it('a run that is not paused is resumed to no effect', async () => {
    const engine = await stage.open();
    const run = await engine.start('telos: 1\nid: t\nsteps:\n  - { id: nap, wait: { for: 10m } }');
    await engine.until(run, isParked);
    await post(engine, run, { id: 'r', kind: 'resume' });
    await settle(engine);
    expect(await engine.store.inbox.pending(run)).toEqual([]);
    expect(types(await engine.events(run))).not.toContain('run.resumed');
    expect((await driven(engine, run)).phase.status).toBe('succeeded');
  });

  it('what is asked at once is done in the order of asking', async () => {
    const engine = await stage.open();
    const run = await engine.start('telos: 1\nid: t\nsteps:\n  - { id: nap, wait: { for: 10m } }');
    await engine.until(run, isParked);
    for (const kind of ['pause', 'pause', 'resume', 'resume', 'pause'] as const)
      await post(engine, run, { id: `${kind} ${Math.random()}`, kind });
    await engine.until(run, ({ type }) => type === 'run.paused');
    await settle(engine);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused' });
  });

  it('what is read again before it is off the inbox, because more has come, is done once', async () => {
    const begun = createLatch();
    const go = createLatch();
    const engine = await stage.open({
      tools: { slow: async () => (begun.open(), await go.reached, 1) },
    });
    const run = await engine.start('telos: 1\nid: t\nsteps: [{ id: a, uses: slow }]');
    await begun.reached;
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    const held = createLatch();
    journal.append = async (...args) => (await held.reached, append(...args));
    await post(engine, run, { id: 'p', kind: 'pause' });
    await settle(engine);
    await post(engine, run, { id: 'r', kind: 'resume' });
    await settle(engine);
    await post(engine, run, { id: 's', kind: 'signal', name: 'go', payload: { value: 1 } });
    await settle(engine);
    held.open();
    go.open();
    await settle(engine);
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
    const steered = types(await engine.events(run)).filter((type) => type === 'run.paused' || type === 'run.resumed');
    expect(steered).toEqual(['run.paused', 'run.resumed']);
  });

  it('a run that nobody has taken yet begins no step', async () => {
    const log: string[] = [];
    const engine = await stage.open({ tools: { act: () => log.push('a') } });
    await engine.worker.stop();
    const run = await engine.start('telos: 1\nid: t\nsteps: [{ id: a, uses: act }]');
    await post(engine, run, { id: 'p', kind: 'pause' });
    const next = await stage.another(engine);
    await next.until(run, ({ type }) => type === 'run.paused');
    await settle(next);
    expect(log).toEqual([]);
    await post(next, run, { id: 'r', kind: 'resume' });
    await next.ended(run);
    expect(log).toHaveLength(1);
  });
});

describe('a budget that pauses', () => {
  const usage = { input_tokens: 1, output_tokens: 1, usd: 1, ms: 1, calls: 1 };
  const spend: EngineOptions = {
    tools: {
      pay: (_, { record, path }) => {
        record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage });
        return path;
      },
    },
  };
  const yaml =
    'telos: 1\nid: t\nlimits: { budget: { usd: 1.5, on_exceeded: pause } }\nsteps:\n  - { id: a, uses: pay }\n  - { id: b, uses: pay }\n  - { id: c, uses: pay }\n  - { id: d, uses: pay }\n';

  it('lets the run go on when it is raised, and pauses it again at the new ceiling', async () => {
    const engine = await stage.open(spend);
    const run = await engine.start(yaml);
    await engine.until(run, ({ type }) => type === 'run.paused');
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    const spent = (await engine.store.runs.get(run))?.usage.usd ?? 0;
    expect(spent).toBeLessThanOrEqual(2);
    // Resumed without a greater budget it is paused again, and has spent nothing.
    await post(engine, run, { id: 'r1', kind: 'resume' });
    await settle(engine);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused', usage: { usd: spent } });
    await post(engine, run, { id: 'r2', kind: 'resume', budget: { usd: spent + 1.5, onExceeded: 'pause' } });
    await settle(engine);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused' });
    await post(engine, run, { id: 'r3', kind: 'resume', budget: { usd: 100, onExceeded: 'pause' } });
    expect((await engine.ended(run)).phase.status).toBe('succeeded');
  });

  it('of time is over also while the run waits and nobody holds it', async () => {
    for (const [onExceeded, end] of [
      ['fail', 'run.failed'],
      ['pause', 'run.paused'],
    ] as const) {
      const engine = await stage.open();
      const run = await engine.start(
        `telos: 1\nid: t\nlimits: { budget: { wall: 10m, on_exceeded: ${onExceeded} } }\nsteps:\n  - { id: s, wait: { signal: never } }\n`,
      );
      await engine.until(run, isParked);
      await settle(engine);
      await engine.clock.advance(605_000);
      await settle(engine);
      expect(types(await engine.events(run)), onExceeded).toContain(end);
      expect(engine.worker.owned).toBe(0);
    }
  });
});

describe('a run that is paused and resumed while its owner dies', () => {
  it('does each step once to its end, wherever that is', async () => {
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(
          'telos: 1\nid: t\nsteps:\n  - { id: a, uses: act }\n  - { id: nap, wait: { for: 30s } }\n  - { id: b, uses: act }\n',
        );
        await first.clock.advance(100);
        await post(first, run, { id: 'p', kind: 'pause' });
        await first.clock.advance(100);
        await post(first, run, { id: 'r', kind: 'resume' });
        await first.clock.advance(100);
        const state = await driven(await afterDeath(), run, agreeable);
        expect(state.phase.status, which).toBe('succeeded');
        const ends = (await first.events(run)).filter(({ type }) => type === 'step.succeeded');
        expect(ends, which).toHaveLength(3);
      },
      () => ({ tools: { act: () => 1 } }),
    );
    expect(deaths).toBeGreaterThan(6);
  });
});
