/** Budgets on the run, on blocks and on steps: set aside before a call, so that nothing overruns. */
import type { AnyCheck, AnyTool, RunState, Usage } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createBells } from './bells.ts';
import { createLatch, openEngine, outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const usage = (usd: number): Usage => ({ input_tokens: 10, output_tokens: 0, usd, ms: 1, calls: 1 });

/** A tool that says it may cost `most`, and costs `really`. */
function priced(most: number, really: number, seen: unknown[] = []): Partial<AnyTool> {
  return {
    estimate: () => Promise.resolve(usage(most)),
    run: async (input, { record }) => {
      seen.push(input);
      await Promise.resolve();
      record({ kind: 'chat', name: 'a/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(really) });
      return 'ok';
    },
  };
}

const fan = (n: number, more: string, block = ''): string => `
telos: 1
id: t
${more}
steps:
  - id: each
    foreach: "\${{ [${Array.from({ length: n }, (_, index) => index).join(', ')}] }}"
    as: i
    max_parallel: ${n}
    ${block}
    steps: [{ id: x, uses: ask, with: { i: "\${{ i }}" } }]
  - { id: after, uses: free }
outputs: { each: "\${{ steps.each.status }}" }
`;

const free: Partial<AnyTool> = { estimate: () => Promise.resolve({ ...usage(0), calls: 0, input_tokens: 0 }) };

describe('the budget of a run', () => {
  it('is never overrun by a fan-out: what does not fit is not begun', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free } });
    const state = await engine.run(fan(20, 'limits: { budget: { usd: 3 } }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(seen).toHaveLength(3);
    expect(state.usage.usd).toBe(3);
  });

  describe.each([
    ['on the worker that owns the run', 'default'],
    ['on another', 'far'],
  ])('where steps that do not say what they take run %s', (_, queue) => {
    /** Runs a fan-out under a budget of $2. */
    async function ended(ask: Partial<AnyTool>): Promise<RunState> {
      const bells = createBells({ areShared: true });
      engine = await openEngine({ bells, tools: { ask, free } });
      const helper = await engine.another({ recover: false, owner: 'helper', queues: ['far'] });
      const yaml = fan(20, 'limits: { budget: { usd: 2 } }').replace('uses: ask,', `uses: ask, queue: ${queue},`);
      try {
        return await engine.run(yaml);
      } finally {
        await helper.close();
        await engine.close();
        await bells.remove();
      }
    }

    it('is exceeded by no more than one of them takes', async () => {
      let calls = 0;
      const state = await ended({
        run: async (_input, { record }) => {
          calls += 1;
          await new Promise(setImmediate);
          record({ kind: 'chat', name: 'a/model', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(0.5) });
          return 'ok';
        },
      });
      expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
      expect([calls, state.usage.usd]).toEqual([5, 2.5]);
    });

    it('keeps none waiting whose tool says that it takes nothing', async () => {
      const all = createLatch();
      let underWay = 0;
      const state = await ended({
        spendsNothing: true,
        run: async () => {
          underWay += 1;
          if (underWay === 20) all.open();
          await all.reached;
          return 'ok';
        },
      });
      expect(outputsOf(state)).toEqual({ each: 'succeeded' });
    });
  });

  it.each([
    ['say what they take', true],
    ['do not', false],
  ])('counts what an earlier owner has left under way at other workers, whose tools %s', async (_, isPriced) => {
    const { estimate, ...unpriced } = priced(1, 1);
    const tool = isPriced && estimate !== undefined ? { ...unpriced, estimate } : unpriced;
    const bells = createBells({ areShared: true });
    const go = createLatch();
    const begun = createLatch();
    let calls = 0;
    const ask: Partial<AnyTool> = {
      ...tool,
      run: async (input, context) => {
        calls += 1;
        begun.open();
        await go.reached;
        return (await tool.run?.(input, context)) ?? null;
      },
    };
    // Nobody but the helper serves the queue of the step that the first owner leaves behind.
    const yaml = `
telos: 1
id: t
limits: { budget: { usd: 1 } }
steps:
  - id: both
    parallel:
      other: [{ id: w, wait: { for: 1m } }, { id: x, uses: ask }]
      there: [{ id: y, uses: ask, queue: far }]
`;
    engine = await openEngine({ bells, tools: { ask } });
    const helper = await engine.another({ recover: false, owner: 'helper', queues: ['far'] });
    const next = await engine.another({ owner: 'next', recover: false });
    try {
      const run = await engine.start(yaml);
      await begun.reached;
      await engine.worker.stop();
      await next.ring(run);
      await engine.clock.advance(61_000);
      // Due, and not begun: what is under way there may take all that there is.
      expect(calls).toBe(1);
      go.open();
      const state = await next.ended(run);
      expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
      expect([calls, state.usage.usd]).toEqual(isPriced ? [1, 1] : [2, 2]);
    } finally {
      await next.close();
      await helper.close();
      await engine.close();
      await bells.remove();
    }
  });

  it('sets aside what judging may cost with the call whose output is judged', async () => {
    const seen: unknown[] = [];
    const judged: number[] = [];
    const judge: AnyCheck = {
      name: 'judge',
      description: 'A judge of the test.',
      params: z.strictObject({ model: z.string() }),
      needs: 'model',
      estimate: ({ text }) => (judged.push(text.length), Promise.resolve(usage(1))),
      score: async (_subject, _params, { record }) => {
        record({ kind: 'chat', name: 'a/judge', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(1) });
        return { score: 1, verdict: 'pass', reason: 'good' };
      },
    };
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free }, checks: { judge } });
    const gate = ', gate: { judge: { uses: judge, with: { model: a/judge } } }';
    const state = await engine.run(fan(20, 'limits: { budget: { usd: 5 } }').replace('" } }]', `" }${gate} }]`));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    // Two that cost 2 each fit into 5; with 1 set aside for each there would be five.
    expect(seen).toHaveLength(2);
    expect(state.usage.usd).toBe(4);
    expect(judged.every((length) => length > 0)).toBe(true);
  });

  const paidRail: AnyCheck = {
    name: 'paid',
    description: 'A rail of the test.',
    params: z.strictObject({}),
    needs: 'model',
    estimate: () => Promise.resolve(usage(1)),
    score: async (_subject, _params, { record }) => {
      record({ kind: 'chat', name: 'a/judge', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(1) });
      return { score: 1, verdict: 'pass', reason: 'good', usage: usage(1) };
    },
  };

  it.each([
    ['of the step, before its call', 'input', ''],
    ['of the step, behind its call', 'output', ''],
    ['of the block around it', '', 'rails: { tool_arguments: [paid] }'],
  ])('sets aside what a rail may cost with the call that it looks at: %s', async (_, place, block) => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free }, checks: { paid: paidRail } });
    const rails = place === '' ? '' : `, rails: { ${place}: [paid] }`;
    const yaml = fan(20, 'limits: { budget: { usd: 5 } }', block).replace('" } }]', `" }${rails} }]`);
    const state = await engine.run(yaml);
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(seen).toHaveLength(2);
    expect(state.usage.usd).toBe(4);
  });

  const judged = (rails: string, more = ''): string =>
    `telos: 1\nid: t\nlimits: { budget: { usd: 0.5${more} } }\n${rails}`;
  const once = 'steps: [{ id: b, foreach: [1, 2], steps: [{ id: x, uses: free }], RAILS }]';

  it.each([
    ['on what a block is given', once.replace('RAILS', 'rails: { input: [paid] }'), 'b'],
    ['on what a block gives', once.replace('RAILS', 'rails: { output: [paid] }'), 'b'],
    ['in the gate of a block', once.replace('RAILS', 'gate: { checks: [paid] }'), 'b'],
    ['on what the run gives', `rails: { output: [paid] }\n${once.replace(', RAILS', '')}`, '@output'],
  ])('sets aside what is asked of a model %s, and asks nothing when there is no room', async (_, yaml, path) => {
    let asked = 0;
    const counted: AnyCheck = { ...paidRail, score: (...given) => ((asked += 1), paidRail.score(...given)) };
    engine = await openEngine({ tools: { free }, checks: { paid: counted } });
    const failed = await engine.run(judged(yaml));
    expect(failed.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(asked).toBe(0);
    // With a budget that waits it goes on once that is raised.
    const run = await engine.start(judged(yaml, ', on_exceeded: pause'));
    await engine.until(run, ({ type }) => type === 'run.paused');
    expect(asked).toBe(0);
    const budget = { usd: 5, onExceeded: 'fail' } as const;
    await engine.store.inbox.post(run, { id: 'more', kind: 'resume', budget });
    const state = await engine.ended(run);
    expect([path, state.phase.status, asked]).toEqual([path, 'succeeded', 1]);
    expect(state.usage.usd).toBe(1);
  });

  it.each(['fail', 'pause'])('on_exceeded: %s: fails a step of `finally` that there is no room for', async (how) => {
    engine = await openEngine({ tools: { act: () => 1, ask: priced(1, 1) } });
    const state = await engine.run(
      `telos: 1\nid: t\nlimits: { budget: { usd: 0.5, on_exceeded: ${how} } }\nsteps: [{ id: a, uses: act }]\nfinally: [{ id: x, uses: ask }]`,
    );
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED', path: 'finally.x' } });
  });

  it('has no rail ask a model when there is no money left for it', async () => {
    let asked = 0;
    const counted: AnyCheck = { ...paidRail, score: (...given) => ((asked += 1), paidRail.score(...given)) };
    engine = await openEngine({ tools: { act: () => 1 }, checks: { paid: counted } });
    const state = await engine.run(
      'telos: 1\nid: t\nlimits: { budget: { usd: 0.5 } }\nsteps: [{ id: a, uses: act, rails: { input: [paid] } }]',
    );
    expect(state.phase).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' } });
    expect(asked).toBe(0);
  });

  it('sets aside what judging may cost also where the judged call costs nothing', async () => {
    const judge: AnyCheck = {
      name: 'judge',
      description: 'A judge of the test.',
      params: z.strictObject({ of: z.json() }),
      needs: 'model',
      estimate: () => Promise.resolve(usage(2)),
      score: async () => ({ score: 1, verdict: 'pass', reason: 'good' }),
    };
    engine = await openEngine({ tools: { act: () => 1 }, checks: { judge } });
    const step = (of: string): string =>
      `telos: 1\nid: t\nlimits: { budget: { usd: 1, calls: 1 } }\nsteps: [{ id: a, uses: act, gate: { judge: { uses: judge, with: { of: "${of}" } } } }]`;
    expect((await engine.run(step('x'))).phase).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' } });
    // What looks into the output is asked once at least: that is a second call.
    expect((await engine.run(step('${{ output.text }}'))).phase).toMatchObject({ error: { code: 'BUDGET_EXCEEDED' } });
  });

  it('gives back what a call did not cost, and lets the next one begin', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 0.25, seen), free } });
    const state = await engine.run(fan(8, 'limits: { budget: { usd: 3 } }'));
    expect(outputsOf(state)).toEqual({ each: 'succeeded' });
    expect(seen).toHaveLength(8);
    expect(state.usage.usd).toBe(2);
  });

  it('pauses the run that would exceed it, which goes on when it is raised and repeats nothing', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free } });
    const run = await engine.start(fan(5, 'limits: { budget: { usd: 2, on_exceeded: pause } }'));
    await engine.until(run, ({ type }) => type === 'run.paused');
    expect(seen).toHaveLength(2);
    await engine.until(run, ({ type }) => type === 'run.paused');
    await engine.store.inbox.post(run, { id: 'r', kind: 'resume', budget: { usd: 10, onExceeded: 'pause' } });
    const state = await engine.ended(run);
    expect(outputsOf(state)).toEqual({ each: 'succeeded' });
    expect(seen).toHaveLength(5);
  });

  it('pauses again when it was raised too little', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free } });
    const run = await engine.start(fan(5, 'limits: { budget: { usd: 2, on_exceeded: pause } }'));
    await engine.until(run, ({ type }) => type === 'run.paused');
    await engine.store.inbox.post(run, { id: 'r', kind: 'resume', budget: { usd: 3, onExceeded: 'pause' } });
    let pauses = 0;
    await engine.until(run, ({ type }) => type === 'run.paused' && ++pauses === 2);
    expect(seen).toHaveLength(3);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
  });

  it('counts calls and tokens too', async () => {
    engine = await openEngine({ tools: { ask: priced(0, 0), free } });
    const calls = await engine.run(fan(5, 'limits: { budget: { calls: 3 } }'));
    expect(calls.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(calls.usage.calls).toBe(3);
    const tokens = await engine.run(fan(5, 'limits: { budget: { tokens: 25 } }'));
    expect(tokens.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(tokens.usage.input_tokens).toBe(20);
  });
});

