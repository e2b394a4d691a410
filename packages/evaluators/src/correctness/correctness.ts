import { anyJson } from '@telos/core';
import type { Check, Json, Models, Subject, Verdict } from '@telos/core';
import { z } from 'zod';
import { defineCheck, errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { judgeInstead, modelInstead } from '../judge/by-model.ts';
import { questionOf } from '../text/question-of.ts';
import { likelihood, rowOf } from '../trees/boosted-trees.ts';
import { abstains } from './abstention.ts';
import { answerFeatures, longestAnswer } from './answer-features.ts';
import type { AnswerFeatures } from './answer-features.ts';
import { answerTokens } from './answer-tokens.ts';
import { correctnessModel } from './correctness-model.ts';

const Params = z.strictObject({
  reference: anyJson.describe(
    'The right answer. Of a list each is right by itself, unless `match` is all. An empty list: there is no answer.',
  ),
  match: z.enum(['any', 'all']).default('any').describe('all: the answer must give everything in the list.'),
  model: modelInstead,
  min: z.number().min(0).max(1).default(0.5).describe('The score that passes, inclusive.'),
});
type Params = z.infer<typeof Params>;

const rubric = [
  'The answer gives the same answer to the task as the reference does, whatever the wording; of a list of references one is enough. More detail is no fault unless it contradicts the reference.',
];
const rubricOfAll = [
  'The answer gives everything that the list of references names, whatever the wording and the order.',
];

/**
 * Whether an answer is right, given the right answer. The local form compares
 * words, numbers and dates, and weighs them by a small model that was trained
 * on answers which people judged; it knows nothing of the world.
 */
export function correctness(models: Models): Check<Params> {
  const judged = judgeInstead(models);
  return defineCheck<Params>({
    name: 'correctness',
    description: 'Whether the output gives the right answer, compared with a reference.',
    params: Params,
    needs: 'local',
    async score(subject, params, context) {
      const { model, reference, match, min } = params;
      if (model === undefined) return compared(subject, params);
      return judged(subject, { model, reference, rubric: match === 'all' ? rubricOfAll : rubric, min }, context);
    },
  });
}

function compared({ text, input }: Subject, { reference, match, min }: Params): Verdict {
  if (text.trim() === '') return { score: 0, verdict: 'fail', reason: 'The output is empty.' };
  const references = referencesOf(reference);
  if (references === undefined)
    return errorVerdict(
      'The local form compares with text, a number or a list of these; for other references give `model`.',
    );
  const question = questionOf(input);
  if (references.every((each) => noAnswer.test(each.trim()))) {
    const score = givesNone(text) ? 1 : 0;
    return verdict(
      score,
      min,
      score === 1 ? 'There is no answer, and the output gives none.' : 'There is no answer, and the output gives one.',
    );
  }
  if (match === 'any') return best(question, references, text, min);
  const all = references.map((each) => best(question, [each], text, min));
  const missing = references.filter((_, at) => (all[at]?.score ?? 0) < 0.5);
  const score = all.reduce((least, each) => Math.min(least, each.score), 1);
  const reason =
    missing.length === 0
      ? 'The output gives everything in the list.'
      : `The output does not give ${missing
          .slice(0, 5)
          .map((each) => quoted(each))
          .join(', ')}.`;
  return verdict(score, min, reason);
}

function best(question: string, references: readonly string[], text: string, min: number): Verdict {
  const features = answerFeatures(question, references, text);
  const [given, wanted] = [answerTokens(text), references.map((each) => answerTokens(each).join(' '))];
  const shown = quoted(references[0] ?? '');
  if (wanted.includes(given.join(' '))) return verdict(1, min, `The output is the reference ${shown}.`, features);
  const bare = references
    .map((each) => yesOrNo.exec(each.trim())?.[1]?.toLowerCase())
    .find((each) => each !== undefined);
  if (bare !== undefined && references.length === 1) return ofYesOrNo(bare, text, min);
  if (features.negated === 1) return verdict(0.1, min, `The output denies ${shown}.`, features);
  const score = likelihood(correctnessModel, rowOf(correctnessModel, features));
  const found = `${Math.round(features.recall_new * 100)}% of what ${shown} says beyond the question is in the output`;
  return verdict(score, min, `${found} (local check).`, features);
}

const noAnswer = /^(?:no answer|unanswerable|not answerable|n\/a|none|unknown|no information|)\.?$/i;
const yesOrNo = /^(yes|no|true|false)\.?$/i;
const positive = new Set(['yes', 'true']);

function ofYesOrNo(wanted: string, text: string, min: number): Verdict {
  const said =
    /^[^\p{L}]{0,20}(?:(?:the answer is|answer|it is|that is|this is)[\s:]{1,5})?(yes|no|true|false|yeah|nope|correct|incorrect|wrong)\b/iu
      .exec(text.trim())?.[1]
      ?.toLowerCase() ?? inShort(text);
  if (said === undefined) return verdict(0.2, min, `The output does not say ${wanted} plainly.`);
  const isYes = ['yes', 'true', 'yeah', 'correct'].includes(said);
  return verdict(isYes === positive.has(wanted) ? 1 : 0, min, `The output says ${said}; the reference, ${wanted}.`);
}

/** `It is.`, `They did not.`: nothing else than yes or no. */
function inShort(text: string): string | undefined {
  const said =
    /^\s*(?:it|he|she|they|that|this|there|i|we|you) (?:is|was|are|were|am|do|does|did|can|could|has|have|had|will|would|should)(?<denies> ?n['’]?o?t)?\s*[.!]?\s*$/i.exec(
      text,
    );
  if (said === null) return undefined;
  return said.groups?.['denies'] === undefined ? 'yes' : 'no';
}

function givesNone(text: string): boolean {
  return noAnswer.test(text.trim()) || abstains(text.slice(0, longestAnswer));
}

function verdict(score: number, min: number, reason: string, features?: AnswerFeatures): Verdict {
  const told = ['recall_new', 'whole', 'likeness', 'numbers_missing', 'abstains'] as const;
  const evidence = features === undefined ? {} : Object.fromEntries(told.map((name) => [name, features[name]]));
  return { score, verdict: verdictOf(score, min), reason, evidence: { method: 'local', ...evidence } };
}

/** Undefined when a reference is neither text, number, truth value nor a list of these. */
function referencesOf(reference: Json): readonly string[] | undefined {
  if (reference === null) return [];
  const list: readonly Json[] = Array.isArray(reference) ? reference : [reference];
  const texts = list.flatMap((each) => {
    if (typeof each === 'boolean') return each ? ['yes'] : ['no'];
    return typeof each === 'string' || typeof each === 'number' ? [String(each)] : [];
  });
  return texts.length === list.length ? texts : undefined;
}
