import { z } from 'zod';
import { defineCheck } from '../define-check.ts';
import { runRail } from '../findings/rail-check.ts';
import { findSecrets } from './find-secrets.ts';

const Params = z.strictObject({
  min_confidence: z.number().min(0).max(1).default(0.5).describe('Findings of less confidence do not count.'),
  allow: z.array(z.string().min(1)).max(1000).default([]).describe('Exactly these texts are no secrets.'),
  redact: z.boolean().default(false).describe('Offer the value with placeholders in place of the secrets.'),
});

/** Score: 1 less the confidence of the surest finding. */
export const secrets = defineCheck<z.infer<typeof Params>>({
  name: 'secrets',
  description: 'No password, token or private key may stand in the text.',
  params: Params,
  needs: 'local',
  catches: 'passwords, tokens and keys',
  offers: { redact: { redact: true } },
  restorable: true,
  score: (subject, { min_confidence: minConfidence, allow, redact }, context) =>
    runRail(subject, { what: 'secrets', find: findSecrets, minConfidence, allow, redact }, context),
});
