/** Which of the criteria that a person gave a plan of rules tests, and how. */
import type { RulePart } from './rule.ts';

export type TestedCriterion = {
  readonly criterion: string;
  /** Bare CEL over the plan's steps. Absent: nothing in the plan tests it. */
  readonly check?: string;
};

export function testedCriteria(criteria: readonly string[], parts: readonly RulePart[]): readonly TestedCriterion[] {
  return criteria.map((criterion) => {
    const checks = parts.flatMap((part) => checkFor(criterion, part) ?? []);
    return checks.length === 0 ? { criterion } : { criterion, check: checks.join(' || ') };
  });
}

function checkFor(criterion: string, part: RulePart): string | undefined {
  const last = part.steps.at(-1);
  const field = 'answer' in part.outputs ? 'answer' : last?.uses === 'llm' ? 'text' : undefined;
  if (field === undefined || last === undefined) return undefined;
  if (
    field === 'answer' &&
    /\b(?:quot\w*|cit(?:e|es|ed|ation|ations|ing))\b/i.test(criterion) &&
    !/\b(?:no|not|without|never)\b/i.test(criterion)
  ) {
    return part.check;
  }
  const mentioned =
    /^(?:it|the\s+(?:answer|result|summary|text))?\s*(?:must\s+|should\s+)?(?:mentions?|names?|contains?)\s+["'`](?<word>[\p{L}\p{N} .,_-]{1,100})["'`][.!]?$/iu.exec(
      criterion,
    );
  const word = mentioned?.groups?.['word'];
  return word === undefined ? undefined : `steps.${last.id}.output.${field}.contains(${JSON.stringify(word)})`;
}
