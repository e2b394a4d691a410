import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json, Verdict } from '@telos/core';
import { subjectOf } from '../fixtures/score.ts';
import { intervalsOf } from './bootstrap.ts';
import type { Label } from './labelled-case.ts';
import { measure } from './measure.ts';
import type { Judged, MeasureOptions } from './measure.ts';
import { rankCorrelationOf } from './rank-correlation.ts';
import { separationOf } from './separation.ts';

const rates: MeasureOptions = { orientation: 'rates', samples: 50 };
const catches: MeasureOptions = { orientation: 'catches', samples: 50 };

function judged(label: Label, verdict: Partial<Verdict>, value: Json = 'x'): Judged {
  return {
    case: { id: 'r', subject: subjectOf(value), label, offers: {} },
    verdict: { score: 0, verdict: 'fail', reason: '', ...verdict },
  };
}

const row = (positive: boolean, score: number, min = 0.5): Judged =>
  judged({ kind: 'class', positive }, { score, verdict: score >= min ? 'pass' : 'fail' });

describe('a measurement of two classes', () => {
  // 3 right of 4 called, 3 of 5 found: precision 3/4, recall 3/5.
  const rows = [
    ...[0.9, 0.8, 0.7, 0.4, 0.1].map((score) => row(true, score)),
    ...[0.6, 0.3, 0.2, 0.2, 0.1].map((score) => row(false, score)),
  ];

  it('counts by the verdicts of the check, and tells the threshold that they follow', () => {
    expect(measure(rows, rates)).toMatchObject({
      n: 10,
      positives: 5,
      threshold: 0.6,
      precision: 0.75,
      recall: 0.6,
      f1: 2 / 3,
      accuracy: 0.7,
      balanced_accuracy: 0.7,
      kappa: expect.closeTo(0.4),
      spearman: null,
    });
  });

  it('counts by a threshold when it is given one, inclusive', () => {
    expect(measure(rows, { ...rates, threshold: 0.4 })).toMatchObject({ threshold: 0.4, precision: 0.8, recall: 0.8 });
  });

  it('takes the area under the curve from pairs, a tie for half', () => {
    const pairs = [0.9, 0.8, 0.7, 0.4, 0.1].flatMap((p) =>
      [0.6, 0.3, 0.2, 0.2, 0.1].map((q): number => (p > q ? 1 : p === q ? 0.5 : 0)),
    );
    expect(measure(rows, rates).auc).toBeCloseTo(pairs.reduce((a, b) => a + b) / 25);
  });

  it('takes 1 - score for a check that catches, whose label 1 is what should not pass', () => {
    const risky = rows.map(({ case: { label }, verdict }) =>
      judged(label, { ...verdict, score: 1 - verdict.score, verdict: verdict.verdict === 'pass' ? 'fail' : 'pass' }),
    );
    const { threshold, ...figures } = measure(risky, catches);
    expect(threshold).toBeCloseTo(0.6);
    expect(figures).toEqual((({ threshold: _, ...rest }) => rest)(measure(rows, rates)));
  });

  it('allows no false positive at 1 % of fewer than a hundred negatives', () => {
    expect(measure(rows, rates)).toMatchObject({ recall_at_fpr_01: 0.6, recall_at_fpr_03: 0.6 });
  });

  it('counts a row without a verdict as judged wrongly, whatever its label', () => {
    const right = [row(true, 0.9), row(false, 0.1)];
    expect(measure(right, rates)).toMatchObject({ accuracy: 1, auc: 1 });
    for (const positive of [true, false]) {
      const failed = judged({ kind: 'class', positive }, { score: 0, verdict: 'error' });
      for (const options of [rates, catches]) {
        expect(measure([...right, failed], { ...options, threshold: 0.5 }).accuracy).toBeLessThan(1);
      }
      expect(measure([...right, failed], rates)).toMatchObject({ accuracy: 2 / 3, auc: 0.5 });
    }
  });

  it('has no area and no recall at a rate where there is one class alone', () => {
    expect(measure([row(true, 0.9), row(true, 0.2)], rates)).toMatchObject({
      recall: 0.5,
      auc: null,
      recall_at_fpr_01: null,
      balanced_accuracy: null,
      intervals: { auc: null },
    });
  });
});

