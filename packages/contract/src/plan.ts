/** Plans of a plan block: what each was to reach, what was said of that, and how one differs from the one before. */
import { z } from 'zod';
import { CalibrationView } from './gate.ts';
import { JsonValue } from './value.ts';

/** What was said of one objective. */
export const ObjectiveScoreView = z.object({
  verdict: z.enum(['pass', 'fail', 'untested']),
  score: z.number(),
  reason: z.string(),
  /** The check that said it, and its version. */
  uses: z.string().exactOptional(),
  version: z.string().exactOptional(),
  evidence: JsonValue.exactOptional(),
  /** Absent: this version of the check, with these parameters, was not measured here. */
  calibration: CalibrationView.exactOptional(),
});
export type ObjectiveScoreView = z.infer<typeof ObjectiveScoreView>;

/** Which objective a step serves, and why it is there. */
export const StepReasonView = z.object({ step: z.string(), serves: z.string(), why: z.string() });
export type StepReasonView = z.infer<typeof StepReasonView>;

/** One round: a plan that has begun to run. */
export const PlanRoundView = z.object({
  round: z.int().min(1),
  /** Hash of the plan. */
  program: z.string(),
  /** `rules`, or the model that wrote it. */
  planner: z.string().exactOptional(),
  objectives: z.array(
    z.object({
      id: z.string(),
      objective: z.string(),
      criterion: z.string(),
      /** Absent while nothing was said of it. */
      result: ObjectiveScoreView.exactOptional(),
    }),
  ),
  /** The plans that were drafted for it, the best first. Absent: one was. */
  candidates: z
    .array(
      z.object({
        /** Hash of the plan. */
        program: z.string(),
        chosen: z.boolean(),
        /** Where it was placed, in [0, 1]. Absent: nothing was said of it. */
        score: z.number().exactOptional(),
        reason: z.string(),
      }),
    )
    .exactOptional(),
  /** Why each step is in it, as whoever planned it says. */
  steps: z.array(StepReasonView),
  /** How the steps of its own list differ from those of the round before. */
  changes: z
    .array(z.object({ step: z.string(), change: z.enum(['same', 'changed', 'added', 'removed']) }))
    .exactOptional(),
  /** Steps that were not run again: they keep what they gave in the round before. */
  kept: z.array(z.string()),
});
export type PlanRoundView = z.infer<typeof PlanRoundView>;

const planCost = z.object({ calls: z.number(), tokens: z.number(), usd: z.number(), ms: z.number() });

/** What an approval of purpose `plan` shows. */
export const ShownPlan = z.object({
  /** The text, as somebody edits it. */
  plan: z.string(),
  planner: z.string(),
  objectives: z.array(z.object({ id: z.string(), objective: z.string(), criterion: z.string() }).loose()),
  steps: z.array(
    z.object({
      /** Ids from the outermost block to the step. */
      step: z.string(),
      uses: z.string().exactOptional(),
      block: z.string().exactOptional(),
      serves: z.string().exactOptional(),
      why: z.string().exactOptional(),
      change: z.enum(['same', 'changed', 'added', 'removed']).exactOptional(),
    }),
  ),
  /** Steps of the plan before that are not in this one. */
  removed: z.array(z.string()).exactOptional(),
  may_cost: z.object({ expected: planCost, most: planCost }),
  notes: z.array(z.string()),
});
export type ShownPlan = z.infer<typeof ShownPlan>;
