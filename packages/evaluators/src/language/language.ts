import type { Json } from '@telos/core';
import { z } from 'zod';
import { defineCheck, quoted, verdictOf } from '../define-check.ts';
import { languagesIn } from './languages-in.ts';

const code = z.string().regex(/^[a-z]{2}$/, 'expected a two-letter code like en');
const Params = z.strictObject({
  allow: z.array(code).min(1).max(60).describe('Languages that the text may be in: en, de, ja.'),
  min: z.number().min(0).max(1).default(0.8).describe('The part of the text, by letters, that must be in one of them.'),
});

/**
 * Score: the part of the letters that stand in pieces of an allowed language.
 * Code, addresses and pieces too short to tell are left out; a text of nothing
 * else passes.
 */
export const language = defineCheck<z.infer<typeof Params>>({
  name: 'language',
  description: 'Which languages the text may be in, piece by piece.',
  params: Params,
  needs: 'local',
  catches: 'texts in another language',
  async score({ text }, { allow, min }, { signal }) {
    const pieces = await languagesIn(text, signal);
    const told = pieces.filter((piece) => piece.language !== undefined);
    if (told.length === 0) return { score: 1, verdict: 'pass', reason: 'The text is too short to tell its language.' };
    const letters: { [language: string]: number } = {};
    let [inside, all] = [0, 0];
    for (const piece of told) {
      letters[piece.language ?? ''] = (letters[piece.language ?? ''] ?? 0) + piece.letters;
      all += piece.letters;
      if (isAmong(piece.likely, allow)) inside += piece.letters;
    }
    const score = inside / all;
    const verdict = verdictOf(score, min);
    const stranger = told.find((piece) => !isAmong(piece.likely, allow));
    return {
      score,
      verdict,
      reason:
        stranger === undefined || verdict === 'pass'
          ? `The text is in ${allow.join(' or ')}, as wanted.`
          : `${Math.round((1 - score) * 100)}% of the text is not in ${allow.join(' or ')}; ${quoted(stranger.text)} looks like ${stranger.language ?? ''}.`,
      evidence: { letters: letters as Json },
    };
  },
});

/** Languages that letters alone hardly tell apart count for one another. */
const alike: readonly (readonly string[])[] = [
  ['id', 'ms'],
  ['hr', 'sr', 'bs'],
  ['da', 'no', 'nb'],
  ['cs', 'sk'],
];

function isAmong(likely: readonly string[], allow: readonly string[]): boolean {
  return likely.some(
    (each) =>
      allow.includes(each) ||
      alike.some((group) => group.includes(each) && group.some((other) => allow.includes(other))),
  );
}
