import { noUsage } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { compare } from './compare.ts';
import { summarise } from './summarise.ts';
import type { Trial } from './trial.ts';

function trial(variant: string, row: number, score: number, more: Partial<Trial> = {}): Trial {
  const verdict = score >= 0.5 ? 'pass' : 'fail';
  return {
    variant,
    row: `row${row}`,
    repetition: 1,
    score,
    passed: score >= 0.5,
    status: 'succeeded',
    scores: [{ check: 'right', score, verdict }],
    usage: { ...noUsage, usd: 0.01, input_tokens: 10 },
    judging: noUsage,
    ms: 100 * (row + 1),
    ...more,
  };
}

const trials = (variant: string, scores: readonly number[]): readonly Trial[] =>
  scores.map((score, row) => trial(variant, row, score));

describe('the summary of a variant', () => {
  it('has the means, the sums and times that were really measured', () => {
    const summary = summarise('a', trials('a', [1, 0.5, 0, 1]));
    expect(summary).toMatchObject({ trials: 4, rows: 4, score: 0.625, pass_rate: 0.75, failed: 0, without_verdict: 0 });
    expect(summary.usage).toMatchObject({ usd: 0.04, input_tokens: 40 });
    expect([summary.ms_p50, summary.ms_p95]).toEqual([200, 400]);
    expect(summary.checks['right']).toEqual({ score: 0.625, pass_rate: 0.75, trials: 4 });
  });

  it('counts a row once however often it was repeated', () => {
    const repeated = [1, 2, 3].map((repetition) => trial('a', 0, 1, { repetition }));
    expect(summarise('a', [...repeated, trial('a', 1, 0)])).toMatchObject({ trials: 4, rows: 2, score: 0.5 });
  });

  it('has an interval that holds the mean, narrower with more rows, the same each time', () => {
    const of = (rows: number) =>
      summarise(
        'a',
        trials(
          'a',
          Array.from({ length: rows }, (_, row) => (row % 4 === 0 ? 0 : 1)),
        ),
      ).intervals.score;
    const [few, many] = [of(8), of(200)];
    expect(few?.[0]).toBeLessThan(0.75);
    expect(few?.[1]).toBeGreaterThan(0.75);
    expect((many?.[1] ?? 0) - (many?.[0] ?? 0)).toBeLessThan((few?.[1] ?? 0) - (few?.[0] ?? 0));
    expect(of(8)).toEqual(few);
  });

  it('claims no interval from a single row, and no figure from none', () => {
    expect(summarise('a', trials('a', [1])).intervals).toEqual({ score: null, pass_rate: null });
    expect(summarise('a', [])).toMatchObject({ trials: 0, score: null, pass_rate: null, ms_p50: null });
  });

  it('tells runs that failed and checks without a verdict', () => {
    const failed = trial('a', 0, 0, { status: 'failed', scores: [] });
    const unclear = trial('a', 1, 0, { scores: [{ check: 'right', score: 0, verdict: 'error' }] });
    expect(summarise('a', [failed, unclear])).toMatchObject({ failed: 1, without_verdict: 1 });
  });
});

describe('the comparison of two variants', () => {
  it('is of the same rows alone', () => {
    const both = [...trials('a', [0.2, 0.4]), ...trials('b', [0.6, 0.8, 1])];
    const compared = compare('b', 'a', both);
    expect(compared).toMatchObject({ rows: 2, wins: 2, ties: 0, losses: 0 });
    expect(compared.score.difference).toBeCloseTo(0.4);
  });

  it('finds a small difference that every row shows, under a spread between rows that is far larger', () => {
    const scores = Array.from({ length: 12 }, (_, row) => row / 12);
    const better = scores.map((score) => Math.min(1, score + 0.05));
    const { score } = compare('b', 'a', [...trials('a', scores), ...trials('b', better)]);
    expect(score.significant).toBe(true);
    expect(score.interval?.[0]).toBeGreaterThan(0);
    expect(score.p).toBeCloseTo(2 / 2 ** 12);
  });

  it('calls a handful of rows no proof, even when all agree', () => {
    const { score } = compare('b', 'a', [...trials('a', [0, 0, 0, 0]), ...trials('b', [1, 1, 1, 1])]);
    expect(score).toEqual({ difference: 1, interval: [1, 1], p: 0.125, significant: false });
  });

  it('does not call equal variants different', () => {
    const scores = [0.1, 0.9, 0.5, 0.3, 0.7, 0.2];
    const { score, ties } = compare('b', 'a', [...trials('a', scores), ...trials('b', scores)]);
    expect({ score, ties }).toEqual({
      score: { difference: 0, interval: [0, 0], p: 1, significant: false },
      ties: 6,
    });
  });

  it('errs in few of many experiments between variants that are the same', () => {
    const draws = Array.from({ length: 100 }, (_, seed) => {
      const at = (row: number, salt: number): number => (Math.sin((seed + 1) * 97 + row * 31 + salt * 57) + 1) / 2;
      const scores = (salt: number) => Array.from({ length: 16 }, (_row, row) => at(row, salt));
      return compare('b', 'a', [...trials('a', scores(1)), ...trials('b', scores(2.3))]).score.significant;
    });
    expect(draws.filter((significant) => significant).length).toBeLessThanOrEqual(12);
  });

  it('weighs repetitions of a row as one row', () => {
    const often = [1, 2, 3, 4, 5, 6, 7, 8].map((repetition) => trial('b', 0, 1, { repetition }));
    expect(compare('b', 'a', [trial('a', 0, 0), ...often]).score).toMatchObject({ difference: 1, significant: false });
  });

  it('has no figures where no row is shared', () => {
    expect(compare('b', 'a', trials('a', [1])).score).toEqual({
      difference: null,
      interval: null,
      p: null,
      significant: false,
    });
  });
});
