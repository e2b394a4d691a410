/** Scores by models that have not seen what they score. */
import type { Bag } from './bag.ts';
import { fitHead, scoreOf } from './fit-head.ts';
import type { FitOptions } from './fit-head.ts';

const folds = 3;

/** Each bag's score by a model that learned from the other folds; a group (a line, a category, a kind) is in one fold. */
export function outOfFold(bags: readonly Bag[], options: FitOptions): readonly number[] {
  const scores = bags.map(() => 0);
  for (let fold = 0; fold < folds; fold += 1) {
    const fit = fitHead(
      bags.filter((bag) => foldOf(bag) !== fold),
      options,
    );
    for (const [at, bag] of bags.entries()) if (foldOf(bag) === fold) scores[at] = scoreOf(bag, fit);
  }
  return scores;
}

function foldOf({ example }: Bag): number {
  let hash = 7;
  for (const sign of example.group) hash = (Math.imul(hash, 31) + (sign.codePointAt(0) ?? 0)) >>> 0;
  return hash % folds;
}
