import { z } from 'zod';
import { modelInstead } from '../judge/by-model.ts';
import type { JudgeParams } from '../judge/judge-params.ts';

/** What all guards against attacks on a model take. */
export const guardParams = {
  min: z.number().min(0).max(1).default(0.5).describe('The score that passes, inclusive.'),
  model: modelInstead.describe('Asks this model where the local score is in `between`.'),
  between: z
    .tuple([z.number().min(0).max(1), z.number().min(0).max(1)])
    .refine(([low, high]) => low <= high, 'the first is the lower one')
    .default([0.2, 0.8])
    .describe('Local scores that are left to the model, inclusive.'),
} as const;

export type GuardParams = {
  readonly min: number;
  readonly model?: JudgeParams['model'] | undefined;
  readonly between: readonly [number, number];
};
