/** A linear congruential generator (Numerical Recipes): what a seed gives is always the same. */
export function chance(seed: number): () => number {
  let state = seed;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