describe('the budget of a block', () => {
  it('fails the block alone when it is exceeded, and the run may go on', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free } });
    const state = await engine.run(fan(6, '', 'budget: { usd: 2 }\n    on_error: continue'));
    expect(outputsOf(state)).toEqual({ each: 'failed' });
    expect(state.steps.get('each')).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(state.steps.get('after')?.status).toBe('succeeded');
    expect(seen).toHaveLength(2);
  });

  it('is taken from the budget of the run around it', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(1, 1, seen), free } });
    const state = await engine.run(fan(6, 'limits: { budget: { usd: 1 } }', 'budget: { usd: 5 }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(seen).toHaveLength(1);
  });

  it('lets an attempt begin once that had to wait for it, and then for the budget around it', async () => {
    const firstEnds = createLatch();
    const otherEnds = createLatch();
    const prices: Record<string, readonly [most: number, really: number, ends: Promise<void> | undefined]> = {
      first: [2, 1.5, firstEnds.reached],
      second: [1, 1, undefined],
      other: [2, 0, otherEnds.reached],
    };
    const seen: string[] = [];
    const ask: Partial<AnyTool> = {
      estimate: ({ i }: { readonly i: string }) => Promise.resolve(usage(prices[i]?.[0] ?? 0)),
      run: async ({ i }: { readonly i: string }, { record }) => {
        seen.push(i);
        const [, really = 0, ends] = prices[i] ?? [];
        await ends;
        record({ kind: 'chat', name: 'm', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(really) });
        return 'ok';
      },
    };
    engine = await openEngine({ tools: { ask } });
    const run = await engine.start(`
telos: 1
id: t
limits: { budget: { usd: 4 } }
steps:
  - id: both
    parallel:
      one:
        - id: block
          budget: { usd: 2.5 }
          parallel:
            first: [{ id: x, uses: ask, with: { i: first } }]
            second: [{ id: x, uses: ask, with: { i: second } }, { id: w, wait: { for: 1s } }]
      two: [{ id: y, uses: ask, with: { i: other } }]
`);
    await engine.until(run, (event) => event.type === 'step.started' && event.path === 'both.one.block.first.x');
    await engine.clock.advance(0);
    expect(seen.toSorted()).toEqual(['first', 'other']);
    firstEnds.open();
    await engine.until(run, (event) => event.type === 'step.succeeded' && event.path === 'both.one.block.first.x');
    await engine.clock.advance(0);
    expect(seen).toHaveLength(2);
    otherEnds.open();
    await engine.until(run, ({ type }) => type === 'wait.opened');
    await engine.clock.advance(1000);
    expect(await engine.ended(run)).toMatchObject({ phase: { status: 'succeeded' }, usage: { usd: 2.5 } });
    expect(seen[2]).toBe('second');
    expect(seen).toHaveLength(3);
  });

  it('can be raised by itself when it paused the run', async () => {
    engine = await openEngine({ tools: { ask: priced(1, 1), free } });
    const run = await engine.start(fan(3, '', 'budget: { usd: 1, on_exceeded: pause }'));
    await engine.until(run, ({ type }) => type === 'run.paused');
    await engine.store.inbox.post(run, {
      id: 'r',
      kind: 'resume',
      path: 'each',
      budget: { usd: 9, onExceeded: 'fail' },
    });
    expect(outputsOf(await engine.ended(run))).toEqual({ each: 'succeeded' });
  });

  it('is counted on from the journal by the next owner', async () => {
    const begun = createLatch();
    const seen: unknown[] = [];
    const ask = priced(1, 1, seen);
    let stuck = true;
    engine = await openEngine({
      tools: {
        free,
        ask: {
          ...ask,
          run: async (input: { readonly i: number }, context) => {
            if (input.i === 2 && stuck) {
              begun.open();
              await new Promise(() => {});
            }
            return (await ask.run?.(input, context)) ?? null;
          },
        },
      },
    });
    const run = await engine.start(
      fan(6, '', 'budget: { usd: 3 }\n    on_error: continue').replace('max_parallel: 6', 'max_parallel: 1'),
    );
    await begun.reached;
    stuck = false;
    await engine.worker.stop();
    const next = await engine.another();
    try {
      const state = await next.ended(run);
      expect(outputsOf(state)).toEqual({ each: 'failed' });
      expect(seen).toHaveLength(3);
    } finally {
      await next.close();
    }
  });
});

