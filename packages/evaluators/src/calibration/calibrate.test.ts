import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { AnyCheck, Json } from '@telos/core';
import { correctness } from '../correctness/correctness.ts';
import { defineCheck } from '../define-check.ts';
import { scriptedModels } from '../fixtures/scripted-models.ts';
import { calibrate } from './calibrate.ts';
import type { CalibrateOptions } from './calibrate.ts';
import { readLabelled } from './read-labelled.ts';

/** Scores a text by the part of it that is the reference. */
const share = defineCheck({
  name: 'share',
  description: '',
  params: z.strictObject({ reference: z.string(), min: z.number().default(0.5) }),
  needs: 'local',
  async score({ text }, { reference, min }) {
    if (text === 'boom') throw new Error('it went off');
    const score = text.includes(reference) ? reference.length / text.length : 0;
    return { score, verdict: score >= min ? 'pass' : 'fail', reason: '' };
  },
});

const rows = [
  { answer: 'aa', golden: 'aa', label: 1 },
  { answer: 'ab', golden: 'b', label: 1 },
  { answer: 'xyz', golden: 'y', label: 0 },
];

function run(given: readonly Json[], options: Partial<CalibrateOptions> = {}) {
  let time = 0;
  const text = given.map((row) => JSON.stringify(row)).join('\n');
  return calibrate(readLabelled([{ name: 'f', lines: text.split('\n') }], { orientation: 'rates' }), {
    check: share,
    params: {},
    orientation: 'rates',
    samples: 20,
    signal: new AbortController().signal,
    now: () => (time += 2),
    ...options,
  });
}

describe('a calibration', () => {
  it('scores each row with what the row offers, and counts time and agreement', async () => {
    expect(await run(rows)).toMatchObject({ n: 3, positives: 2, errors: 0, accuracy: 1, f1: 1, ms_per_row_p50: 2 });
  });

  it('puts the parameters given above those that a row offers', async () => {
    expect(await run(rows, { params: { reference: 'a' } })).toMatchObject({ accuracy: 1 });
    expect(await run(rows, { params: { reference: 'z', min: 0.9 } })).toMatchObject({ recall: 0 });
  });

  it('decides by `min` in place of the verdict when it is given', async () => {
    expect(await run(rows, { min: 0.3 })).toMatchObject({ precision: 2 / 3, threshold: 1 / 3 });
  });

  it('keeps the first reasons of rows that gave no verdict', async () => {
    const failing = [...rows, { answer: 'boom', golden: 'b', label: 0 }];
    expect(await run(failing)).toMatchObject({
      errors: 1,
      error_reasons: ['share could not be carried out: it went off'],
      accuracy: 0.75,
    });
  });

  it('refuses parameters that do not fit before it scores anything', async () => {
    await expect(run(rows, { params: { mni: 1 } })).rejects.toMatchObject({ code: 'CHECK_PARAMS_INVALID' });
    await expect(run([{ text: 'a', label: 1 }])).rejects.toThrow(
      'The parameters of share do not fit (row f:1): reference',
    );
  });

  it('adds up what a model cost, and asks it once a row', async () => {
    let calls = 0;
    const usage = { input_tokens: 1, output_tokens: 1, usd: 0.5, ms: 1, calls: 1 };
    const check: AnyCheck = {
      ...share,
      needs: 'model',
      score: async () => ((calls += 1), { score: 1, verdict: 'pass', reason: '', usage }),
    };
    expect(await run(rows, { check, parallel: 2 })).toMatchObject({ usage: { usd: 1.5, calls: 3 } });
    expect(calls).toBe(3);
  });

  it('asks a model once a row also where a local check was given one', async () => {
    const { models, asked } = scriptedModels(
      ...rows.map(() => ({ verdicts: [{ criterion: 0, met: true, reason: '' }] })),
    );
    await run(rows, { check: correctness(models), params: { model: 'test/judge' } });
    expect(asked).toHaveLength(rows.length);
  });

  it('stops when it is told to', async () => {
    const abort = new AbortController();
    const stopped = run(rows, { signal: abort.signal, onJudged: () => abort.abort(new Error('enough')) });
    await expect(stopped).rejects.toThrow('enough');
  });
});
