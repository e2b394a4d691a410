/** Blocks at their edges: gates on them, errors that go on, and ends that come while something is under way. */
import type { AnyCheck } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { testQueue } from './queues.ts';

let engine: Engine;
afterEach(() => engine.close());

const gated = (gate: string, more = ''): string => `
telos: 1
id: t
steps:
  - id: each
    foreach: "\${{ [1, 2, 3] }}"
    as: n
    ${more}
    gate: ${gate}
    steps: [{ id: x, uses: act, with: { n: "\${{ n }}" } }]
outputs: { each: "\${{ steps.each.output }}", status: "\${{ steps.each.status }}", gate: "\${{ steps.each.gate }}" }
`;

const scored =
  (of: (value: unknown) => number): AnyCheck['score'] =>
  ({ value }) => {
    const score = of(value);
    return Promise.resolve({ score, verdict: score >= 0.5 ? 'pass' : 'fail', reason: `scored ${score}` });
  };

describe('a gate on a block', () => {
  it('judges what the whole body gave', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({
      tools: { act: ({ n }) => Number(n) * 10 },
      checks: { all: scored((value) => (seen.push(value), 1)) },
    });
    expect(outputsOf(await engine.run(gated('{ checks: [all] }')))).toMatchObject({
      each: [10, 20, 30],
      gate: { passed: true },
    });
    expect(seen).toEqual([[10, 20, 30]]);
  });

  it('that does not pass fails the block, its body made once, its output kept', async () => {
    const ran: unknown[] = [];
    engine = await openEngine({
      tools: { act: ({ n }) => (ran.push(n), n ?? null) },
      checks: { all: scored(() => 0) },
    });
    const state = await engine.run(gated('{ checks: [all] }', 'on_error: continue'));
    expect(outputsOf(state)).toMatchObject({ each: [1, 2, 3], status: 'failed', gate: { passed: false } });
    expect(ran).toEqual([1, 2, 3]);
  });

  it('that does not pass takes its fallback', async () => {
    engine = await openEngine({ tools: { act: () => 1 }, checks: { all: scored(() => 0) } });
    const state = await engine.run(gated('{ checks: [all], on_fail: [{ fallback: none }] }'));
    expect(outputsOf(state)).toMatchObject({ each: 'none', status: 'succeeded', gate: { passed: false } });
  });

  it('is abandoned when the run is cancelled while it judges', async () => {
    const judging = createLatch();
    let aborted = false;
    const all: AnyCheck['score'] = async (_subject, _params, { signal }) => {
      judging.open();
      return untilAborted(signal).catch((error: unknown) => {
        aborted = true;
        throw error;
      });
    };
    engine = await openEngine({ tools: { act: () => 1 }, checks: { all } });
    const run = await engine.start(gated('{ checks: [all] }'));
    await judging.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('cancelled');
    expect(state.steps.get('each')?.status).toBe('cancelled');
    expect(aborted).toBe(true);
  });

  it('is judged again by the next owner when the first was lost in the middle, the body not made again', async () => {
    const judging = createLatch();
    const ran: unknown[] = [];
    const act = ({ n }: { readonly n?: unknown }): number => ran.push(n);
    let aborted = false;
    const stuck: AnyCheck['score'] = async (_subject, _params, { signal }) => {
      judging.open();
      return untilAborted(signal).finally(() => (aborted = true));
    };
    engine = await openEngine({ tools: { act }, checks: { all: stuck } });
    const run = await engine.start(gated('{ checks: [all] }'));
    await judging.reached;
    await engine.worker.stop();
    expect(aborted).toBe(true);
    const next = await engine.another({ tools: { act }, checks: { all: scored(() => 1) } });
    try {
      expect(outputsOf(await next.ended(run))).toMatchObject({ each: [1, 2, 3], gate: { passed: true } });
      expect(ran).toHaveLength(3);
    } finally {
      await next.close();
    }
  });
});

