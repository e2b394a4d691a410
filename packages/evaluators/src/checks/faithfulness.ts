import { z } from 'zod';
import { defineCheck, quoted, verdictOf } from '../define-check.ts';
import { supportOf } from '../text/claim-support.ts';
import { groundsOf } from '../text/grounds.ts';
import { createPace } from '../text/pace.ts';

export const FaithfulnessParams = z.strictObject({
  against: z
    .json()
    .optional()
    .describe('What the output may lean on; without it, the outputs of the steps that were read.'),
  min: z.number().min(0).max(1).default(0.7).describe('The part of the claims that must be supported.'),
});

/** A sentence that says only that the sources say nothing claims nothing about the world. */
const abstention =
  /^(?:the |these )?(?:given |provided )?(?:sources?|documents?|context|passages?|texts?) (?:do|does|did)(?: not|n['’]t) (?:answer|say|state|mention|contain|cover|give|tell)\b[^.:;,]{0,200}[.!]?$/i;
/** `[1]`, `[guide.md]`; the text of a link stays. */
const citation = /\[([^\][\n]{1,200})\](\([^()\s]{0,500}\))?/g;
const mostEvidence = 50;

/** Score: the part of the sentences that some passage of the sources supports. The local form: see claim-support.ts. */
export const faithfulness = defineCheck<z.infer<typeof FaithfulnessParams>>({
  name: 'faithfulness',
  description:
    'Whether what the output claims is supported by the sources: numbers, names and content words, sentence by sentence.',
  params: FaithfulnessParams,
  needs: 'local',
  async score({ text, sources }, { against, min }, { signal }) {
    if (text.trim() === '')
      return { score: 0, verdict: 'fail', reason: 'The output is empty, so it supports nothing.' };
    const plain = text.replace(citation, (_, inner, link) => (link === undefined ? ' ' : String(inner)));
    const pace = createPace(signal);
    const grounds = await groundsOf(plain, { against, sources }, pace);
    if ('verdict' in grounds) return grounds;

    const claims = [];
    for (const claim of grounds.sentences) {
      const support = abstention.test(claim) ? undefined : await supportOf(claim, grounds.index, pace);
      if (support !== undefined) claims.push({ claim, ...support });
    }
    const evidence = {
      method: 'local',
      claims: claims.slice(0, mostEvidence).map(({ claim, supported, coverage, passage, problem }) => ({
        claim: claim.slice(0, 500).toWellFormed(),
        supported,
        coverage: Math.round(coverage * 100) / 100,
        ...(passage === undefined
          ? {}
          : { passage: passage.text.slice(0, 500).toWellFormed(), source: passage.source }),
        ...(problem === undefined ? {} : { problem }),
      })),
    };
    if (claims.length === 0)
      return {
        score: 1,
        verdict: 'pass',
        reason: 'The output claims nothing that would need support.',
        evidence: { ...evidence, outcome: 'no_claims' },
      };
    const unsupported = claims.filter(({ supported }) => !supported);
    const score = 1 - unsupported.length / claims.length;
    const count = `${claims.length - unsupported.length} of ${claims.length} claims are supported by the sources`;
    const shown = unsupported
      .slice(0, 3)
      .map(({ claim, problem }) => `${quoted(claim)} is not: ${problem ?? 'no passage supports it'}.`);
    return {
      score,
      verdict: verdictOf(score, min),
      reason: unsupported.length === 0 ? `${count} (local check).` : `${count} (local check). ${shown.join(' ')}`,
      evidence,
    };
  },
});
