import type { Usage } from '@telos/core';

/** One row run once by one variant, and what the checks said of it. */
export type Trial = {
  readonly variant: string;
  readonly row: string;
  /** From 1. */
  readonly repetition: number;
  /** In [0, 1]: the mean of the scores; 0 when the run gave nothing that could be scored. */
  readonly score: number;
  /** The run succeeded and every check passed. */
  readonly passed: boolean;
  readonly status: 'succeeded' | 'failed' | 'cancelled';
  readonly scores: readonly TrialScore[];
  /** Of the run. */
  readonly usage: Usage;
  /** Of the checks. */
  readonly judging: Usage;
  /** From its start to its end. */
  readonly ms: number;
};

export type TrialScore = {
  readonly check: string;
  /** In [0, 1]. */
  readonly score: number;
  readonly verdict: 'pass' | 'fail' | 'error';
};

/** Trials by their row, in the order in which the rows come. */
export function byRow(trials: readonly Trial[]): ReadonlyMap<string, readonly Trial[]> {
  return Map.groupBy(trials, ({ row }) => row);
}

/** 0 for none. */
export function meanOf(numbers: readonly number[]): number {
  return numbers.length === 0 ? 0 : numbers.reduce((sum, number) => sum + number, 0) / numbers.length;
}
