import type { Ranked } from './lexical-search.ts';

/** Damps the first ranks; 60 is the authors' choice. */
const damping = 60;

/**
 * Joins rankings whose scores cannot be compared by their ranks alone
 * (Cormack, Clarke, Büttcher, "Reciprocal rank fusion", SIGIR 2009). One list
 * that is not empty keeps its own scores.
 *
 * @returns Best first, scores in (0, 1], the best 1.
 */
export function fuseRanks(lists: readonly (readonly Ranked[])[]): readonly Ranked[] {
  const filled = lists.filter((list) => list.length > 0);
  const scores = new Map<number, number>();
  for (const list of filled) {
    for (const [rank, { id, score }] of list.entries()) {
      const share = filled.length === 1 ? score : 1 / (damping + rank + 1);
      scores.set(id, (scores.get(id) ?? 0) + share);
    }
  }
  const best = Math.max(...scores.values());
  return [...scores]
    .map(([id, score]) => ({ id, score: score / best }))
    .sort((left, right) => right.score - left.score || left.id - right.id);
}
