/**
 * Two variants on the same rows. Rows differ far more from each other than
 * variants do, so each row is compared with itself: the figure is the mean of
 * the differences.
 *
 * A difference is called significant when its interval leaves out 0 and the
 * sign-flip test agrees. The interval alone would call two rows that happen to
 * agree a proof; the test knows that signs fall that way by chance.
 */
import { intervalsOf, randomFrom } from '../calibration/bootstrap.ts';
import type { Interval } from './summarise.ts';
import { byRow, meanOf } from './trial.ts';
import type { Trial } from './trial.ts';

export type Difference = {
  /** The variant less the baseline, mean over the shared rows; in [-1, 1]. Null without any. */
  readonly difference: number | null;
  /** 95 %, by the bootstrap over rows; null for fewer than two rows. */
  readonly interval: Interval | null;
  /** Two-sided, of the sign-flip test; 1 where no row differs. */
  readonly p: number | null;
  readonly significant: boolean;
};

export type Comparison = {
  readonly variant: string;
  readonly baseline: string;
  /** Rows that both ran. */
  readonly rows: number;
  readonly score: Difference;
  readonly pass_rate: Difference;
  /** Rows where the variant's score is higher, equal, lower. */
  readonly wins: number;
  readonly ties: number;
  readonly losses: number;
};

/** With so many rows that differ, every way their signs may fall is tried; with more, this many are drawn. */
const mostExact = 14;
const drawn = 10_000;
const significance = 0.05;

/** Rows that only one of the two ran are left out. */
export function compare(variant: string, baseline: string, trials: readonly Trial[]): Comparison {
  const [own, other] = [variant, baseline].map((name) => byRow(trials.filter((trial) => trial.variant === name)));
  const shared = [...(own ?? [])].flatMap(([row, mine]) => {
    const theirs = other?.get(row);
    return theirs === undefined ? [] : [{ mine, theirs }];
  });
  const differencesOf = (of: (trial: Trial) => number): readonly number[] =>
    shared.map(({ mine, theirs }) => settled(meanOf(mine.map(of)) - meanOf(theirs.map(of))));
  const scores = differencesOf(({ score }) => score);
  return {
    variant,
    baseline,
    rows: shared.length,
    score: differenceOf(scores),
    pass_rate: differenceOf(differencesOf(({ passed }) => (passed ? 1 : 0))),
    wins: scores.filter((each) => each > 0).length,
    ties: scores.filter((each) => each === 0).length,
    losses: scores.filter((each) => each < 0).length,
  };
}

/** What rounding leaves of an equal score is no difference. */
function settled(difference: number): number {
  return Math.abs(difference) < 1e-9 ? 0 : difference;
}

function differenceOf(differences: readonly number[]): Difference {
  if (differences.length === 0) return { difference: null, interval: null, p: null, significant: false };
  const interval = intervalOf(differences);
  const p = signFlip(differences);
  const leavesOutZero = interval !== null && (interval[0] > 0 || interval[1] < 0);
  return { difference: meanOf(differences), interval, p, significant: leavesOutZero && p < significance };
}

function intervalOf(differences: readonly number[]): Interval | null {
  if (differences.length < 2) return null;
  const { mean } = intervalsOf(differences.length, (weights) => ({
    mean: differences.reduce((sum, each, at) => sum + each * (weights[at] ?? 0), 0) / differences.length,
  }));
  return mean;
}

/** How often a sum at least as far from 0 comes about when each difference may as well have had the other sign. */
function signFlip(differences: readonly number[]): number {
  const real = differences.filter((each) => each !== 0);
  const least = Math.abs(real.reduce((sum, each) => sum + each, 0)) - 1e-9;
  if (real.length === 0) return 1;
  const isAsFar = (flips: (at: number) => boolean): boolean =>
    Math.abs(real.reduce((sum, each, at) => sum + (flips(at) ? -each : each), 0)) >= least;
  let times = 0;
  if (real.length <= mostExact) {
    const ways = 2 ** real.length;
    for (let way = 0; way < ways; way += 1) if (isAsFar((at) => (way >> at) % 2 === 1)) times += 1;
    return times / ways;
  }
  const random = randomFrom(1);
  for (let draw = 0; draw < drawn; draw += 1) if (isAsFar(() => random() < 0.5)) times += 1;
  return (times + 1) / (drawn + 1);
}
