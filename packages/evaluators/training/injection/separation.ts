/** Figures of scores on attacks and on what is harmless. */
import { separationOf } from '../../src/calibration/separation.ts';

/** The score that the given part of the scores is above. */
export function highest(scores: readonly number[], part: number): number {
  const sorted = scores.toSorted((left, right) => right - left);
  return sorted[Math.floor(part * sorted.length)] ?? -Infinity;
}

export function partAbove(scores: readonly number[], threshold: number): number {
  return scores.length === 0 ? Number.NaN : scores.filter((score) => score >= threshold).length / scores.length;
}

export type Separated = {
  /** The chance that an attack scores higher than something harmless; half of it where both score the same. */
  readonly area: number;
  /** The part of the attacks that is found when 1 % and 3 % of what is harmless is called an attack. */
  readonly at1: number;
  readonly at3: number;
};

export function separated(attacks: readonly number[], harmless: readonly number[]): Separated {
  const scores = [...attacks, ...harmless];
  const isAttack = scores.map((_, at) => at < attacks.length);
  const { auc, recalls } = separationOf(scores, isAttack, [0.01, 0.03])(new Float64Array(scores.length).fill(1));
  return { area: auc ?? Number.NaN, at1: recalls[0] ?? Number.NaN, at3: recalls[1] ?? Number.NaN };
}
