import type { Check, Json, Models, Subject, Verdict } from '@telos/core';
import { z } from 'zod';
import { defineCheck, errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { judgeInstead, modelInstead } from '../judge/by-model.ts';
import { questionOf } from '../text/question-of.ts';
import { sentencesOf } from '../text/segments.ts';
import { contentTerms, termsOf } from '../text/terms.ts';

const Params = z.strictObject({
  parts: z
    .array(z.string().trim().min(1).max(2000))
    .min(1)
    .max(50)
    .optional()
    .describe('What must be covered; without it, each question or order in the input of the step.'),
  model: modelInstead,
  min: z.number().min(0).max(1).default(0.8).describe('The part of the parts that must be covered, inclusive.'),
});

/** In UTF-16 units. */
const longest = 400_000;
/** Of a part's words, that must stand in sentences side by side. */
const enough = 0.5;
const window = 3;

/**
 * Score: the part of what was asked that the output covers. The local form
 * takes a part as covered when half of its words stand together in the output.
 */
export function completeness(models: Models): Check<z.infer<typeof Params>> {
  const judged = judgeInstead(models);
  return defineCheck<z.infer<typeof Params>>({
    name: 'completeness',
    description: 'Whether the output covers every part of what was asked.',
    params: Params,
    needs: 'local',
    async score(subject, { parts, model, min }, context) {
      const wanted = parts ?? partsOf(questionOf(subject.input));
      if (wanted.length === 0)
        return errorVerdict('There is nothing to be covered: give `parts`, or a step with an input.');
      if (model === undefined) return compared(subject, wanted, min);
      const rubric = wanted.map((part) => `The answer covers this part of what was asked: ${part.slice(0, 1800)}`);
      return judged(subject, { model, rubric, min }, context);
    },
  });
}

function compared({ text }: Subject, parts: readonly string[], min: number): Verdict {
  if (text.trim() === '') return { score: 0, verdict: 'fail', reason: 'The output is empty.' };
  const sentences = [...sentencesOf(text.slice(0, longest))].map(
    (sentence) => new Set(contentTerms(termsOf(sentence)).map(({ form }) => form)),
  );
  const covered = parts.map((part) => {
    const words = [...new Set(contentTerms(termsOf(part)).map(({ form }) => form))];
    return { part, share: words.length === 0 ? 1 : bestShare(words, sentences) };
  });
  const missing = covered.filter(({ share }) => share < enough);
  const score = 1 - missing.length / parts.length;
  const named = missing.slice(0, 3).map(({ part }) => quoted(part));
  return {
    score,
    verdict: verdictOf(score, min),
    reason: `${parts.length - missing.length} of ${parts.length} parts are covered (local check)${named.length === 0 ? '.' : `; not ${named.join(', ')}.`}`,
    evidence: covered.map(({ part, share }): Json => ({
      part: part.slice(0, 300).toWellFormed(),
      share: Math.round(share * 100) / 100,
    })),
  };
}

/** The greatest part of the words that stands in a few sentences side by side. One pass. */
function bestShare(words: readonly string[], sentences: readonly ReadonlySet<string>[]): number {
  /** In which sentence each word stood last. */
  const last = new Map<string, number>();
  let best = 0;
  for (const [at, sentence] of sentences.entries()) {
    for (const word of words) if (sentence.has(word)) last.set(word, at);
    let near = 0;
    for (const place of last.values()) if (place > at - window) near += 1;
    best = Math.max(best, near);
  }
  return best / words.length;
}

/** The questions, orders and list items of a task; the whole of it when it has but one. */
function partsOf(task: string): readonly string[] {
  const sentences = [...sentencesOf(task.slice(0, 20_000))];
  const pieces = sentences.flatMap((sentence) =>
    sentence.split(
      /(?:;|,?\s+and(?: then| also)?)\s+(?=(?:what|who|when|where|why|how|which|describe|explain|list|give|name|compare|tell|write|say)\b)/i,
    ),
  );
  const asked = pieces.filter((piece) =>
    /\?\s*$|^(?:what|who|when|where|why|how|which|describe|explain|list|give|name|compare|tell|write|say|summari[sz]e|include|mention)\b/i.test(
      piece.trim(),
    ),
  );
  const items = task
    .split('\n')
    .filter((line) => /^\s*(?:[-*+•]|\d{1,3}[.)])\s+\S/.test(line))
    .map((line) => line.replace(/^\s*(?:[-*+•]|\d{1,3}[.)])\s+/, ''));
  const parts = items.length > 1 ? items : asked.length > 0 ? asked : pieces;
  return parts
    .map((part) => part.trim())
    .filter((part) => part !== '')
    .slice(0, 50);
}
