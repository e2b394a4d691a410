import type { Term } from './terms.ts';

export type Comparison = {
  /** How many terms stand in both, in the same order: the length of the longest common subsequence. */
  inOrder(others: readonly Term[]): number;
  /** Steps for each term of the others. */
  readonly cost: number;
};

/**
 * Compares a sentence with others, all its terms at once: one bit for each, set
 * in `free` until a longer common subsequence can end there (Crochemore et al.
 * 2001). A term of the other sentence costs a few operations on whole numbers.
 */
export function comparisonWith(terms: readonly Term[]): Comparison {
  const places = new Map<string, bigint>();
  for (const [at, { form }] of terms.entries()) places.set(form, (places.get(form) ?? 0n) | (1n << BigInt(at)));
  const all = (1n << BigInt(terms.length)) - 1n;
  return {
    cost: Math.ceil(terms.length / 64),
    inOrder(others) {
      let free = all;
      for (const { form } of others) {
        const held = free & (places.get(form) ?? 0n);
        if (held !== 0n) free = ((free + held) | (free - held)) & all;
      }
      return terms.length - free.toString(2).replaceAll('0', '').length;
    },
  };
}
