import { z } from 'zod';
import { defineCheck } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import { findHiddenText, shownPlainly } from './find-hidden-text.ts';

const Params = z.strictObject({
  min_confidence: z.number().min(0).max(1).default(0.5).describe('Findings of less confidence do not count.'),
  clean: z
    .boolean()
    .default(false)
    .describe('Offer the value as it is read: without what shows nothing, with plain letters.'),
});

/** Score: 1 less the confidence of the surest finding. */
export const hiddenText = defineCheck<z.infer<typeof Params>>({
  name: 'hidden_text',
  description:
    'The text may hold nothing that a reader does not see as it is: invisible and direction characters, tags, terminal codes, letters that pass for others.',
  params: Params,
  needs: 'local',
  catches: 'text that is hidden or disguised',
  offers: { repair: { clean: true } },
  score: (subject, { min_confidence: minConfidence, clean }, context) =>
    runRail(
      subject,
      {
        what: 'hidden or disguised text',
        find: findHiddenText,
        minConfidence,
        allow: [],
        redact: clean,
        asWritten: true,
        mend: shownPlainly,
      },
      context,
    ),
});
