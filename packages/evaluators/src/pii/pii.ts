import { z } from 'zod';
import { defineCheck } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import { loadFindPii } from './find-pii.ts';
import { defaultPiiTypes, piiTypes, placeholderNames } from './pii-types.ts';

const Params = z.strictObject({
  types: z
    .array(z.enum(piiTypes))
    .min(1)
    .max(100)
    .optional()
    .describe('Only these; absent: all but PERSON and DATE_TIME.'),
  names: z.boolean().default(false).describe("People's names too."),
  country: z
    .string()
    .regex(/^[A-Z]{2}$/, 'two capital letters, as in ISO 3166')
    .optional()
    .describe('Telephone numbers as dialled in this country are known without a word before them.'),
  min_confidence: z.number().min(0).max(1).default(0.5).describe('Findings of less confidence do not count.'),
  allow: z.array(z.string().min(1)).max(1000).default([]).describe('Exactly these texts are no findings.'),
  redact: z.boolean().default(false).describe('Offer the value with placeholders in place of what was found.'),
});

/** Score: 1 less the confidence of the surest finding. */
export const pii = defineCheck<z.infer<typeof Params>>({
  name: 'pii',
  description:
    'No personal data may stand in the text: addresses, telephone, card, account and identity numbers, dates of birth; names on demand.',
  params: Params,
  needs: 'local',
  catches: 'personal data',
  offers: { redact: { redact: true } },
  restorable: true,
  async score(
    subject,
    { types = defaultPiiTypes, names, country, min_confidence: minConfidence, allow, redact },
    context,
  ) {
    const find = await loadFindPii({ types: new Set(names ? [...types, 'PERSON'] : types), country });
    const rail = { what: 'personal data', find, placeholders: placeholderNames, minConfidence, allow, redact };
    return runRail(subject, rail, context);
  },
});
