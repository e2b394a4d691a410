import { anyJson } from '@telos/core';
import type { Check, Models } from '@telos/core';
import { z } from 'zod';
import { errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { JudgeParams } from '../judge/judge-params.ts';
import { judgingCost } from '../judge/judging-cost.ts';
import { comparePair } from './compare-pair.ts';

const Params = z.strictObject({
  model: JudgeParams.shape.model,
  against: anyJson.describe('The other output.'),
  criteria: z
    .array(z.string().trim().min(1).max(2000))
    .max(20)
    .default([])
    .describe('What makes one better; without them, how well it does the task.'),
  min: z.number().min(0).max(1).default(0.5).describe('0.5: the output must not be worse. 1: it must be better.'),
});

/** Score: 1 when the output is better than the other, 0 when it is worse, 0.5 for a tie, which is also what contradicting answers make. */
export function pairwise(models: Models): Check<z.infer<typeof Params>> {
  return {
    name: 'pairwise',
    description: 'Whether the output is better than another one, as a model judges in both orders.',
    params: Params,
    needs: 'model',
    // Both orders.
    estimate: (subject, params, answerTokens) => judgingCost(models, subject, params, { questions: 2, answerTokens }),
    async score(subject, { model, against, criteria, min }, context) {
      context.signal.throwIfAborted();
      const pair = { first: subject.text, second: against, task: subject.input, criteria };
      const compared = await comparePair(models, model, pair, context);
      if ('problem' in compared) return { ...errorVerdict(compared.problem), usage: compared.usage };
      const { preference, disagreed, reason, usage } = compared;
      const score = { first: 1, second: 0, tie: 0.5 }[preference];
      const said = { first: 'The output is better.', second: 'The other output is better.', tie: 'Neither is better.' }[
        preference
      ];
      const why = disagreed
        ? 'The judge prefers by place, not by content.'
        : reason.trim() === ''
          ? ''
          : quoted(reason, 300);
      return {
        score,
        verdict: verdictOf(score, min),
        reason: `${said} ${why}`.trim(),
        evidence: { model: compared.model, preference, disagreed },
        usage,
      };
    },
  };
}
