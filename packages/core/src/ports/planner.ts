import type { Hash } from '../ids.ts';
import type { Json, JsonObject } from '../json.ts';
import type { Labelling } from '../labels.ts';
import type { Program } from '../program/program.ts';
import type { ObjectiveScore } from '../run/events.ts';
import type { Destination, ToolContext } from './tool.ts';

/** A plan that compiled, ready to be run as the body of a `plan` block. */
export type Plan = {
  readonly program: Program;
  readonly hash: Hash;
  /** The workflow text the program was compiled from. */
  readonly source: string;
  /** What the plan is to reach, why each step is in it, and who wrote it. */
  readonly objectives: Json;
  /** What it was held against; a plan that a person edits is held against the same. */
  readonly grant: JsonObject;
  /** What the planner had read besides what it was given: descriptions of tools that were written outside. Absent: nothing labelled. */
  readonly labelling?: Labelling;
};

/** What a plan is asked for: the rendered fields of a `plan` block. */
export type PlanRequest = JsonObject;

/** What the workflow around a plan says of tools, which a plan can change none of; and what came of the plans before it. */
export type PlanSurroundings = {
  readonly permissions: Pick<Program['permissions'], 'ask' | 'deny'>;
  /** The plan that is to be replaced. */
  readonly earlier?: EarlierPlan;
  /** Why a person rejected plans that were shown to them, the last one last. */
  readonly rejected?: readonly string[];
};

export type EarlierPlan = {
  readonly source: string;
  readonly program: Program;
  /** Of its own list, in order. */
  readonly steps: readonly EarlierStep[];
  /** Why it ended before its objectives could be scored. */
  readonly error?: string;
  readonly scores: readonly (ObjectiveScore & { readonly id: string })[];
};

export type EarlierStep = {
  readonly step: string;
  readonly status: string;
  /** What it gave, shortened, or why that is not told. */
  readonly gave?: string;
  readonly failed?: string;
};

export interface Planner {
  /**
   * Drafts a plan that compiles, sending compiler messages back to the model until it does or the attempts end.
   * @param context Records model calls and carries the abort signal.
   * @param around Absent: nothing is denied, nobody is asked, and there was no plan before.
   * @throws TelosError PLAN_INVALID with the last faults when no draft compiled; what the model throws.
   */
  plan(request: PlanRequest, context: ToolContext, around?: PlanSurroundings): Promise<Plan>;
  /** Where a request for a plan is sent: to the models that draft it. Absent: nowhere. @throws TelosError when it is no request. */
  sendsTo?(request: PlanRequest): Promise<readonly Destination[]>;
  /**
   * Makes a plan of a text that a person has edited. Asks nobody, and gives the same for the same.
   * @param proposed What the plan that was shown says: it is held against its grant, and has its objectives where the text states none.
   * @throws TelosError PLAN_INVALID with every fault in `details.faults`.
   */
  read(source: string, proposed: Pick<Plan, 'grant' | 'objectives'>): Plan;
  /** What a person sees of a plan before it runs: its text, objectives, steps with their reasons, what it may cost, and how it differs from the one before. */
  show(plan: Plan, before?: Program): Promise<JsonObject>;
}
