import { anyJson } from '@telos/core';
import { z } from 'zod';

const text = z.string().trim().min(1).max(2000);

export const JudgeParams = z.strictObject({
  model: z
    .union([z.string().min(1), z.strictObject({ fallback: z.array(z.string().min(1)).min(1).readonly() })])
    .default('auto')
    .describe('`provider/model`, or `{ fallback: [...] }`.'),
  rubric: z
    .array(z.union([text, z.strictObject({ criterion: text, weight: z.number().positive().max(1000) })]))
    .min(1)
    .max(50)
    .describe('What the output must be; a plain text weighs 1.'),
  reference: anyJson.optional().describe('A good answer to compare with.'),
  scale: z
    .enum(['met', 'degree'])
    .default('met')
    .describe('`met`: each criterion is met or not. `degree`: how far, from 0 to 1.'),
  min: z.number().min(0).max(1).default(0.7).describe('The weighted mean that passes, inclusive.'),
});

export type JudgeParams = z.infer<typeof JudgeParams>;
export type Scale = JudgeParams['scale'];
export type Criterion = { readonly criterion: string; readonly weight: number };

export function criteriaOf({ rubric }: JudgeParams): readonly Criterion[] {
  return rubric.map((entry) => (typeof entry === 'string' ? { criterion: entry, weight: 1 } : entry));
}
