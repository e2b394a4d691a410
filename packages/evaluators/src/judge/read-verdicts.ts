import { z } from 'zod';
import type { Json } from '@telos/core';
import type { Criterion } from './judge-params.ts';

/** One criterion with what the judge said of it; `met` in [0, 1]. */
export type CriterionVerdict = Criterion & { readonly met: number; readonly reason: string };

/** In UTF-16 units: a judge is asked for a sentence, and is not believed the more for a page. */
const longestReason = 1000;

const Answer = z.object({
  verdicts: z.array(
    z.object({
      criterion: z.int(),
      met: z.union([z.boolean().transform(Number), z.number().min(0).max(1)]),
      reason: z.string(),
    }),
  ),
});

/**
 * Reads a judge's answer: exactly one verdict for each criterion, in any order.
 *
 * @returns The verdicts in the order of the criteria, or what is wrong with the answer, in words for the judge.
 */
export function readVerdicts(
  value: Json | undefined,
  criteria: readonly Criterion[],
): { readonly verdicts: readonly CriterionVerdict[] } | { readonly problem: string } {
  const answer = Answer.safeParse(value);
  if (!answer.success) return { problem: 'the answer is not an object with a list of verdicts of the form asked for' };
  const given = answer.data.verdicts;
  const indexes = given.map(({ criterion }) => criterion);
  const extra = indexes.filter((index) => index < 0 || index >= criteria.length);
  const repeated = indexes.filter((index, at) => indexes.indexOf(index) !== at);
  const missing = [...criteria.keys()].filter((index) => !indexes.includes(index));
  const problems = [
    ...(missing.length > 0 ? [`no verdict for criterion ${missing.join(', ')}`] : []),
    ...(repeated.length > 0 ? [`more than one verdict for criterion ${[...new Set(repeated)].join(', ')}`] : []),
    ...(extra.length > 0 ? [`there is no criterion ${[...new Set(extra)].join(', ')}`] : []),
  ];
  if (problems.length > 0) return { problem: problems.join('; ') };
  const byIndex = new Map(given.map((verdict) => [verdict.criterion, verdict]));
  return {
    verdicts: criteria.map((criterion, index) => ({
      ...criterion,
      met: byIndex.get(index)?.met ?? 0,
      reason: (byIndex.get(index)?.reason ?? '').trim().slice(0, longestReason).toWellFormed(),
    })),
  };
}

/** The mean of `met`, weighted; in [0, 1]. */
export function weightedMean(verdicts: readonly CriterionVerdict[]): number {
  const weight = verdicts.reduce((sum, each) => sum + each.weight, 0);
  return verdicts.reduce((sum, each) => sum + each.weight * each.met, 0) / weight;
}
