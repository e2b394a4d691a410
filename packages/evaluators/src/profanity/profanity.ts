import { z } from 'zod';
import { defineCheck } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import { createMemory } from '../remember.ts';
import { createProfanityFinder } from './find-profanity.ts';
import { profanity as lists } from './words.ts';

const languages = Object.keys(lists) as [string, ...string[]]; // the keys of a list that is not empty
const list = z.array(z.string().trim().min(1).max(40)).max(5000).default([]);
const Params = z.strictObject({
  level: z
    .enum(['strong', 'mild'])
    .default('strong')
    .describe('strong: vulgar words and slurs. mild: also what is said on television.'),
  languages: z.array(z.enum(languages)).min(1).optional().describe('Default: all that there is a list for.'),
  words: list.describe('Further words to catch.'),
  allow: list.describe('Exactly these are no findings.'),
  redact: z.boolean().default(false).describe('Offer the text with placeholders in place of the words.'),
});

const remember = createMemory<ReturnType<typeof createProfanityFinder>>(16);

/** Score: 1 less the confidence of the surest finding. */
export const profanity = defineCheck<z.infer<typeof Params>>({
  name: 'profanity',
  description: 'No coarse word or slur in the text, by lists in ten languages, whole words only.',
  params: Params,
  needs: 'local',
  catches: 'coarse words and slurs',
  offers: { redact: { redact: true } },
  score(subject, { level, languages: wanted, words, allow, redact }, context) {
    const find = remember(JSON.stringify([wanted, level, words]), () => createProfanityFinder(wanted, level, words));
    return runRail(subject, { what: 'coarse words', find, minConfidence: 0, allow, redact }, context);
  },
});
