/**
 * Gradient-boosted trees for two classes, small and deterministic: the same
 * rows give the same trees. For training alone.
 */
import { leafOf } from '../src/trees/boosted-trees.ts';
import type { Tree } from '../src/trees/boosted-trees.ts';

export type TrainOptions = {
  /** How many trees, how deep, and how much of what each says counts. */
  readonly trees: number;
  readonly depth: number;
  readonly rate: number;
  readonly least: number;
  readonly smooth: number;
};

export function trainTrees(
  rows: readonly (readonly number[])[],
  labels: readonly boolean[],
  { trees, depth, rate, least, smooth }: TrainOptions,
): { readonly bias: number; readonly trees: readonly Tree[] } {
  const share = labels.filter(Boolean).length / labels.length;
  const bias = Math.log(share / (1 - share));
  const scores = rows.map(() => bias);
  const grown: Tree[] = [];
  for (let round = 0; round < trees; round += 1) {
    const slopes = scores.map((score, at) => Number(labels[at]) - logistic(score));
    const curves = scores.map((score) => logistic(score) * (1 - logistic(score)));
    const tree = grow([...rows.keys()], depth);
    grown.push(tree);
    for (const [at, row] of rows.entries()) scores[at] = (scores[at] ?? 0) + leafOf(tree, row);

    function grow(members: readonly number[], levels: number): Tree {
      const total = sums(members);
      if (levels === 0 || members.length < 2 * least) return leaf(total);
      let best: { gain: number; feature: number; threshold: number } | undefined;
      for (let feature = 0; feature < (rows[0]?.length ?? 0); feature += 1) {
        const order = members.toSorted((a, b) => (rows[a]?.[feature] ?? 0) - (rows[b]?.[feature] ?? 0));
        let [slope, curve] = [0, 0];
        for (let at = 0; at < order.length - 1; at += 1) {
          const [here, next] = [order[at] ?? 0, order[at + 1] ?? 0];
          slope += slopes[here] ?? 0;
          curve += curves[here] ?? 0;
          const [low, high] = [rows[here]?.[feature] ?? 0, rows[next]?.[feature] ?? 0];
          if (low === high || at + 1 < least || order.length - at - 1 < least) continue;
          const gain = slope ** 2 / (curve + smooth) + (total.slope - slope) ** 2 / (total.curve - curve + smooth);
          if (best === undefined || gain > best.gain + 1e-12) best = { gain, feature, threshold: (low + high) / 2 };
        }
      }
      if (best === undefined || best.gain <= total.slope ** 2 / (total.curve + smooth) + 1e-6) return leaf(total);
      const { feature, threshold } = best;
      const lows = members.filter((at) => (rows[at]?.[feature] ?? 0) < threshold);
      const highs = members.filter((at) => (rows[at]?.[feature] ?? 0) >= threshold);
      return [feature, round4(threshold), grow(lows, levels - 1), grow(highs, levels - 1)];
    }
    function sums(members: readonly number[]): { slope: number; curve: number } {
      return members.reduce(
        (sum, at) => ({ slope: sum.slope + (slopes[at] ?? 0), curve: sum.curve + (curves[at] ?? 0) }),
        { slope: 0, curve: 0 },
      );
    }
    function leaf({ slope, curve }: { slope: number; curve: number }): number {
      return round4((rate * slope) / (curve + smooth));
    }
  }
  return { bias: round4(bias), trees: grown };
}

function logistic(score: number): number {
  return 1 / (1 + Math.exp(-score));
}

function round4(value: number): number {
  return Math.round(value * 10_000) / 10_000;
}
