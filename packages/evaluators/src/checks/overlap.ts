import { anyJson } from '@telos/core';
import { z } from 'zod';
import { defineCheck, quoted, verdictOf } from '../define-check.ts';
import { shareOf } from '../text/claim-support.ts';
import { groundsOf } from '../text/grounds.ts';
import { createPace } from '../text/pace.ts';
import { contentTerms, termsOf } from '../text/terms.ts';

const Params = z.strictObject({
  against: anyJson.optional().describe('What to compare with; without it, the outputs of the steps that were read.'),
  min: z.number().min(0).max(1).default(0.5).describe('The part of the content words that must stand in the sources.'),
});

const mostEvidence = 50;

/**
 * Score: the part of the output's content words that the best passage for each
 * sentence holds; long sentences count for more. Word forms are brought
 * together, their order plays no part.
 */
export const overlap = defineCheck<z.infer<typeof Params>>({
  name: 'overlap',
  description: 'How much of what the output says is said in the sources, by content words.',
  params: Params,
  needs: 'local',
  async score({ text, sources }, { against, min }, { signal }) {
    if (text.trim() === '')
      return { score: 0, verdict: 'fail', reason: 'The output is empty, so nothing of it stands in the sources.' };
    const grounds = await groundsOf(text, { against, sources }, createPace(signal));
    if ('verdict' in grounds) return grounds;

    const rows = [];
    for (const sentence of grounds.sentences) {
      const content = contentTerms(termsOf(sentence));
      if (content.length === 0) continue;
      const [best] = (await grounds.index.nearest(content))
        .map((passage) => ({ passage, share: shareOf(content, passage.forms) }))
        .sort((left, right) => right.share - left.share);
      rows.push({ sentence, words: content.length, share: best?.share ?? 0, passage: best?.passage });
    }
    if (rows.length === 0) return { score: 0, verdict: 'fail', reason: 'The output holds no content word.' };
    const words = rows.reduce((sum, row) => sum + row.words, 0);
    const score = rows.reduce((sum, row) => sum + row.words * row.share, 0) / words;
    const percent = Math.round(score * 100);
    const [worst] = rows.filter(({ share }) => share < min).sort((left, right) => left.share - right.share);
    return {
      score,
      verdict: verdictOf(score, min),
      reason:
        `${percent}% of the output's content words stand in the sources` +
        (worst === undefined ? '.' : `; least of all in ${quoted(worst.sentence)}.`),
      evidence: rows.slice(0, mostEvidence).map(({ sentence, share, passage }) => ({
        sentence: sentence.slice(0, 500).toWellFormed(),
        score: Math.round(share * 100) / 100,
        ...(passage === undefined
          ? {}
          : { passage: passage.text.slice(0, 500).toWellFormed(), source: passage.source }),
      })),
    };
  },
});
