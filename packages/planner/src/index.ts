// Public names of this package.
export { createPlanner } from './create-planner.ts';
export type { DraftingPlanner, PlannerSettings } from './create-planner.ts';
export type { DraftedPlan, PlanObjective, PlanObjectives, RejectedDraft, StepReason } from './drafted-plan.ts';
export { estimateProgram } from './estimate/estimate-program.ts';
export type { Estimate, StepEstimate } from './estimate/estimate-program.ts';
export type { EstimateDeps } from './estimate/attempt-cost.ts';
export type { Cost, Times } from './estimate/cost.ts';
export { asWorkflow } from './save/as-workflow.ts';
