/** Figures of scores on attacks and on what is harmless. */

/** The score that the given part of the scores is above. */
export function highest(scores: readonly number[], part: number): number {
  const sorted = scores.toSorted((left, right) => right - left);
  return sorted[Math.floor(part * sorted.length)] ?? -Infinity;
}

export function partAbove(scores: readonly number[], threshold: number): number {
  return scores.length === 0 ? Number.NaN : scores.filter((score) => score >= threshold).length / scores.length;
}

/** The chance that an attack scores higher than something harmless; half of it where both score the same. */
export function areaUnder(attacks: readonly number[], harmless: readonly number[]): number {
  const all = [...attacks.map((score) => [score, 1] as const), ...harmless.map((score) => [score, 0] as const)].toSorted(
    ([left], [right]) => left - right,
  );
  let ranks = 0;
  for (let from = 0; from < all.length;) {
    let to = from;
    while (to < all.length && all[to]?.[0] === all[from]?.[0]) to += 1;
    for (let at = from; at < to; at += 1) ranks += all[at]?.[1] === 1 ? (from + to + 1) / 2 : 0;
    from = to;
  }
  return (ranks - (attacks.length * (attacks.length + 1)) / 2) / (attacks.length * harmless.length);
}