describe('a measurement of other labels', () => {
  it('compares preferences of three kinds, and leaves ties out of the area', () => {
    const rows = (['first', 'second', 'tie', 'tie'] as const).map((better, at) =>
      judged({ kind: 'preference', better }, { score: [1, 0, 0.5, 1][at] ?? 0 }),
    );
    expect(measure(rows, rates)).toMatchObject({ accuracy: 0.75, auc: 1, precision: null, balanced_accuracy: 2.5 / 3 });
  });

  it('correlates marks by rank', () => {
    const rows = [1, 2.5, 4, 6].map((rating, at) =>
      judged({ kind: 'rating', rating }, { score: [0.1, 0.2, 0.4, 0.3][at] ?? 0 }),
    );
    expect(measure(rows, rates)).toMatchObject({ spearman: 0.8, f1: null, auc: null });
  });

  it('takes a value as mended when the replacement is the value wanted, or it passed as it was', () => {
    const label: Label = { kind: 'value', value: { a: [1] } };
    const rows = [
      judged(label, { replacement: { a: [1] } }, '{a:[1]}'),
      judged(label, { verdict: 'pass' }, '{"a":[1]}'),
      judged(label, { replacement: { a: [2] } }, '{a:[1'),
      judged(label, { verdict: 'fail' }, '{a'),
    ];
    expect(measure(rows, rates)).toMatchObject({ recall: 0.5, accuracy: 0.5, precision: null });
  });

  it('matches spans by place and type, each once, and tells the types apart', () => {
    const spans = [
      { type: 'EMAIL', start: 0, end: 5 },
      { type: 'EMAIL', start: 10, end: 15 },
      { type: 'PHONE_NUMBER', start: 20, end: 25 },
    ];
    const findings = [
      { type: 'EMAIL', start: 0, end: 5, confidence: 1 },
      { type: 'EMAIL', start: 11, end: 15, confidence: 1 },
      { type: 'PHONE', start: 20, end: 25, confidence: 1 },
      { type: 'NAME', start: 40, end: 45, confidence: 1 },
    ];
    const rows = [
      judged({ kind: 'spans', spans }, { score: 0, evidence: { findings } }),
      judged({ kind: 'spans', spans: [] }, { score: 1, verdict: 'pass', evidence: [] }),
    ];
    const renamed = { ...catches, typeNames: new Map([['PHONE_NUMBER', 'PHONE']]) };
    expect(measure(rows, renamed)).toMatchObject({
      n: 2,
      positives: 3,
      precision: 0.5,
      recall: 2 / 3,
      auc: 1,
      accuracy: 1,
    });
    expect(measure(rows, renamed).types).toMatchObject({
      EMAIL: { positives: 2, precision: 0.5, recall: 0.5, auc: null },
      PHONE: { positives: 1, f1: 1 },
      NAME: { positives: 0, precision: 0, recall: null },
    });
    expect(measure(rows, { ...renamed, matching: 'overlap', types: new Set(['EMAIL']) })).toMatchObject({
      positives: 2,
      f1: 1,
    });
  });
});

describe('the parts of a measurement', () => {
  const scored = fc.array(fc.tuple(fc.integer({ min: 0, max: 20 }), fc.boolean()), { minLength: 1, maxLength: 60 });

  it('weighs a row as if it stood there as often', () => {
    fc.assert(
      fc.property(scored, fc.array(fc.integer({ min: 0, max: 3 }), { minLength: 60, maxLength: 60 }), (rows, times) => {
        const again = rows.flatMap((each, at) => Array.from({ length: times[at] ?? 0 }, () => each));
        const once = (list: readonly (readonly [number, boolean])[]) =>
          [list.map(([s]) => s), list.map(([, p]) => p)] as const;
        const [scores, positives] = once(rows);
        const [repeated, labels] = once(again);
        const ones = again.map(() => 1);
        expect(separationOf(scores, positives, [0.1])(times)).toEqual(separationOf(repeated, labels, [0.1])(ones));
        const left = rankCorrelationOf(scores, positives.map(Number))(times);
        const right = rankCorrelationOf(repeated, labels.map(Number))(ones);
        if (left === null || right === null) expect(left).toBe(right);
        else expect(left).toBeCloseTo(right);
      }),
    );
  });

  it('gives the same intervals every time, around the figure, narrower with more rows', () => {
    const mean = (values: readonly number[]) => (weights: Float64Array) => ({
      mean: values.reduce((sum, value, at) => sum + value * (weights[at] ?? 0), 0) / values.length,
    });
    const of = (rows: number) => {
      const values = Array.from({ length: rows }, (_, at) => at % 2);
      return intervalsOf(rows, mean(values), { samples: 400 }).mean ?? [0, 1];
    };
    expect(of(40)).toEqual(of(40));
    const [low, high] = of(40);
    expect(low).toBeLessThan(0.5);
    expect(high).toBeGreaterThan(0.5);
    // The interval of a mean of 40 coins is about 0.5 +- 2 x 0.079.
    expect(high - low).toBeGreaterThan(0.24);
    expect(high - low).toBeLessThan(0.38);
    const [lower, higher] = of(1000);
    expect(higher - lower).toBeLessThan((high - low) / 3);
  });
});
