import type { Hash } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Labelling } from '../labels.ts';
import type { Program } from '../program/program.ts';
import type { ToolContext } from './tool.ts';

/** A plan that compiled, ready to be run as the body of a `plan` block. */
export type Plan = {
  readonly program: Program;
  readonly hash: Hash;
  /** The workflow text the program was compiled from. */
  readonly source: string;
  /** What the plan is to reach, each objective with its criterion. */
  readonly objectives: Json;
  /** What the planner had read besides what it was given: descriptions of tools that were written outside. Absent: nothing labelled. */
  readonly labelling?: Labelling;
};

/** What a plan is asked for: the rendered fields of a `plan` block. */
export type PlanRequest = JsonObject;

/** What the workflow around a plan says of tools: a plan can change none of it. */
export type PlanSurroundings = { readonly permissions: Pick<Program['permissions'], 'ask' | 'deny'> };

export interface Planner {
  /**
   * Drafts a plan that compiles, sending compiler messages back to the model until it does or the attempts end.
   * @param context Records model calls and carries the abort signal.
   * @param around Absent: nothing is denied, and nobody is asked.
   * @throws TelosError PLAN_INVALID with the last faults when no draft compiled; what the model throws.
   */
  plan(request: PlanRequest, context: ToolContext, around?: PlanSurroundings): Promise<Plan>;
}