describe('a branch whose sibling fails, in a run that goes on', () => {
  const both = (other: string): string => `
telos: 1
id: t
steps:
  - id: both
    on_error: continue
    parallel:
      failing: [{ id: bad, uses: bad }]
      other: [${other}]
  - { id: after, uses: after }
outputs: { after: "\${{ steps.after.output }}", both: "\${{ steps.both.status }}" }
`;

  it('has the judging of its gate aborted', async () => {
    const judging = createLatch();
    const aborted = createLatch();
    const all: AnyCheck['score'] = async (_subject, _params, { signal }) => {
      judging.open();
      return untilAborted(signal).finally(() => aborted.open());
    };
    engine = await openEngine({
      checks: { all },
      tools: {
        act: () => 1,
        bad: async () => {
          await judging.reached;
          throw new Error('no luck');
        },
        after: async () => {
          await aborted.reached;
          return 'ok';
        },
      },
    });
    const state = await engine.run(
      both('{ id: each, foreach: "${{ [1] }}", gate: { checks: [all] }, steps: [{ id: x, uses: act }] }'),
    );
    expect(outputsOf(state)).toEqual({ after: 'ok', both: 'failed' });
  });

  it('does not begin the step that waited for a slot', async ({ skip }) => {
    skip(testQueue !== 'local', 'a step that finds no slot waits for none where other workers serve the same queue');
    const ran: string[] = [];
    engine = await openEngine({
      concurrency: 1,
      tools: {
        act: () => ran.push('act'),
        bad: () => Promise.reject(new Error('no luck')),
        after: async () => {
          for (let turn = 0; turn < 10; turn++) await new Promise(setImmediate);
          return ran.push('after');
        },
      },
    });
    const state = await engine.run(both('{ id: x, uses: act }'));
    expect(outputsOf(state)).toMatchObject({ both: 'failed' });
    expect(ran).toEqual(['after']);
    expect(state.steps.has('both.other.x')).toBe(false);
  });
});

describe('on_error: continue', () => {
  const failing = (n: number) => ({ act: ({ n: given }: { readonly n?: unknown }) => fail(given === n, given) });
  function fail(now: boolean, value: unknown): number {
    if (now) throw new Error('no luck');
    return Number(value);
  }

  it('on a block lets the run go on past it, and not its siblings in the body', async () => {
    engine = await openEngine({ tools: failing(1) });
    const state = await engine.run(`
telos: 1
id: t
steps:
  - { id: each, foreach: "\${{ [1, 2] }}", as: n, max_parallel: 1, on_error: continue, steps: [{ id: x, uses: act, with: { n: "\${{ n }}" } }] }
  - { id: after, uses: act, with: { n: 7 } }
outputs: { status: "\${{ steps.each.status }}", code: "\${{ steps.each.error.code }}", after: "\${{ steps.after.output }}" }
`);
    expect(outputsOf(state)).toEqual({ status: 'failed', code: 'TOOL_FAILED', after: 7 });
    expect(state.steps.has('each[1].x')).toBe(false);
  });

  it('on the last step of an item gives null in its place', async () => {
    engine = await openEngine({ tools: failing(2) });
    const state = await engine.run(`
telos: 1
id: t
steps:
  - { id: each, foreach: "\${{ [1, 2, 3] }}", as: n, steps: [{ id: x, uses: act, with: { n: "\${{ n }}" }, on_error: continue }] }
outputs: { each: "\${{ steps.each.output }}" }
`);
    expect(outputsOf(state)).toEqual({ each: [1, null, 3] });
  });

  it('on a step in a branch lets the branch go on, and does not touch the other', async () => {
    engine = await openEngine({ tools: failing(1) });
    const state = await engine.run(`
telos: 1
id: t
steps:
  - id: both
    parallel:
      left: [{ id: x, uses: act, with: { n: 1 }, on_error: continue }, { id: y, uses: act, with: { n: 2 } }]
      right: [{ id: x, uses: act, with: { n: 3 } }]
outputs: { both: "\${{ steps.both.output }}" }
`);
    expect(outputsOf(state)).toEqual({ both: { left: 2, right: 3 } });
  });

  it('does not keep a cancelled run going', async () => {
    const begun = createLatch();
    engine = await openEngine({
      tools: {
        act: (_, { signal }) => {
          begun.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps:\n  - { id: a, uses: act, on_error: continue }\n  - { id: b, uses: act, on_error: continue }',
    );
    await begun.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.phase.status).toBe('cancelled');
    expect(state.steps.has('b')).toBe(false);
  });
});

describe('a budget', () => {
  it('is looked at before each step of a fan-out begins, so that no more is spent than what was under way', async () => {
    const usage = { input_tokens: 0, output_tokens: 0, usd: 0.5, ms: 1, calls: 1 };
    let calls = 0;
    engine = await openEngine({
      concurrency: 4,
      tools: {
        act: async (_, { record }) => {
          calls += 1;
          await new Promise(setImmediate);
          record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage });
          return null;
        },
      },
    });
    const state = await engine.run(
      `
telos: 1
id: t
limits: { budget: { usd: 2, on_exceeded: fail } }
inputs: { list: { type: array } }
steps:
  - { id: each, foreach: "\${{ inputs.list }}", max_parallel: 100, steps: [{ id: x, uses: act }] }
`,
      { list: Array.from({ length: 100 }, (_, n) => n) },
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    // Four fill it; the fifth exceeds it; those beside it were under way already.
    expect(calls).toBeLessThanOrEqual(8);
  });
});
