/** Timeouts of blocks: they are counted from the block's start, also across a restart, and end all that is in it. */
import type { RunEvent } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, outputsOf, untilAborted } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';
import { createStage, driven, withEachDeath } from './stage.ts';

const stage = createStage();
afterEach(() => stage.clear());

const yaml = (steps: string, more = ''): string => `telos: 1\nid: t\nsteps:\n${steps}\n${more}`;
const late = { status: 'failed', error: { code: 'STEP_TIMEOUT' } };
const isParked = ({ type }: RunEvent): boolean => type === 'run.waiting';

async function settle(engine: Engine): Promise<void> {
  for (let turn = 0; turn < 20; turn++) await engine.clock.advance(0);
}

/** A tool that ends only when it is aborted. */
function hanging(aborted: string[]): { readonly options: EngineOptions; readonly reached: Promise<void> } {
  const stuck = createLatch();
  const options: EngineOptions = {
    tools: {
      act: (_, { path }) => path,
      hang: (_, { signal, path }) => {
        stuck.open();
        signal.addEventListener('abort', () => aborted.push(path));
        return untilAborted(signal);
      },
    },
  };
  return { options, reached: stuck.reached };
}

const blocks: readonly (readonly [string, string, string])[] = [
  ['a list', 'foreach: "${{ [1, 2] }}", max_parallel: 2, steps: [{ id: h, uses: hang }]', 'b[0].h'],
  ['a loop', 'loop: { max: 3, next: {} }, steps: [{ id: a, uses: act }, { id: h, uses: hang }]', 'b#1.h'],
  ['branches', 'parallel: { l: [{ id: h, uses: hang }], r: [{ id: a, uses: act }] }', 'b.l.h'],
  ['a switch', 'switch: [{ else: true, steps: [{ id: h, uses: hang }] }]', 'b[0].h'],
];

