/** Stopping a worker: what is under way may end, what is left is handed over, and nothing that counts happens twice. */
import type { AnyTool } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { agreeable, createStage, driven } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

const two =
  'telos: 1\nid: t\nsteps:\n  - { id: a, uses: slow }\n  - { id: b, uses: act }\noutputs: { b: "${{ steps.b.output }}" }';

function slow(effect: AnyTool['effect'], log: string[]) {
  const begun = createLatch();
  const go = createLatch();
  const tool: Partial<AnyTool> = {
    effect,
    run: async (_input, { path, signal }) => {
      log.push(path);
      begun.open();
      await Promise.race([go.reached, untilAborted(signal)]);
      return path;
    },
  };
  return {
    begun: begun.reached,
    go: go.open,
    tools: { slow: tool, act: (_: unknown, { path }: { path: string }) => (log.push(path), path) },
  };
}

describe('a worker that stops', () => {
  it('lets what is under way end within the time it is given, begins nothing more, and the next goes on', async () => {
    const log: string[] = [];
    const { begun, go, tools } = slow('irreversible', log);
    const engine = await stage.open({ tools });
    const run = await engine.start(two);
    await begun;
    const stopped = engine.worker.stop({ drainMs: 60_000 });
    await settle(engine);
    go();
    await settle(engine);
    await stopped;
    expect(log).toEqual(['a']);
    expect((await engine.events(run)).at(-1)).toMatchObject({ type: 'step.succeeded', path: 'a' });
    const next = await stage.another(engine);
    expect(outputsOf(await driven(next, run))).toEqual({ b: 'b' });
    expect(log).toEqual(['a', 'b']);
  });

  it('keeps its leases while it drains, however long that is', async () => {
    const log: string[] = [];
    const { begun, go, tools } = slow('irreversible', log);
    const engine = await stage.open({ tools });
    const run = await engine.start(two);
    await begun;
    const stopped = engine.worker.stop({ drainMs: 600_000 });
    const next = await stage.another(engine);
    await engine.clock.advance(300_000);
    go();
    await settle(engine);
    await stopped;
    expect(outputsOf(await driven(next, run))).toEqual({ b: 'b' });
    expect(log).toEqual(['a', 'b']);
  });

  it('hands over at once what only reads and did not end in time, and that counts neither as failed nor as lost', async () => {
    const log: string[] = [];
    const { begun, go, tools } = slow('read', log);
    const engine = await stage.open({ tools });
    const run = await engine.start(two);
    await begun;
    const stopped = engine.worker.stop({ drainMs: 5000 });
    await engine.clock.advance(6000);
    await stopped;
    expect((await engine.events(run)).at(-1)).toMatchObject({ type: 'attempt.failed', error: { code: 'HANDED_OVER' } });
    go();
    const next = await stage.another(engine);
    const state = await driven(next, run);
    expect(state.steps.get('a')).toMatchObject({ status: 'succeeded', attempt: 2 });
    expect(log).toEqual(['a', 'a', 'b']);
  });

  it('leaves in doubt what may have happened, and does not repeat it', async () => {
    const log: string[] = [];
    const { begun, tools } = slow('irreversible', log);
    const engine = await stage.open({ tools });
    const run = await engine.start(two);
    await begun;
    await engine.worker.stop();
    const next = await stage.another(engine);
    expect((await driven(next, run, agreeable)).phase).toMatchObject({ error: { code: 'IN_DOUBT' } });
    expect(log).toEqual(['a']);
  });

  it('hands over what was started and not called yet: nothing is in doubt that did not happen', async () => {
    const log: string[] = [];
    const engine = await stage.open({
      tools: { slow: { effect: 'irreversible', run: async () => (log.push('a'), 'a') }, act: () => 'b' },
    });
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    const reached = createLatch();
    const go = createLatch();
    let slowed = false;
    journal.append = async (lease, after, events, settles) => {
      if (!slowed && events.some(({ type }) => type === 'step.started')) {
        slowed = true;
        reached.open();
        await go.reached;
      }
      return append(lease, after, events, settles);
    };
    const run = await engine.start(two);
    await reached.reached;
    const stopped = engine.worker.stop();
    await settle(engine);
    go.open();
    await settle(engine);
    await stopped;
    const next = await stage.another(engine);
    const state = await driven(next, run, agreeable);
    expect(state.phase.status).toBe('succeeded');
    expect(log).toEqual(['a']);
  });

  it('lets go at once of runs that wait, between attempts, for people or for a place to run', async () => {
    const engine = await stage.open({
      tools: { act: () => Promise.reject(new Error('no luck')), slow: (_, { signal }) => untilAborted(signal) },
      concurrency: 1,
    });
    const runs = [
      await engine.start('telos: 1\nid: t\nsteps: [{ id: a, uses: act, retry: { max: 2, delay: 3s, jitter: false } }]'),
      await engine.start('telos: 1\nid: t\nsteps: [{ id: nap, wait: { for: 3s } }]'),
      await engine.start('telos: 1\nid: t\nsteps: [{ id: ok, approve: { show: 1 } }]'),
    ];
    await settle(engine);
    await engine.worker.stop({ drainMs: 600_000 });
    expect(engine.worker.owned).toBe(0);
    const next = await stage.another(engine, { tools: { act: () => 1 } });
    for (const run of runs) expect((await driven(next, run, agreeable, 1000)).phase.status).toBe('succeeded');
  });
});
