/** What a person sees of a plan before it runs. */
import { planDiff } from '@telos/core';
import type { Json, JsonObject, Models, Plan, Program, Usage } from '@telos/core';
import type { Catalog } from '@telos/language';
import { z } from 'zod';
import { walkSteps } from '../check/walk-steps.ts';
import type { StepReason } from '../drafted-plan.ts';
import { estimateProgram } from '../estimate/estimate-program.ts';

export type ShowingDeps = { readonly catalog: Catalog; readonly models: Pick<Models, 'estimate' | 'list'> };

const told = z.object({
  planner: z.string().default(''),
  objectives: z.array(z.record(z.string(), z.json())).default([]),
  steps: z.array(z.object({ step: z.string(), serves: z.string(), why: z.string() })).default([]),
  notes: z.array(z.string()).default([]),
});

/** @param before The plan that it is to replace. */
export async function showPlan(
  { program, source, objectives: json }: Plan,
  before: Program | undefined,
  deps: ShowingDeps,
): Promise<JsonObject> {
  const { planner, objectives, steps: reasons, notes } = told.parse(json);
  const { total } = await estimateProgram(program, deps);
  const changes = before === undefined ? [] : planDiff(before, program);
  return {
    // as somebody edits it
    plan: source,
    planner,
    objectives: objectives.map((objective): Json => objective),
    steps: walkSteps(program.steps).map(({ step, chain }): JsonObject => {
      const change = changes.find((one) => one.step === chain)?.change;
      return {
        step: chain,
        ...(step.kind === 'action' ? { uses: step.uses } : { block: step.kind }),
        ...reasonOf(chain, step.id, reasons),
        ...(change === undefined ? {} : { change }),
      };
    }),
    ...(before === undefined
      ? {}
      : { removed: changes.flatMap(({ step, change }) => (change === 'removed' ? [step] : [])) }),
    may_cost: { expected: costOf(total.expected), most: costOf(total.most) },
    notes,
  };
}

function reasonOf(chain: string, id: string, reasons: readonly StepReason[]): JsonObject {
  const reason = reasons.find(({ step }) => step === chain) ?? reasons.find(({ step }) => step === id);
  return reason === undefined ? {} : { serves: reason.serves, why: reason.why };
}

function costOf({ calls, input_tokens, output_tokens, usd, ms }: Usage): JsonObject {
  return { calls, tokens: input_tokens + output_tokens, usd, ms };
}
