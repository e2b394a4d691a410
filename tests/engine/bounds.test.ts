/** Bounds: what a tool or a check gives that is too large, or is no number, neither swells nor spoils the journal. */
import { anyJson, TelosError } from '@telos/core';
import type { AnyCheck, AnyTool, Json, Usage } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createLatch, openEngine, outputsOf, untilAborted } from './engine.ts';
import type { Engine } from './engine.ts';
import { testQueue } from './queues.ts';

let engine: Engine;
afterEach(() => engine.close());

const one = (more = ''): string =>
  `telos: 1\nid: t\nsteps:\n  - { id: a, uses: act${more} }\noutputs: { a: "\${{ steps.a.output }}" }`;
const usage: Usage = { input_tokens: 1, output_tokens: 1, usd: 1, ms: 1, calls: 1 };
const megabytes = (n: number): string => 'x'.repeat(n * 1_000_000);

async function journalSize(run: string): Promise<number> {
  return JSON.stringify(await engine.events(run)).length;
}

describe('an error', () => {
  it.each([
    ['message of any error', () => new Error(megabytes(10))],
    ['message of its own error', () => new TelosError('TOOL_FAILED', megabytes(10))],
    ['next step', () => new TelosError('TOOL_FAILED', 'No.', { next: megabytes(10) })],
    ['list of details', () => new TelosError('TOOL_FAILED', 'No.', { details: { body: megabytes(10) } })],
  ])('is kept short, whatever the %s', async (_, make) => {
    engine = await openEngine({ tools: { act: () => Promise.reject(make()) } });
    const run = await engine.start(one());
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'failed', error: { code: 'TOOL_FAILED' } });
    expect(await journalSize(run)).toBeLessThan(30_000);
  });

  it('says how much of its message is missing', async () => {
    engine = await openEngine({ tools: { act: () => Promise.reject(new Error(`begin ${megabytes(1)}`)) } });
    const { phase } = await engine.run(one());
    expect(phase).toMatchObject({ error: { message: expect.stringMatching(/^begin x+… \(\d+ more characters\)$/) } });
  });

  it('with details that are no JSON is recorded without them', async () => {
    const circle: { self?: unknown } = {};
    circle.self = circle;
    for (const details of [circle, { n: 1n }]) {
      engine = await openEngine({
        tools: { act: () => Promise.reject(new TelosError('TOOL_INPUT', 'No.', { details: details as never })) },
      });
      const { phase } = await engine.run(one());
      expect(phase).toMatchObject({ error: { code: 'TOOL_INPUT', message: 'No.' } });
    }
  });
});

describe('a value that is nested too deep', () => {
  const nested = (levels: number): Json => {
    let value: Json = 1;
    for (let level = 0; level < levels; level += 1) value = [value];
    return value;
  };
  const deep = nested(5000);
  const taking: Partial<AnyTool> = { input: z.object({ x: anyJson }), run: (input: Json) => Promise.resolve(input) };

  it.each<readonly [string, Partial<AnyTool>]>([
    ['in an output of any kind', { output: anyJson, run: () => Promise.resolve(deep) }],
    ['in a field of an output', { output: z.object({ body: anyJson }), run: () => Promise.resolve({ body: deep }) }],
    ['just beyond the bound', { run: () => Promise.resolve(nested(201)) }],
    ['that the tool itself runs out of stack over', { run: () => Promise.reject(overflow()) }],
  ])('%s fails the step for good', async (_, act) => {
    engine = await openEngine({ tools: { act } });
    expect((await engine.run(one())).phase).toMatchObject({
      status: 'failed',
      error: { code: 'VALUE_TOO_DEEP', kind: 'terminal' },
    });
  });

  it('is refused where an expression reads it from text', async () => {
    engine = await openEngine({ tools: { act: taking } });
    const yaml = one(', with: { x: "${{ json(inputs.text) }}" }').replace('steps:', 'inputs: { text: string }\nsteps:');
    const text = `${'['.repeat(5000)}${']'.repeat(5000)}`;
    expect((await engine.run(yaml, { text })).phase).toMatchObject({
      status: 'failed',
      error: {
        code: 'EXPRESSION_FAILED',
        kind: 'terminal',
        message: expect.stringContaining('nested more than 200 levels'),
      },
    });
  });

  it('is told from one at the bound, which can be read again after steps have put it into others', async () => {
    engine = await openEngine({ tools: { act: { run: () => Promise.resolve(nested(200)) } } });
    const state = await engine.run(one().replace('"${{ steps.a.output }}"', '{ b: [["${{ steps.a.output }}"]] }'));
    expect(outputsOf(state)).toEqual({ a: { b: [[nested(200)]] } });
  });

  it('is left out of what a call reports', async () => {
    const error = { code: 'X', kind: 'terminal', message: 'no', details: { deep: nested(900) } } as const;
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          record({ kind: 'http', name: 'x', startedAt: 0, ms: 1, input: nested(900), usage, error });
          return null;
        },
      },
    });
    expect((await engine.run(one())).phase).toMatchObject({ status: 'succeeded' });
  });
});

function overflow(): unknown {
  try {
    return overflow();
  } catch (error) {
    return error;
  }
}

