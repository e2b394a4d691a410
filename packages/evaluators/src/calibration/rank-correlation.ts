/**
 * Spearman's rank correlation of two lists, equal values sharing their mean
 * rank. Sorted once; each further set of weights costs one pass.
 */
export function rankCorrelationOf(
  left: readonly number[],
  right: readonly number[],
): (weights: ArrayLike<number>) => number | null {
  const leftRanks = ranksOf(left);
  const rightRanks = ranksOf(right);
  return (weights) => {
    const [a, b] = [leftRanks(weights), rightRanks(weights)];
    let [total, meanA, meanB] = [0, 0, 0];
    for (const at of left.keys()) {
      const weight = weights[at] ?? 0;
      total += weight;
      meanA += weight * (a[at] ?? 0);
      meanB += weight * (b[at] ?? 0);
    }
    if (total === 0) return null;
    meanA /= total;
    meanB /= total;
    let [both, squaresA, squaresB] = [0, 0, 0];
    for (const at of left.keys()) {
      const [x, y, weight] = [(a[at] ?? 0) - meanA, (b[at] ?? 0) - meanB, weights[at] ?? 0];
      both += weight * x * y;
      squaresA += weight * x * x;
      squaresB += weight * y * y;
    }
    return squaresA < 1e-9 || squaresB < 1e-9 ? null : both / Math.sqrt(squaresA * squaresB);
  };
}

function ranksOf(values: readonly number[]): (weights: ArrayLike<number>) => Float64Array {
  const order = [...values.keys()].sort((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  return (weights) => {
    const ranks = new Float64Array(values.length);
    let before = 0;
    for (let next = 0; next < order.length;) {
      const start = next;
      const value = values[order[next] ?? 0];
      let weight = 0;
      for (; next < order.length && values[order[next] ?? 0] === value; next += 1)
        weight += weights[order[next] ?? 0] ?? 0;
      for (let at = start; at < next; at += 1) ranks[order[at] ?? 0] = before + (weight + 1) / 2;
      before += weight;
    }
    return ranks;
  };
}
