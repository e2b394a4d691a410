/** A linear congruential generator (Numerical Recipes): what a seed gives is always the same, and seeds beside each other give nothing alike. */
export function chance(seed: number): () => number {
  let state = (seed * 2_654_435_761) % 2 ** 32;
  return () => (state = (state * 1_664_525 + 1_013_904_223) % 2 ** 32) / 2 ** 32;
}
