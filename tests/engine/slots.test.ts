/** Slots: every one that is taken is given back, and no run keeps the others waiting. */
import { TelosError } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { Act, Engine, EngineOptions } from './engine.ts';
import { testQueue } from './queues.ts';

let engine: Engine;
afterEach(() => engine.close());

const act: Act = ({ v }) => v ?? null;
const one = 'telos: 1\nid: one\nsteps: [{ id: a, uses: act, with: { v: 1 } }]\noutputs: { v: "${{ steps.a.output }}" }';

/** With a single slot, a run that ends shows that the slot is free. */
async function slotIsFree(): Promise<void> {
  expect(outputsOf(await engine.run(one))).toEqual({ v: 1 });
}

const openWithOneSlot = async (options: EngineOptions): Promise<Engine> =>
  (engine = await openEngine({ concurrency: 1, ...options }));

describe('a slot', () => {
  it('is given back when the run ends in the very turn in which a step took it', async () => {
    await openWithOneSlot({ tools: { act }, concurrency: 1 });
    const state = await engine.run(
      'telos: 1\nid: t\ninputs: { x: { type: object, default: {} } }\nsteps:\n  - { id: a, uses: act, needs: [] }\n  - { id: b, uses: act, needs: [], when: "inputs.x.y == 1" }',
    );
    expect(state.phase.status).toBe('failed');
    await slotIsFree();
  });

  it('is given back when the store refuses the append that starts its step', async () => {
    await openWithOneSlot({ tools: { act } });
    const { journal } = engine.store;
    const append = journal.append.bind(journal);
    const refused = createLatch();
    let times = 0;
    journal.append = (lease, after, events, settles) => {
      if (times === 0 && events.some(({ type }) => type === 'step.started')) {
        times += 1;
        refused.open();
        return Promise.reject(new TelosError('STORE_UNAVAILABLE', 'away'));
      }
      return append(lease, after, events, settles);
    };
    const run = await engine.start(one);
    await refused.reached;
    await engine.clock.advance(30_000);
    expect(outputsOf(await engine.ended(run))).toEqual({ v: 1 });
    await slotIsFree();
  });

  it('is given back when a variable of the workflow cannot be evaluated', async () => {
    await openWithOneSlot({ tools: { act } });
    const state = await engine.run(
      'telos: 1\nid: t\ninputs: { x: { type: object, default: {} } }\nvars: { bad: "${{ inputs.x.y.z }}" }\nsteps:\n  - { id: a, uses: act, with: { v: "${{ vars.bad }}" } }',
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'EXPRESSION_FAILED' } });
    await slotIsFree();
  });

  it('that comes to a step which then cannot start harms no other run', async ({ skip }) => {
    skip(testQueue !== 'local', 'a step that finds no slot waits for none where other workers serve the same queue');
    const held = createLatch();
    const go = createLatch();
    await openWithOneSlot({
      tools: {
        act,
        hold: async () => {
          held.open();
          await go.reached;
          return 'held';
        },
      },
    });
    const holder = await engine.start(
      'telos: 1\nid: h\nsteps: [{ id: a, uses: hold }]\noutputs: { v: "${{ steps.a.output }}" }',
    );
    await held.reached;
    const broken = await engine.start(
      'telos: 1\nid: t\ninputs: { x: { type: object, default: {} } }\nvars: { bad: "${{ inputs.x.y.z }}" }\nsteps:\n  - { id: a, uses: act, with: { v: "${{ vars.bad }}" } }',
    );
    await engine.until(broken, ({ type }) => type === 'run.started');
    go.open();
    expect(outputsOf(await engine.ended(holder))).toEqual({ v: 'held' });
    expect((await engine.ended(broken)).phase).toMatchObject({ error: { code: 'EXPRESSION_FAILED' } });
    await slotIsFree();
  });

  it.for<[what: string, ms: number, order: string[]]>([
    ['goes on in it with what follows at once, though others wait', 0, ['a1', 'a2', 'a3', 'b1', 'b2']],
    ['leaves it to them once it has had it for a quarter of a second', 250, ['a1', 'b1', 'b2', 'a2', 'a3']],
  ])('that a run has: it %s', async ([, ms, order], { skip }) => {
    skip(testQueue !== 'local', 'a step that finds no slot waits for none where other workers serve the same queue');
    const held = createLatch();
    const go = createLatch();
    const begun: string[] = [];
    await openWithOneSlot({
      tools: {
        act: async ({ v }) => {
          begun.push(String(v));
          if (v === 'a1') {
            held.open();
            await go.reached;
          }
          return null;
        },
      },
    });
    const chain = (...steps: readonly string[]) =>
      engine.start(
        `telos: 1\nid: t\nsteps:\n${steps.map((v) => `  - { id: ${v}, uses: act, with: { v: ${v} } }`).join('\n')}`,
      );
    const first = await chain('a1', 'a2', 'a3');
    await held.reached;
    const second = await chain('b1', 'b2');
    await engine.until(second, ({ type }) => type === 'run.started');
    await engine.clock.advance(ms);
    go.open();
    await engine.ended(first);
    await engine.ended(second);
    expect(begun).toEqual(order);
  });

  it('passes through ten thousand steps that cannot start without deepening the stack', async () => {
    const held = createLatch();
    const go = createLatch();
    await openWithOneSlot({
      tools: {
        act,
        hold: async () => {
          held.open();
          await go.reached;
          return null;
        },
      },
    });
    const holder = await engine.start('telos: 1\nid: h\nsteps: [{ id: a, uses: hold }]');
    await held.reached;
    const many = await engine.start(
      'telos: 1\nid: t\ninputs: { n: { type: array } }\nsteps:\n  - id: each\n    foreach: "${{ inputs.n }}"\n    as: n\n    max_parallel: 10000\n    on_item_error: skip\n    steps: [{ id: x, uses: act, with: { v: "${{ n.missing }}" } }]\noutputs: { each: "${{ steps.each.output }}" }',
      { n: Array.from({ length: 10_000 }, () => ({})) },
    );
    await engine.until(many, ({ type }) => type === 'block.opened');
    go.open();
    await engine.ended(holder);
    expect(outputsOf(await engine.ended(many))).toEqual({ each: [] });
    await slotIsFree();
  });

  it('is given back by a step that is aborted at each stage of its way', async () => {
    const begun = createLatch();
    await openWithOneSlot({
      tools: {
        act,
        wait: (_, { signal }) => {
          begun.open();
          return untilAborted(signal);
        },
      },
    });
    // The second waits for the slot that the first holds.
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: a, uses: wait, needs: [] }\n  - { id: b, uses: wait, needs: [] }',
    );
    await begun.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    await slotIsFree();
  });
});

