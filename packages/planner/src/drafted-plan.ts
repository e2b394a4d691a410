/** A plan with everything worth showing of how it came about. */
import type { Json, Plan, Usage } from '@telos/core';
import type { Fault } from '@telos/language';

export type PlanObjective = {
  readonly id: string;
  readonly objective: string;
  /** In words. */
  readonly criterion: string;
  /** Bare CEL, or `{ check: parameters }`. Absent: nothing at hand can test it. */
  readonly check?: Json;
};

/** Why a step is in the plan. `step` is its id chain: `notes.page`. */
export type StepReason = { readonly step: string; readonly serves: string; readonly why: string };

/** One of several plans that were drafted for the same. */
export type PlanCandidate = {
  /** Hash of the plan. */
  readonly program: string;
  readonly chosen: boolean;
  /** Where it was placed among them, in [0, 1]: 1 is the first every time. Absent: nothing was said of it. */
  readonly score?: number;
  readonly reason: string;
};

/** What the journal keeps beside the plan's program. */
export type PlanObjectives = {
  /** `rules`, or the model that wrote the plan. */
  readonly planner: string;
  /** Name and version of the prompt, or of the rule set. */
  readonly version: string;
  readonly objectives: readonly PlanObjective[];
  readonly steps: readonly StepReason[];
  /** What a reader should know: criteria that nothing in the plan tests. */
  readonly notes: readonly string[];
  /** The best first. Absent: one was asked for. */
  readonly candidates?: readonly PlanCandidate[];
};

/** A draft that was not accepted. */
export type RejectedDraft = { readonly source: string; readonly faults: readonly Fault[] };

export type DraftedPlan = Plan & {
  readonly planner: string;
  readonly objectives: PlanObjectives;
  readonly rejected: readonly RejectedDraft[];
  /** Of every model call that was made for it. */
  readonly usage: Usage;
};