describe('what a step shows while it runs', () => {
  it('is kept out of the journal when it is large, and whole when the step is cancelled', async () => {
    const begun = createLatch();
    engine = await openEngine({
      tools: {
        act: (_, { emitText, signal }) => {
          for (let n = 0; n < 100; n++) emitText('x'.repeat(1000));
          begun.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(one());
    await begun.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.steps.get('a')).toMatchObject({ status: 'cancelled', partial: { bytes: 100_002 } });
    expect(await journalSize(run)).toBeLessThan(5000);
  });

  it('is kept up to a megabyte', async () => {
    const begun = createLatch();
    engine = await openEngine({
      tools: {
        act: (_, { emitText, signal }) => {
          for (let n = 0; n < 100; n++) emitText(megabytes(1));
          begun.open();
          return untilAborted(signal);
        },
      },
    });
    const run = await engine.start(one());
    await begun.reached;
    await engine.store.inbox.post(run, { id: 'm', kind: 'cancel', reason: 'asked to' });
    const state = await engine.ended(run);
    expect(state.steps.get('a')).toMatchObject({ status: 'cancelled', partial: { bytes: 1_000_002 } });
  });
});

describe('a check', () => {
  const checked = one(', gate: { checks: [{ rate: {} }] }');

  it.each<[string, unknown]>([
    ['a score that is no number', { score: Number.NaN, verdict: 'pass', reason: '' }],
    ['a score above 1', { score: 1.5, verdict: 'pass', reason: '' }],
    ['no verdict', { score: 1, reason: '' }],
    ['nothing', undefined],
  ])('that gives %s could not be run, and its run stays readable', async (_, verdict) => {
    // What a check gives is typed; this one lies.
    const rate: AnyCheck['score'] = () => Promise.resolve(verdict as never);
    engine = await openEngine({ tools: { act: () => 'text' }, checks: { rate } });
    const run = await engine.start(checked);
    expect((await engine.ended(run)).phase).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED' } });
    expect(await engine.store.runs.get(run)).toMatchObject({ status: 'failed' });
    expect((await engine.events(run)).at(-1)?.type).toBe('run.failed');
  });

  it('that throws at once is one that could not be run', async () => {
    const rate: AnyCheck['score'] = () => {
      throw new Error('broken');
    };
    engine = await openEngine({ tools: { act: () => 'text' }, checks: { rate } });
    expect((await engine.run(checked)).phase).toMatchObject({
      error: { code: 'GATE_FAILED', message: expect.stringContaining('broken') },
    });
  });

  it('that redacts what it found leaves nothing of it in the journal', async () => {
    const rate: AnyCheck['score'] = () =>
      Promise.resolve({
        score: 1,
        verdict: 'pass',
        reason: 'one address',
        replacement: 'Write to <EMAIL_1>.',
        vault: { '<EMAIL_1>': 'anna@acme.example' },
      });
    engine = await openEngine({ tools: { act: () => 'text' }, checks: { rate } });
    const run = await engine.start(checked);
    await engine.ended(run);
    const written = JSON.stringify(await engine.events(run));
    expect(written).toContain('one address');
    expect(written).not.toContain('anna@acme.example');
  });

  it('that gives a very long reason has it cut', async () => {
    const rate: AnyCheck['score'] = () => Promise.resolve({ score: 0, verdict: 'fail', reason: megabytes(5) });
    engine = await openEngine({ tools: { act: () => 'text' }, checks: { rate } });
    const run = await engine.start(checked);
    await engine.ended(run);
    expect(await journalSize(run)).toBeLessThan(30_000);
  });
});

describe('a call that is recorded', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1])(
    'with a usage of %d counts as nothing of that kind',
    async (n) => {
      engine = await openEngine({
        tools: {
          act: (_, { record }) => {
            record({ kind: 'chat', name: 'some/model', startedAt: n, ms: n, input: 'q', usage: { ...usage, usd: n } });
            record({ kind: 'chat', name: 'some/model', startedAt: 0, ms: 1, input: 'q', usage });
            return 1;
          },
        },
      });
      const run = await engine.start(one());
      const state = await engine.ended(run);
      expect(outputsOf(state)).toEqual({ a: 1 });
      expect(state.usage).toMatchObject({ usd: 1, calls: 2 });
      expect((await engine.events(run)).at(-1)?.type).toBe('run.succeeded');
    },
  );

  it('is one of ten thousand in a step, and none is lost', async () => {
    engine = await openEngine({
      tools: {
        act: (_, { record }) => {
          for (let n = 0; n < 10_000; n++)
            record({
              kind: 'tool',
              name: 't',
              startedAt: 0,
              ms: 1,
              input: n % 100 === 0 ? 'x'.repeat(5000) : n,
              usage,
            });
          return 1;
        },
      },
    });
    const run = await engine.start(one());
    expect((await engine.ended(run)).usage).toMatchObject({ calls: 10_000, usd: 10_000 });
    const calls = (await engine.events(run)).filter((event) => event.type === 'call.finished');
    expect(calls.map(({ index }) => index)).toEqual(Array.from({ length: 10_000 }, (_, n) => n));
  });
});

/** Where others serve the same queue, all steps but fifty at a time go through it: twenty thousand would take minutes. */
const items = testQueue === 'local' ? 20_000 : 2000;

describe(`a foreach of ${items} items`, () => {
  it('ends with every item in its place', async () => {
    engine = await openEngine({
      tools: { list: () => Array.from({ length: items }, (_, n) => n), act: ({ n }) => n ?? null },
    });
    const state = await engine.run(
      'telos: 1\nid: t\nsteps:\n  - { id: list, uses: list }\n  - { id: each, foreach: "${{ steps.list.output }}", as: n, max_parallel: 1000, steps: [{ id: x, uses: act, with: { n: "${{ n }}" } }] }',
    );
    expect(state.phase.status).toBe('succeeded');
    const each = state.steps.get('each');
    const list = state.steps.get('list');
    // The same list is the same blob.
    expect(each).toMatchObject({ output: list?.status === 'succeeded' ? list.output : undefined });
  });
});
