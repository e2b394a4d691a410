/**
 * What a variant came to. Repetitions of a row are no rows of their own: they
 * are averaged first, and intervals draw rows anew, never repetitions.
 */
import { addUsage, noUsage } from '@telos/core';
import type { Usage } from '@telos/core';
import { intervalsOf } from '../calibration/bootstrap.ts';
import { byRow, meanOf } from './trial.ts';
import type { Trial } from './trial.ts';

export type Interval = readonly [low: number, high: number];

export type VariantSummary = {
  readonly variant: string;
  readonly trials: number;
  readonly rows: number;
  /** Mean over the rows, in [0, 1]; null without any, as its interval is. */
  readonly score: number | null;
  /** Part of the trials that passed, averaged over the rows. */
  readonly pass_rate: number | null;
  /** 95 %, by the bootstrap over rows; null for fewer than two rows, which tell nothing of others. */
  readonly intervals: { readonly score: Interval | null; readonly pass_rate: Interval | null };
  /** Trials whose run did not succeed. */
  readonly failed: number;
  /** Trials of which a check could give no verdict; it counts as 0 and as not passed. */
  readonly without_verdict: number;
  /** Of the runs, all together. */
  readonly usage: Usage;
  /** Of the checks, all together. */
  readonly judging: Usage;
  readonly ms_p50: number | null;
  readonly ms_p95: number | null;
  readonly checks: {
    readonly [check: string]: { readonly score: number; readonly pass_rate: number; readonly trials: number };
  };
};

/** @param trials Those of this variant; their order does not matter for anything but the order of `checks`. */
export function summarise(variant: string, trials: readonly Trial[]): VariantSummary {
  const rows = [...byRow(trials).values()].map((each) => ({
    score: meanOf(each.map(({ score }) => score)),
    pass_rate: meanOf(each.map(({ passed }) => (passed ? 1 : 0))),
  }));
  const figures = (weights: Float64Array) => ({
    score: weighted(rows, weights, ({ score }) => score),
    pass_rate: weighted(rows, weights, ({ pass_rate }) => pass_rate),
  });
  const intervals = rows.length < 2 ? { score: null, pass_rate: null } : intervalsOf(rows.length, figures);
  const times = trials.map(({ ms }) => ms).toSorted((left, right) => left - right);
  const sum = (of: (trial: Trial) => Usage): Usage => trials.reduce((all, trial) => addUsage(all, of(trial)), noUsage);
  return {
    variant,
    trials: trials.length,
    rows: rows.length,
    ...figures(new Float64Array(rows.length).fill(1)),
    intervals,
    failed: trials.filter(({ status }) => status !== 'succeeded').length,
    without_verdict: trials.filter(({ scores }) => scores.some(({ verdict }) => verdict === 'error')).length,
    usage: sum(({ usage }) => usage),
    judging: sum(({ judging }) => judging),
    ms_p50: percentile(times, 0.5),
    ms_p95: percentile(times, 0.95),
    checks: checksOf(trials),
  };
}

function weighted<R>(rows: readonly R[], weights: Float64Array, of: (row: R) => number): number | null {
  let sum = 0;
  let weight = 0;
  for (const [at, row] of rows.entries()) {
    sum += (weights[at] ?? 0) * of(row);
    weight += weights[at] ?? 0;
  }
  return weight === 0 ? null : sum / weight;
}

/** The nearest rank: a time that was really measured. */
function percentile(sorted: readonly number[], part: number): number | null {
  return sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)] ?? null;
}

function checksOf(trials: readonly Trial[]): VariantSummary['checks'] {
  const scores = Map.groupBy(
    trials.flatMap((trial) => trial.scores),
    ({ check }) => check,
  );
  return Object.fromEntries(
    [...scores].map(([check, each]) => [
      check,
      {
        score: meanOf(each.map(({ score }) => score)),
        pass_rate: meanOf(each.map(({ verdict }) => (verdict === 'pass' ? 1 : 0))),
        trials: each.length,
      },
    ]),
  );
}
