/**
 * Faithfulness as a model sees it: it splits the output into claims and shows
 * for each the passage that supports it. Here each passage is looked for in the
 * sources; one that does not stand there supports nothing, whatever the model
 * says. Without a model the local form compares words.
 */
import type { Check, CheckContext, Json, Models, ModelSpec, Subject, Verdict } from '@telos/core';
import type { z } from 'zod';
import { FaithfulnessParams, faithfulness as local } from '../checks/faithfulness.ts';
import { defineCheck, errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { sourceTexts } from '../text/source-passages.ts';
import type { SourcePassage } from '../text/source-passages.ts';
import { askJudge } from './ask-judge.ts';
import { modelInstead } from './by-model.ts';
import { claimsPrompt, claimsSchema, readClaims } from './claims-prompt.ts';
import type { JudgedClaim } from './claims-prompt.ts';

const Params = FaithfulnessParams.extend({ model: modelInstead });
type Params = z.infer<typeof Params>;
type Checked = JudgedClaim & { readonly source?: string };

/** In UTF-16 units: a longer output is not judged in part. */
const longestAnswer = 60_000;
const shortestPassage = 8;
const longestTold = 1000;

export function faithfulness(models: Models): Check<Params> {
  return defineCheck<Params>({
    ...local,
    description:
      'Whether what the output claims is supported by the sources: claim by claim, by a model that quotes the passage, or by words and numbers.',
    params: Params,
    async score(subject, { model, ...params }, context) {
      if (model === undefined || subject.text.trim() === '') return local.score(subject, params, context);
      const texts = sourceTexts(params.against, subject.sources);
      if (texts.length === 0) return local.score(subject, params, context);
      if (subject.text.length > longestAnswer)
        return errorVerdict(
          `The output is longer than the ${longestAnswer} characters that a model is shown; check its parts one by one, or leave \`model\` out.`,
        );
      return judged(models, { subject, model, params, texts }, context);
    },
  });
}

type Judging = {
  readonly subject: Subject;
  readonly model: ModelSpec;
  readonly params: Omit<Params, 'model'>;
  readonly texts: readonly SourcePassage[];
};

async function judged(models: Models, { subject, model, params, texts }: Judging, context: CheckContext) {
  const find = passageFinder(texts);
  let askedAgain = false;
  const answered = await askJudge<readonly JudgedClaim[]>(
    models,
    {
      model,
      messages: claimsPrompt(subject, params.against ?? subject.sources),
      schema: claimsSchema,
      read(value) {
        const claims = readClaims(value);
        if (claims === undefined) return { problem: 'the answer is not an object with a list of claims of that form' };
        const problem = askedAgain ? undefined : doubtOf(claims, subject.text, find);
        askedAgain = true;
        return problem === undefined ? { answer: claims } : { problem };
      },
      again: 'Give all claims again, with passages copied from the sources word for word.',
      task: 'list the claims in the form asked for',
    },
    context,
  );
  // Words are compared better by the local form than by a model that only compares words.
  if (answered.model?.startsWith('offline/') === true) {
    return { ...(await local.score(subject, params, context)), usage: answered.usage };
  }
  if (!('answer' in answered)) return { ...errorVerdict(answered.reason), usage: answered.usage };
  const claims = answered.answer.map((claim): Checked => {
    const source = claim.supported ? find(claim.passage) : undefined;
    if (source !== undefined) return { ...claim, source };
    return claim.supported
      ? { ...claim, supported: false, reason: 'the passage that was given for it does not stand in the sources' }
      : claim;
  });
  return { ...verdictOn(claims, params.min, answered.model), usage: answered.usage };
}

/** What makes the answer worth asking again: passages that nobody wrote, and no claims in a text that states something. */
function doubtOf(
  claims: readonly JudgedClaim[],
  text: string,
  find: (passage: string) => string | undefined,
): string | undefined {
  const invented = claims.flatMap(({ supported, passage }, at) =>
    supported && find(passage) === undefined ? [at] : [],
  );
  if (invented.length > 0)
    return `the passage of claim ${invented.map((at) => at + 1).join(', ')} does not stand in the sources`;
  if (claims.length === 0 && /\p{L}{3,}.*\d|(?:\p{L}{3,}[^\p{L}]+){6,}/su.test(text))
    return 'no claim is listed; list what the answer states, or give the empty list again when it states nothing';
  return undefined;
}

function verdictOn(claims: readonly Checked[], min: number, model: string): Verdict {
  if (claims.length === 0) {
    return {
      score: 1,
      verdict: 'pass',
      reason: 'The output claims nothing that would need support.',
      evidence: { model, outcome: 'no_claims', claims: [] },
    };
  }
  const unsupported = claims.filter(({ supported }) => !supported);
  const score = 1 - unsupported.length / claims.length;
  const shown = unsupported.slice(0, 3).map(({ claim, reason }) => `${quoted(claim)} is not: ${quoted(reason, 200)}.`);
  return {
    score,
    verdict: verdictOf(score, min),
    reason: [
      `${claims.length - unsupported.length} of ${claims.length} claims are supported by the sources.`,
      ...shown,
    ].join(' '),
    evidence: {
      model,
      outcome: 'claims',
      claims: claims.map(({ claim, supported, passage, source, reason }): Json => ({
        claim: claim.slice(0, longestTold).toWellFormed(),
        supported,
        ...(supported
          ? {
              passage: passage.slice(0, longestTold).toWellFormed(),
              ...(source === undefined ? {} : { source }),
            }
          : { problem: reason.slice(0, longestTold).toWellFormed() }),
      })),
    },
  };
}

/** Says where a passage stands, blanks, case and the style of quotation marks aside. */
function passageFinder(texts: readonly SourcePassage[]): (passage: string) => string | undefined {
  const plain = texts.map(({ source, text }) => ({ source, text: plainOf(text) }));
  return (passage) => {
    const wanted = plainOf(passage).replace(/^[\s"'.…]+|[\s"'.…]+$/g, '');
    if (wanted.length < shortestPassage) return undefined;
    return plain.find(({ text }) => text.includes(wanted))?.source;
  };
}

function plainOf(text: string): string {
  return text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[“”„«»]/g, '"')
    .replace(/[‘’]/g, "'")
    .replace(/\s+/g, ' ');
}
