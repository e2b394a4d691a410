/** Which of the criteria that a person gave a plan of rules tests, and how. */
import type { Json } from '@telos/core';
import type { RulePart } from './rule.ts';

export type JudgedCriteria = {
  /** For the gate of the last step of each part. */
  readonly checks: readonly (readonly Json[])[];
  readonly unchecked: readonly string[];
};

export function judgeCriteria(criteria: readonly string[], parts: readonly RulePart[]): JudgedCriteria {
  const checks: Json[][] = parts.map(() => []);
  const unchecked = criteria.filter((criterion) => {
    let isChecked = false;
    for (const [index, part] of parts.entries()) {
      const found = checkFor(criterion, part);
      if (found === undefined) continue;
      isChecked = true;
      if (found !== 'has') checks[index]?.push(found.check);
    }
    return !isChecked;
  });
  return { checks, unchecked };
}

/** `has`: the part tests this anyway. */
function checkFor(criterion: string, part: RulePart): 'has' | { readonly check: string } | undefined {
  const field = 'answer' in part.outputs ? 'answer' : part.steps.at(-1)?.uses === 'llm' ? 'text' : undefined;
  if (
    field === 'answer' &&
    /\b(?:quot\w*|cit(?:e|es|ed|ation|ations|ing))\b/i.test(criterion) &&
    !/\b(?:no|not|without|never)\b/i.test(criterion)
  ) {
    return 'has';
  }
  const mentioned =
    /^(?:it|the\s+(?:answer|result|summary|text))?\s*(?:must\s+|should\s+)?(?:mentions?|names?|contains?)\s+["'`](?<word>[\p{L}\p{N} .,_-]{1,100})["'`][.!]?$/iu.exec(
      criterion,
    );
  const word = mentioned?.groups?.['word'];
  return field === undefined || word === undefined
    ? undefined
    : { check: `output.${field}.contains(${JSON.stringify(word)})` };
}
