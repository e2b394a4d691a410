// Public names of this package.
export { createPlanner } from './create-planner.ts';
export type { DraftingPlanner, PlannerSettings } from './create-planner.ts';
export type { DraftedPlan, PlanObjective, PlanObjectives, RejectedDraft, StepReason } from './drafted-plan.ts';
