/** What a model answers when it is asked for a plan. */
import { z } from 'zod';
import type { JsonSchema } from '@telos/core';

const objective = z.strictObject({
  id: z.string().min(1).max(64).describe('o1, o2, ...'),
  objective: z.string().min(1).max(1000).describe('One sentence.'),
  criterion: z.string().min(1).max(1000).describe('What can be tested on the result, in words.'),
  check: z
    .string()
    .max(4000)
    .optional()
    .describe('Bare CEL over output and steps, or one check as {"name": {parameters}}; empty: a judge decides.'),
});

const reason = z.strictObject({
  step: z.string().min(1).max(300).describe('The id of a step of the plan.'),
  serves: z.string().min(1).max(64).describe('The id of an objective.'),
  why: z.string().min(1).max(1000).describe('One sentence.'),
});

const form = z.strictObject({
  objectives: z.array(objective).min(1).max(7),
  yaml: z.string().min(1).describe('The plan: a workflow in YAML.'),
  steps: z.array(reason).min(1).max(500),
});

export type PlanAnswer = z.infer<typeof form>;

export function planAnswerSchema(): JsonSchema {
  const { $schema: _, ...schema } = z.toJSONSchema(form, { io: 'input' });
  // a JSON Schema is JSON; the round trip drops zod's own symbols
  return JSON.parse(JSON.stringify(schema)) as JsonSchema;
}

/** The answer with the YAML out of its fence, or what is wrong with it. */
export function readPlanAnswer(value: unknown): PlanAnswer | { readonly problem: string } {
  const read = form.safeParse(value);
  if (!read.success) return { problem: z.prettifyError(read.error).slice(0, 2000) };
  const fence = /^\s*(`{3,})(?:ya?ml)?[ \t]*\n([\s\S]*?)\n?\1\s*$/.exec(read.data.yaml);
  return { ...read.data, yaml: fence?.[2] ?? read.data.yaml };
}
