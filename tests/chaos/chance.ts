/** A linear congruential generator (Numerical Recipes): the moments of a seed are always the same. */
export function chance(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
