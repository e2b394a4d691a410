import type { AnyCheck } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { openEngine, outputsOf } from './engine.ts';
import type { Engine } from './engine.ts';

let engine: Engine;
afterEach(() => engine.close());

const gated = (gate: string, outputs = '{ value: "${{ steps.a.output }}", gate: "${{ steps.a.gate }}" }'): string =>
  `telos: 1\nid: t\nsteps:\n  - id: a\n    uses: act\n    gate: ${gate}\noutputs: ${outputs}`;

const scoreOf = (score: number): Awaited<ReturnType<AnyCheck['score']>> => ({
  score,
  verdict: score >= 0.5 ? 'pass' : 'fail',
  reason: `scored ${score}`,
});

describe('a gate', () => {
  it('lets an output go on that passes its checks, and shows the verdicts', async () => {
    engine = await openEngine({
      tools: { act: () => 'good' },
      checks: { good: ({ text }) => Promise.resolve(scoreOf(text === 'good' ? 1 : 0)) },
    });
    const outputs = outputsOf(await engine.run(gated('{ checks: [good, "size(output) > 3"] }')));
    expect(outputs).toMatchObject({ value: 'good', gate: { passed: true, score: 1, attempts: 1 } });
  });

  it('gives the reasons back for a repair, as often as the ladder says', async () => {
    const heard: unknown[] = [];
    engine = await openEngine({
      tools: {
        act: (_, { feedback, attempt }) => {
          heard.push(feedback === undefined ? null : [feedback.output, feedback.gate.verdicts[0]?.reason]);
          return `try ${attempt}`;
        },
      },
      checks: { third: ({ text }) => Promise.resolve(scoreOf(text === 'try 3' ? 1 : 0)) },
    });
    const state = await engine.run(gated('{ checks: [third], on_fail: [{ repair: 2 }] }'));
    expect(outputsOf(state)).toMatchObject({ value: 'try 3', gate: { attempts: 3 } });
    expect(heard).toEqual([null, ['try 1', 'scored 0'], ['try 2', 'scored 0']]);
  });

  it('escalates to the stronger model when repairs are used up', async () => {
    const models: unknown[] = [];
    engine = await openEngine({
      tools: { act: (_, { model }) => (models.push(model ?? null), model === 'openai/large' ? 'good' : 'bad') },
      checks: { good: ({ text }) => Promise.resolve(scoreOf(text === 'good' ? 1 : 0)) },
    });
    await engine.run(gated('{ checks: [good], on_fail: [{ repair: 1 }, { escalate: openai/large }] }'));
    expect(models).toEqual([null, null, 'openai/large']);
  });

  it('fails the step with GATE_FAILED and keeps the best attempt', async () => {
    engine = await openEngine({
      tools: { act: (_, { attempt }) => attempt },
      checks: { some: ({ value }) => Promise.resolve(scoreOf(value === 1 ? 0.4 : 0.1)) },
    });
    const state = await engine.run(gated('{ checks: [some], on_fail: [{ repair: 2 }] }'));
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'GATE_FAILED', message: expect.stringContaining('scored') },
    });
    expect(state.steps.get('a')).toMatchObject({
      output: { value: 1 },
      gate: { passed: false, score: 0.4, attempts: 3 },
    });
  });

  it('takes the fallback when nothing else helped', async () => {
    engine = await openEngine({ tools: { act: () => 'bad' }, checks: { never: () => Promise.resolve(scoreOf(0)) } });
    const state = await engine.run(gated('{ checks: [never], on_fail: [{ fallback: { said: nothing } }] }'));
    expect(outputsOf(state)).toMatchObject({ value: { said: 'nothing' }, gate: { passed: false } });
  });

  it('asks the judge only when the checks passed', async () => {
    let asked = 0;
    engine = await openEngine({
      tools: { act: () => 'text' },
      checks: {
        no: () => Promise.resolve(scoreOf(0)),
        judge: () => {
          asked += 1;
          return Promise.resolve(scoreOf(1));
        },
      },
    });
    await engine.run(gated('{ checks: [no], judge: { uses: judge, with: {} } }'));
    expect(asked).toBe(0);
  });

  it('asks no judge about what failed a check, also where `pass` weighs the scores, which cannot let it go on', async () => {
    const asked: unknown[] = [];
    engine = await openEngine({
      tools: { act: (_, { attempt }) => attempt },
      checks: {
        second: ({ value }) => Promise.resolve(scoreOf(value === 2 ? 1 : 0.2)),
        judge({ value }) {
          asked.push(value);
          return Promise.resolve(scoreOf(0.9));
        },
      },
    });
    const gate =
      '{ checks: [second], judge: { uses: judge, with: {} }, pass: "score >= 0.1", on_fail: [{ repair: 2 }] }';
    expect(outputsOf(await engine.run(gated(gate)))).toMatchObject({ value: 2, gate: { score: 0.9, attempts: 2 } });
    expect(asked).toEqual([2]);
  });

  it('keeps an attempt that passed its checks before one that failed one of them, whatever they scored', async () => {
    engine = await openEngine({
      tools: { act: (_, { attempt }) => attempt },
      checks: {
        good: () => Promise.resolve(scoreOf(1)),
        first: ({ value }) => Promise.resolve(scoreOf(value === 1 ? 1 : 0.4)),
        judge: () => Promise.resolve(scoreOf(0.3)),
      },
    });
    const gate = '{ checks: [good, first], judge: { uses: judge, with: {} }, on_fail: [{ repair: 1 }] }';
    const state = await engine.run(gated(gate));
    expect(state.steps.get('a')).toMatchObject({ output: { value: 1 }, gate: { score: 0.3, attempts: 2 } });
  });

  it('decides by `pass` over the judge’s score', async () => {
    engine = await openEngine({ tools: { act: () => 'text' }, checks: { judge: () => Promise.resolve(scoreOf(0.7)) } });
    const state = await engine.run(gated('{ judge: { uses: judge, with: {} }, pass: "score >= 0.8" }'));
    expect(state.phase).toMatchObject({ status: 'failed', error: { code: 'GATE_FAILED' } });
  });

  it('never takes a check that cannot run for one that passed', async () => {
    engine = await openEngine({
      tools: { act: () => 'text' },
      checks: { broken: () => Promise.reject(new Error('no disk')) },
    });
    const state = await engine.run(gated('{ checks: [broken] }'));
    expect(state.phase).toMatchObject({
      status: 'failed',
      error: { code: 'GATE_FAILED', message: expect.stringContaining('no disk') },
    });
  });
});