describe('the budget of a step', () => {
  it('fails the step before its call when the call may cost more', async () => {
    const seen: unknown[] = [];
    engine = await openEngine({ tools: { ask: priced(2, 2, seen), free } });
    const state = await engine.run('telos: 1\nid: t\nsteps: [{ id: a, uses: ask, budget: { usd: 1 } }]');
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED', path: 'a' } });
    expect(seen).toEqual([]);
  });

  it('bounds all its attempts together', async () => {
    let calls = 0;
    engine = await openEngine({
      tools: {
        ask: {
          estimate: () => Promise.resolve(usage(1)),
          run: (_input, { record }) => {
            calls += 1;
            record({ kind: 'chat', name: 'm', startedAt: 0, ms: 1, input: 'q', output: 'a', usage: usage(1) });
            throw new Error('again');
          },
        },
      },
    });
    const run = await engine.start(
      'telos: 1\nid: t\nsteps: [{ id: a, uses: ask, budget: { usd: 2 }, retry: { max: 9, delay: 1s, jitter: false } }]',
    );
    const ended = engine.ended(run);
    for (let n = 0; n < 4; n++) await engine.clock.advance(60_000);
    expect((await ended).phase).toMatchObject({ status: 'failed', error: { code: 'BUDGET_EXCEEDED' } });
    expect(calls).toBe(2);
  });
});
