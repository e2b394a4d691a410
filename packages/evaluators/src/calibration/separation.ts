/**
 * How well scores tell two classes apart, at no threshold in particular: the
 * area under the ROC curve, and the recall that a given part of false positives
 * buys. Equal scores are one step of the curve. Sorted once; each further set
 * of weights (a bootstrap sample) costs one pass.
 */
export type Separation = (weights: ArrayLike<number>) => {
  readonly auc: number | null;
  /** By false-positive rate, in the order asked. */
  readonly recalls: readonly (number | null)[];
};

/** @param rates Greatest parts of the negatives that may be called positive, in [0, 1]. */
export function separationOf(
  scores: readonly number[],
  positives: readonly boolean[],
  rates: readonly number[],
): Separation {
  const order = [...scores.keys()].sort((left, right) => (scores[right] ?? 0) - (scores[left] ?? 0));
  return (weights) => {
    let positive = 0;
    let negative = 0;
    for (const at of order) {
      if (positives[at] === true) positive += weights[at] ?? 0;
      else negative += weights[at] ?? 0;
    }
    if (positive === 0 || negative === 0) return { auc: null, recalls: rates.map(() => null) };
    let [hits, alarms, area] = [0, 0, 0];
    const recalls = rates.map(() => 0);
    for (let next = 0; next < order.length;) {
      const score = scores[order[next] ?? 0];
      let [moreHits, moreAlarms] = [0, 0];
      for (; next < order.length && scores[order[next] ?? 0] === score; next += 1) {
        const at = order[next] ?? 0;
        if (positives[at] === true) moreHits += weights[at] ?? 0;
        else moreAlarms += weights[at] ?? 0;
      }
      area += moreAlarms * (hits + moreHits / 2);
      hits += moreHits;
      alarms += moreAlarms;
      for (const [index, rate] of rates.entries())
        if (alarms <= rate * negative + 1e-9) recalls[index] = hits / positive;
    }
    return { auc: area / (positive * negative), recalls };
  };
}
