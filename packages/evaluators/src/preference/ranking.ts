import { addUsage, anyJson, noUsage } from '@telos/core';
import type { Check, Json, Models, Usage } from '@telos/core';
import { z } from 'zod';
import { errorVerdict, verdictOf } from '../define-check.ts';
import { JudgeParams } from '../judge/judge-params.ts';
import { judgingCost } from '../judge/judging-cost.ts';
import { chanceOf, strengthsOf } from './bradley-terry.ts';
import type { Game } from './bradley-terry.ts';
import { comparePair } from './compare-pair.ts';

const Params = z.strictObject({
  model: JudgeParams.shape.model,
  against: z
    .array(anyJson)
    .min(1)
    .max(9)
    .describe('The other outputs. Each pair of all is compared in both orders: 2 calls a pair.'),
  criteria: z
    .array(z.string().trim().min(1).max(2000))
    .max(20)
    .default([])
    .describe('What makes one better; without them, how well it does the task.'),
  min: z.number().min(0).max(1).default(0.5).describe('The mean chance of beating another that passes.'),
});

/** Pairs compared at once. */
const atOnce = 4;

/** Score: the chance that the output beats another of the outputs, on the mean. */
export function ranking(models: Models): Check<z.infer<typeof Params>> {
  return {
    name: 'ranking',
    description:
      'How the output ranks among others: each pair judged by a model in both orders, strengths with intervals.',
    params: Params,
    needs: 'model',
    // Each pair in both orders.
    estimate: (subject, params, answerTokens) =>
      judgingCost(models, subject, params, {
        questions: params.against.length * (params.against.length + 1),
        answerTokens,
      }),
    async score(subject, { model, against, criteria, min }, context) {
      context.signal.throwIfAborted();
      const outputs: readonly Json[] = [subject.text, ...against];
      const pairs = outputs.flatMap((_, first) =>
        outputs.slice(first + 1).map((__, gap) => ({ first, second: first + 1 + gap })),
      );
      let usage: Usage = noUsage;
      const games: Game[] = [];
      const problems: string[] = [];
      let [next, disagreed] = [0, 0];
      const compareNext = async (): Promise<void> => {
        for (let pair = pairs[next++]; pair !== undefined && problems.length === 0; pair = pairs[next++]) {
          const { first, second } = pair;
          const shown = {
            first: outputs[first] ?? null,
            second: outputs[second] ?? null,
            task: subject.input,
            criteria,
          };
          const compared = await comparePair(models, model, shown, context);
          usage = addUsage(usage, compared.usage);
          if ('problem' in compared) {
            problems.push(compared.problem);
            continue;
          }
          if (compared.disagreed) disagreed += 1;
          games.push({ first, second, score: { first: 1, second: 0, tie: 0.5 }[compared.preference] });
        }
      };
      await Promise.all(Array.from({ length: atOnce }, compareNext));
      const [problem] = problems;
      if (problem !== undefined) return { ...errorVerdict(problem), usage };

      const strengths = strengthsOf(outputs.length, games);
      const own = strengths[0]?.strength ?? 0;
      const score =
        strengths.slice(1).reduce((sum, { strength }) => sum + chanceOf(own - strength), 0) / against.length;
      const rank = 1 + strengths.filter(({ strength }) => strength > own + 1e-9).length;
      return {
        score,
        verdict: verdictOf(score, min),
        reason: `The output ranks ${rank} of ${outputs.length}${disagreed === 0 ? '' : `; ${disagreed} of ${pairs.length} pairs were judged by place, and count as ties`}.`,
        evidence: {
          rank,
          of: outputs.length,
          disagreed,
          // The output itself stands first, then the others in their order.
          strengths: strengths.map(({ strength, low, high }): Json => ({
            strength: round(strength),
            low: round(low),
            high: round(high),
          })),
        },
        usage,
      };
    },
  };
}

function round(value: number): number {
  return Math.round(value * 1000) / 1000;
}
