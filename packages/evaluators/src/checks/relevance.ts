import type { Check, Models, Subject, Verdict } from '@telos/core';
import { z } from 'zod';
import { abstains } from '../correctness/abstention.ts';
import { defineCheck, errorVerdict, verdictOf } from '../define-check.ts';
import { judgeInstead, modelInstead } from '../judge/by-model.ts';
import { questionOf } from '../text/question-of.ts';
import { contentTerms, termsOf } from '../text/terms.ts';

const Params = z.strictObject({
  question: z.string().min(1).max(20_000).optional().describe('What was asked; without it, the input of the step.'),
  model: modelInstead,
  min: z.number().min(0).max(1).default(0.5).describe('The score that passes, inclusive.'),
});

const rubric = ['The answer is about what the task asks, and answers it rather than something else or nothing.'];
/** In UTF-16 units: what is about the question says so early. */
const longest = 20_000;
/** An answer of so few words may give the thing asked for and nothing else. */
const fewWords = 8;

/**
 * Whether an output is about what was asked. The local form looks for the words
 * of the question and for the kind of thing asked for; a bare answer it can only
 * judge by its kind.
 */
export function relevance(models: Models): Check<z.infer<typeof Params>> {
  const judged = judgeInstead(models);
  return defineCheck<z.infer<typeof Params>>({
    name: 'relevance',
    description: 'Whether the output is about what was asked.',
    params: Params,
    needs: 'local',
    async score(subject, { question, model, min }, context) {
      if (model === undefined) return compared(subject, question ?? questionOf(subject.input), min);
      const asked = question === undefined ? subject : { ...subject, input: question };
      return judged(asked, { model, rubric, min }, context);
    },
  });
}

function compared({ text }: Subject, question: string, min: number): Verdict {
  if (text.trim() === '') return { score: 0, verdict: 'fail', reason: 'The output is empty.' };
  const asked = [
    ...new Map(contentTerms(termsOf(question.slice(0, longest))).map((term) => [term.form, term])).values(),
  ];
  if (asked.length === 0) return errorVerdict('There is no question to compare the output with: give `question`.');
  const terms = termsOf(text.slice(0, longest));
  const forms = new Set(contentTerms(terms).map(({ form }) => form));
  const missing = asked.filter(({ form }) => !forms.has(form));
  const share = 1 - missing.length / asked.length;
  const isOfKind = kindOf(question)?.(text);
  const declines = abstains(text.slice(0, 2000));
  const bare = terms.length <= fewWords && isOfKind !== false ? 0.5 : 0;
  const kind = isOfKind === true ? 0.15 : isOfKind === false ? -0.15 : 0;
  const score = Math.max(0, Math.min(1, Math.max(bare, Math.sqrt(share) * 0.85) + kind - (declines ? 0.3 : 0)));
  const words = missing.slice(0, 4).map(({ written }) => written);
  const about = `${asked.length - missing.length} of ${asked.length} words of the question are taken up${words.length === 0 ? '' : `, not ${words.join(', ')}`}`;
  return {
    score,
    verdict: verdictOf(score, min),
    reason: `${about}${isOfKind === false ? '; what was asked for is not of the kind given' : ''}${declines ? '; the output declines to answer' : ''} (local check).`,
    evidence: { method: 'local', share: Math.round(share * 100) / 100, abstains: declines },
  };
}

/** Tells whether a text gives the kind of thing that a question asks for; undefined when the question does not show the kind. */
function kindOf(question: string): ((text: string) => boolean) | undefined {
  const asked = question.toLowerCase();
  const number =
    /\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|hundred|thousand|million|none|no)\b/i;
  if (/\bhow (?:many|much|old|long|far|tall|big|often)\b/.test(asked)) return (text) => number.test(text);
  if (/\bwhen\b|\bwhat (?:year|date|day|time)\b/.test(asked)) {
    return (text) =>
      number.test(text) ||
      /\b(?:january|february|march|april|may|june|july|august|september|october|november|december|monday|tuesday|wednesday|thursday|friday|saturday|sunday|today|tomorrow|yesterday|century|after|before|during|since|until)\b/i.test(
        text,
      );
  }
  if (/^\s*who\b|\bwhose\b/.test(asked))
    return (text) => /\p{Lu}/u.test(text) || /\b(?:he|she|they|people|group)\b/i.test(text);
  return undefined;
}
