/** The plans that a plan block ran, in order: what they were to reach, what was said of it, and how each differs from the one before. */
import { planDiff } from '@telos/core';
import type { CheckUse, Json, ObjectiveScore } from '@telos/core';
import type { ObjectiveScoreView, PlanRoundView, StepReasonView } from '@telos/contract';
import { z } from 'zod';
import type { FoldedPlan } from './folded-run.ts';
import { unmeasured } from './measured.ts';
import type { Measured } from './measured.ts';
import type { KnownPrograms } from './step-definitions.ts';

/** As the contract has it, which loads far more than this one. */
const reason: z.ZodType<StepReasonView> = z.object({ step: z.string(), serves: z.string(), why: z.string() });

const candidate: z.ZodType<NonNullable<PlanRoundView['candidates']>[number]> = z.object({
  program: z.string(),
  chosen: z.boolean(),
  score: z.number().exactOptional(),
  reason: z.string(),
});

const told = z.object({
  planner: z.string().exactOptional(),
  objectives: z.array(z.object({ id: z.string(), objective: z.string(), criterion: z.string() })).default([]),
  steps: z.array(reason).catch([]),
  candidates: z.array(candidate).exactOptional(),
});

export function planViews(
  plans: readonly FoldedPlan[],
  programs: KnownPrograms,
  measured: Measured = unmeasured,
): PlanRoundView[] {
  return plans.map(({ program, objectives, kept, scores }, index) => {
    const said = readTold(objectives);
    const earlier = plans[index - 1];
    const before = earlier === undefined ? undefined : programs.get(earlier.program);
    const own = programs.get(program);
    const specs = own?.objectives ?? said.objectives;
    return {
      round: index + 1,
      program,
      ...(said.planner === undefined ? {} : { planner: said.planner }),
      objectives: specs.map(({ id, objective, criterion }) => {
        const score = scores.get(id);
        const check = own?.objectives?.find((one) => one.id === id)?.check;
        return {
          id,
          objective,
          criterion,
          ...(score === undefined ? {} : { result: resultOf(score, check, measured) }),
        };
      }),
      ...(said.candidates === undefined ? {} : { candidates: said.candidates }),
      steps: said.steps,
      ...(before === undefined || own === undefined ? {} : { changes: [...planDiff(before, own)] }),
      kept: [...kept],
    };
  });
}

/** The score, and what scores of that check are worth. */
function resultOf(score: ObjectiveScore, check: CheckUse | undefined, measured: Measured): ObjectiveScoreView {
  const { uses, version } = score;
  if (check === undefined || uses === undefined || version === undefined) return score;
  const [said] = measured([check], [{ check: check.name, uses, version }]);
  return said?.calibration === undefined ? score : { ...score, calibration: said.calibration };
}

function readTold(objectives: Json): z.infer<typeof told> {
  return told.safeParse(objectives).data ?? { objectives: [], steps: [] };
}