describe('the timeout of a block', () => {
  it.each(blocks)('of %s aborts what is under way in it and fails it', async (_, body, path) => {
    const aborted: string[] = [];
    const { options, reached } = hanging(aborted);
    const engine = await stage.open(options);
    const run = await engine.start(yaml(`  - { id: b, timeout: 10s, ${body} }\n  - { id: after, uses: act }`));
    await reached;
    await engine.clock.advance(9_000);
    expect(aborted).toEqual([]);
    await engine.clock.advance(1_500);
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ ...late, error: { code: 'STEP_TIMEOUT', path: 'b' } });
    expect(aborted).toContain(path);
    expect(state.steps.get(path)).toMatchObject({ status: 'cancelled' });
    expect(state.steps.has('after')).toBe(false);
  });

  it('lets the run go on where the block may fail, and does nothing to one that ended in time', async () => {
    const { options } = hanging([]);
    const engine = await stage.open(options);
    const run = await engine.start(
      yaml(
        '  - { id: b, timeout: 10s, on_error: continue, parallel: { l: [{ id: h, uses: hang }] } }\n  - { id: c, timeout: 10s, parallel: { l: [{ id: a, uses: act }] } }\n  - { id: nap, wait: { for: 1m } }',
        'outputs: { b: "${{ steps.b.error.code }}", c: "${{ steps.c.output.l }}" }',
      ),
    );
    expect(outputsOf(await driven(engine, run, () => undefined, 5000))).toEqual({ b: 'STEP_TIMEOUT', c: 'c.l.a' });
  });

  it('is over with a block that fails by itself: a run that waits later is due when that wait is', async () => {
    const engine = await stage.open({ tools: { act: () => null } });
    const run = await engine.start(
      yaml(
        `  - { id: b, timeout: 1h, on_error: continue, loop: { max: 2, next: { n: "\${{ steps.a.output.n }}" } }, steps: [{ id: a, uses: act }] }
  - { id: nap, wait: { for: 2h } }`,
      ),
    );
    const at = engine.clock.now();
    expect(await engine.until(run, isParked)).toMatchObject({ until: at + 7_200_000 });
    expect((await engine.events(run)).find(({ type }) => type === 'step.failed')).toMatchObject({ path: 'b' });
  });

  it('lets go of a wait in it whose signal is still being read', async () => {
    const engine = await stage.open();
    const { blobs } = engine.store;
    const get = blobs.get.bind(blobs);
    const reading = createLatch();
    const read = createLatch();
    blobs.get = async (hash) => {
      reading.open();
      await read.reached;
      return get(hash);
    };
    const run = await engine.start(
      yaml(
        `  - { id: b, timeout: 10s, on_error: continue, parallel: { l: [{ id: s, wait: { signal: go, schema: { type: string } } }] } }
  - { id: nap, wait: { for: 2h } }`,
      ),
    );
    await engine.until(run, isParked);
    const bytes = new TextEncoder().encode(JSON.stringify('a'));
    const blob = await blobs.put(bytes, 'application/json');
    await engine.store.inbox.post(run, { id: 'm', kind: 'signal', name: 'go', payload: { blob, bytes: bytes.length } });
    await reading.reached;
    await engine.clock.advance(11_000);
    await engine.until(run, (event) => event.type === 'step.failed' && event.path === 'b');
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    read.open();
    expect((await driven(engine, run, () => undefined, 3_600_000)).phase.status).toBe('succeeded');
  });

  it('ends a wait in it, also when the run is held by nobody, and in time', async () => {
    const engine = await stage.open();
    const from = engine.clock.now();
    const run = await engine.start(
      yaml(
        '  - { id: b, timeout: 1h, parallel: { l: [{ id: s, wait: { signal: go } }], r: [{ id: ok, approve: { show: 1 } }] } }',
      ),
    );
    await engine.until(run, isParked);
    await settle(engine);
    expect(engine.worker.owned).toBe(0);
    expect(await engine.store.leases.nextDueMs()).toBe(3_600_000);
    await engine.clock.advance(3_601_000);
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject(late);
    expect((state.phase as { endedAt: number }).endedAt - from).toBeLessThanOrEqual(3_601_000);
    expect((await engine.store.waits.list({ run }, 10)).items).toEqual([]);
  });

  it('counts from the start of the block after a restart, and is due at once when nobody was there', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      yaml('  - { id: b, timeout: 1h, parallel: { l: [{ id: s, wait: { signal: go } }] } }'),
    );
    await engine.until(run, isParked);
    await engine.worker.stop();
    await engine.clock.advance(1_800_000);
    const second = await stage.another(engine, { owner: 'second' });
    await second.ring(run);
    await settle(second);
    expect(await second.store.leases.nextDueMs()).toBe(1_800_000);
    await second.worker.stop();
    await engine.clock.advance(86_400_000);
    const third = await stage.another(engine, { owner: 'third' });
    expect((await driven(third, run, () => undefined, 1000)).phase).toMatchObject(late);
  });

  it('inside another counts for itself, and the nearer one counts', async () => {
    const { options, reached } = hanging([]);
    const engine = await stage.open(options);
    const run = await engine.start(
      yaml(
        '  - { id: o, timeout: 10s, parallel: { l: [{ id: i, timeout: 1m, parallel: { x: [{ id: h, uses: hang }] } }] } }',
      ),
    );
    await reached;
    await engine.clock.advance(10_500);
    const state = await engine.ended(run);
    expect(state.phase).toMatchObject({ error: { code: 'STEP_TIMEOUT', path: 'o' } });
    expect(state.steps.get('o.l.i')).toMatchObject({ status: 'cancelled' });
  });

  it('of a loop between two rounds ends it as well', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      yaml('  - { id: l, timeout: 1m, loop: { max: 100, next: {} }, steps: [{ id: nap, wait: { for: 20s } }] }'),
    );
    const state = await driven(engine, run, () => undefined, 5000);
    expect(state.phase).toMatchObject(late);
    expect(state.steps.has('l#5.nap')).toBe(false);
  });

  it('does not end a run that is paused; it does when that goes on', async () => {
    const engine = await stage.open();
    const run = await engine.start(
      yaml('  - { id: b, timeout: 1m, parallel: { l: [{ id: s, wait: { signal: go } }] } }'),
    );
    await engine.until(run, isParked);
    await engine.store.inbox.post(run, { id: 'p', kind: 'pause' });
    await engine.until(run, ({ type }) => type === 'run.paused');
    await engine.clock.advance(120_000);
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'paused' });
    await engine.store.inbox.post(run, { id: 'r', kind: 'resume' });
    expect((await engine.ended(run)).phase).toMatchObject(late);
  });

  it('fails the block wherever its owner dies', async () => {
    const deaths = await withEachDeath(
      stage,
      async (first, afterDeath, which) => {
        const run = await first.start(
          yaml(
            '  - { id: b, timeout: 20s, foreach: "${{ [1, 2] }}", max_parallel: 2, steps: [{ id: a, uses: act }, { id: s, wait: { signal: never } }, { id: c, uses: act }] }',
          ),
        );
        await first.clock.advance(21_000);
        const state = await driven(await afterDeath(), run, () => undefined);
        expect(state.phase, which).toMatchObject({ ...late, error: { code: 'STEP_TIMEOUT', path: 'b' } });
        expect(state.steps.has('b[0].c'), which).toBe(false);
      },
      () => ({ tools: { act: (_, { emitText }) => (emitText('x'), 1) } }),
    );
    expect(deaths).toBeGreaterThan(4);
  });
});