describe('runs that share the slots of a worker', () => {
  it('take turns: a fan-out of a thousand does not keep the next step of a chain waiting', async ({ skip }) => {
    skip(testQueue !== 'local', 'in a shared queue namespaces take turns, not runs');
    const order: string[] = [];
    const begun = createLatch();
    await openWithOneSlot({
      concurrency: 2,
      tools: {
        fan: async () => {
          order.push('fan');
          begun.open();
          await new Promise(setImmediate);
          return null;
        },
        link: async () => {
          order.push('link');
          await new Promise(setImmediate);
          return null;
        },
      },
    });
    const fan = await engine.start(
      'telos: 1\nid: f\ninputs: { n: { type: array } }\nsteps:\n  - { id: each, foreach: "${{ inputs.n }}", max_parallel: 1000, steps: [{ id: x, uses: fan }] }',
      { n: Array.from({ length: 1000 }, (_, n) => n) },
    );
    await begun.reached;
    const chain = await engine.start(
      `telos: 1\nid: c\nsteps:\n${Array.from({ length: 10 }, (_, n) => `  - { id: s${n}, uses: link }`).join('\n')}`,
    );
    await engine.ended(chain);
    expect(order.filter((what) => what === 'link')).toHaveLength(10);
    expect(order.length).toBeLessThan(200);
    await engine.ended(fan);
    expect(order.filter((what) => what === 'fan')).toHaveLength(1000);
  });
});
