/** A plan of a text that a person has edited: compiled again, and held against the same grant. */
import { TelosError } from '@telos/core';
import type { JsonObject, Plan } from '@telos/core';
import type { Catalog, Fault } from '@telos/language';
import { z } from 'zod';
import { checkPlan } from './check/check-plan.ts';
import { grantOf } from './check/grant-json.ts';
import { reasonsOf } from './check/served-steps.ts';
import type { PlanObjectives } from './drafted-plan.ts';
import { statesObjectives, withObjectives } from './objectives/objectives-section.ts';

const told: z.ZodType<PlanObjectives> = z.object({
  planner: z.string(),
  version: z.string(),
  objectives: z.array(
    z.object({ id: z.string(), objective: z.string(), criterion: z.string(), check: z.json().exactOptional() }),
  ),
  steps: z.array(z.object({ step: z.string(), serves: z.string(), why: z.string() })),
  notes: z.array(z.string()),
});

/** @throws TelosError PLAN_INVALID with every fault in `details.faults`. */
export function readPlan(text: string, proposed: Pick<Plan, 'grant' | 'objectives'>, catalog: Catalog): Plan {
  const grant = grantOf(proposed.grant, catalog);
  const before = told.parse(proposed.objectives);
  const source = statesObjectives(text) ? text : withObjectives(text, before.objectives);
  const checked = checkPlan({ source, objectives: [] }, grant);
  if (!checked.ok) throw notAccepted(checked.faults);
  const { compiled } = checked;
  const { program, hash } = compiled;
  const objectives = (program.objectives ?? []).map(({ id, objective, criterion }) => {
    const check = before.objectives.find((one) => one.id === id)?.check;
    return { id, objective, criterion, ...(check === undefined ? {} : { check }) };
  });
  const said: PlanObjectives = { ...before, objectives, steps: reasonsOf(compiled, before.steps) };
  return { program, hash, source, objectives: said, grant: proposed.grant };
}

function notAccepted(faults: readonly Fault[]): TelosError {
  const first = faults[0];
  const where = first === undefined ? '' : `: line ${first.line}, column ${first.column}: ${first.message}`;
  const all = faults.map(({ hint, ...fault }): JsonObject => (hint === undefined ? fault : { ...fault, hint }));
  return new TelosError(
    'PLAN_INVALID',
    `The edited plan has ${faults.length} ${faults.length === 1 ? 'fault' : 'faults'}${where}.`,
    {
      next: 'Mend the lines that are named, and decide again.',
      details: { drafts: 1, faults: all },
    },
  );
}
