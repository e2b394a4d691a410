/** What a plan is asked for, read once from the rendered fields of a `plan` block, a command or a request. */
import { anyJson, TelosError } from '@telos/core';
import type { PlanRequest } from '@telos/core';
import { z } from 'zod';

export const mostCandidates = 5;
export const longestObjective = 8000;

const model = z.union([
  z.string().trim().min(1).max(200),
  z.strictObject({ fallback: z.array(z.string().trim().min(1).max(200)).min(1).max(10) }),
]);

const form = z.strictObject({
  objective: z.string().trim().min(3).max(longestObjective),
  criteria: z.array(z.string().trim().min(1).max(1000)).max(20).default([]),
  /** Names of tools; `*` stands for any characters. */
  tools: z.array(z.string().trim().min(1).max(200)).min(1).max(200).default(['*']),
  /** The strictest effect that a step may have. */
  effects: z.enum(['read', 'write', 'irreversible']).default('read'),
  /** At most this many rounds of planning; this planner needs one. */
  rounds: z.int().min(1).max(10).exactOptional(),
  approve: z.literal(false, 'a plan cannot wait for approval here; show it first, then run it').exactOptional(),
  /** Plans to draft, of which the best is the plan. */
  best_of: z.int().min(1).max(mostCandidates).exactOptional(),
  /** Who plans; the steps of the plan may ask this model too. */
  model: model.exactOptional(),
  /** What the planner may know besides. */
  context: anyJson.exactOptional(),
});

/** `effects`, `criteria` and `tools` are complete; the rest is as asked. */
export type ReadRequest = z.infer<typeof form>;

/** @throws TelosError PLAN_REQUEST_INVALID with every problem in `details.problems`. */
export function readPlanRequest(request: PlanRequest): ReadRequest {
  const read = form.safeParse(request);
  if (read.success) return read.data;
  const problems = read.error.issues.map(({ path, message }) => ({ field: path.join('.'), message }));
  const shown = problems.map(({ field, message }) => (field === '' ? message : `${field}: ${message}`)).join('; ');
  throw new TelosError('PLAN_REQUEST_INVALID', `The plan cannot be drafted: ${shown}`, { details: { problems } });
}
