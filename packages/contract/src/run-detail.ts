import { z } from 'zod';
import { CallbackView } from './callback.ts';
import { GateView } from './gate.ts';
import { PlanRoundView } from './plan.ts';
import { ErrorView } from './problem.ts';
import { RailsView } from './rails.ts';
import { ForkView } from './run-origin.ts';
import { RunSummaryView } from './run-summary.ts';
import { PriorityView } from './start-run.ts';
import { UsageView } from './usage.ts';
import { BlobRef, JsonValue, LabellingView, LabelsView, PayloadView, Timestamp } from './value.ts';
import { WaitView } from './wait.ts';

export const StepStatusView = z.enum([
  'pending',
  'running',
  'waiting',
  'succeeded',
  'failed',
  'skipped',
  'cancelled',
  'in_doubt',
  'quarantined',
]);
export type StepStatusView = z.infer<typeof StepStatusView>;

export const StepKindView = z.enum([
  'action',
  'foreach',
  'parallel',
  'switch',
  'best_of',
  'map_reduce',
  'loop',
  'agent',
  'plan',
  'workflow',
  'wait',
  'approve',
]);
export type StepKindView = z.infer<typeof StepKindView>;

/** How far a block's body has come. */
export const BlockView = z.object({
  /** Which case of a switch was taken, from 0. */
  case: z.int().exactOptional(),
  /** Branch names of a parallel. */
  branches: z.array(z.string()).exactOptional(),
  /** Items of a foreach. */
  count: z.int().exactOptional(),
  /** Hash of the plan that is the body, of several the last one. */
  plan: z.string().exactOptional(),
  /** Hash of the workflow that is the body. */
  workflow: z.string().exactOptional(),
  /** Rounds of a loop, an agent or a plan so far. */
  rounds: z.int().exactOptional(),
});
export type BlockView = z.infer<typeof BlockView>;

/** One step of a run. */
export const StepView = z.object({
  /** Its address: `findings[3].search`. */
  path: z.string(),
  /** The last part of its path, as the workflow names it. */
  id: z.string(),
  /** Path of the block that it is in; absent for steps of the workflow's own list. */
  parent: z.string().exactOptional(),
  /** Which instance of the block's body it is in: `findings[3]`; absent for steps of the workflow's own list. */
  frame: z.string().exactOptional(),
  /** Absent when the program that names the step could not be read. */
  kind: StepKindView.exactOptional(),
  /** The tool of an action: `llm`, `web.search`. Of what an agent has called that is no tool: `workflow.child`, the other agent's name. */
  uses: z.string().exactOptional(),
  status: StepStatusView,
  /** From 1; 0 while it has not started. */
  attempt: z.int().min(0),
  started_at: Timestamp.exactOptional(),
  ended_at: Timestamp.exactOptional(),
  /** When the next attempt begins; present between two attempts. */
  retry_at: Timestamp.exactOptional(),
  /** What it waits for; present while it waits for something else than its next attempt. `id` answers it. */
  wait: z.object({ id: z.int(), for: WaitView }).exactOptional(),
  /** Of all attempts, and for a block of everything inside it. */
  usage: UsageView,
  gate: GateView.exactOptional(),
  error: ErrorView.exactOptional(),
  labels: LabelsView,
  /** The same in full: of what it gave, or, while it has not ended, of what it was given. Absent when it carries none. */
  labelling: LabellingView.exactOptional(),
  /** Of what it was given, argument by argument. */
  input_labelling: LabellingView.exactOptional(),
  /** Why it was skipped. */
  reason: z.string().exactOptional(),
  /** Present on a block that has opened. */
  block: BlockView.exactOptional(),
  /** Of a plan block: the plans that it ran, in order. */
  plans: z.array(PlanRoundView).exactOptional(),
});
export type StepView = z.infer<typeof StepView>;

/** One thing that an unfinished run waits for. */
export const WaitingFor = z.object({
  /** A sentence for a person. */
  message: z.string(),
  since: Timestamp.exactOptional(),
  /** Absent when the run as a whole waits. */
  path: z.string().exactOptional(),
});
export type WaitingFor = z.infer<typeof WaitingFor>;

export const BudgetView = z.object({
  usd: z.number().exactOptional(),
  tokens: z.number().exactOptional(),
  wall_ms: z.number().exactOptional(),
  calls: z.number().exactOptional(),
  on_exceeded: z.enum(['pause', 'fail']),
});
export type BudgetView = z.infer<typeof BudgetView>;

/** A run, whole: `GET /v1/runs/{id}`. Step inputs and outputs are at `/steps/{path}`. */
export const RunDetail = RunSummaryView.extend({
  inputs: JsonValue.exactOptional(),
  /** Instead of `inputs`, when they are very large. */
  inputs_ref: BlobRef.exactOptional(),
  /** Present when the run has succeeded. */
  outputs: JsonValue.exactOptional(),
  /** Instead of `outputs`, when they are very large. */
  outputs_ref: BlobRef.exactOptional(),
  /** Why it was cancelled. */
  reason: z.string().exactOptional(),
  labels: LabelsView,
  budget: BudgetView.exactOptional(),
  priority: PriorityView,
  fork: ForkView.exactOptional(),
  /** How it is to end, once that is settled and before it has. */
  ending: z.enum(['succeeded', 'failed', 'cancelled']).exactOptional(),
  /** Where its end is posted, and what became of that. */
  callback: CallbackView.exactOptional(),
  /** Every step seen so far, then those of the workflow's own list that are still to come; a parent stands before its children. */
  steps: z.array(StepView),
  /** Why the run has not ended: at most 100 things; empty for a run that has. */
  waiting_for: z.array(WaitingFor),
});
export type RunDetail = z.infer<typeof RunDetail>;

/** A model or tool call inside a step. */
export const CallView = z.object({
  kind: z.enum(['chat', 'embedding', 'tool', 'retrieval', 'http']),
  /** Model reference (`openai/gpt-5.2`) or tool name. */
  name: z.string(),
  attempt: z.int().min(1),
  index: z.int().min(0),
  started_at: Timestamp,
  ended_at: Timestamp,
  input: PayloadView,
  output: PayloadView.exactOptional(),
  error: ErrorView.exactOptional(),
  usage: UsageView.exactOptional(),
  attributes: z.record(z.string(), z.unknown()).exactOptional(),
});
export type CallView = z.infer<typeof CallView>;

/** One attempt at a step. `rejected`: its output did not pass the gate. */
export const AttemptView = z.object({
  attempt: z.int().min(1),
  status: z.enum(['running', 'succeeded', 'failed', 'rejected', 'cancelled', 'waiting', 'in_doubt', 'quarantined']),
  started_at: Timestamp,
  ended_at: Timestamp.exactOptional(),
  /** As rendered, once for each attempt. */
  input: PayloadView.exactOptional(),
  output: PayloadView.exactOptional(),
  error: ErrorView.exactOptional(),
  usage: UsageView.exactOptional(),
  gate: GateView.exactOptional(),
  retry_at: Timestamp.exactOptional(),
  /** What was done about a rejected output. */
  remedy: z.union([z.object({ repair: z.int() }), z.object({ escalate: z.int() })]).exactOptional(),
  calls: z.array(CallView),
  /** What its rails said, in order. Those before a call are asked once for a step: of later attempts the first one says it. */
  rails: z.array(RailsView).exactOptional(),
});
export type AttemptView = z.infer<typeof AttemptView>;

/** A step as the text of its workflow says it, before anything is rendered. */
export const StepSourceView = z.object({
  /** Id of the workflow whose text it is: the run's own, or one that a step of it runs. */
  workflow: z.string(),
  /** Hash of that workflow. */
  program: z.string(),
  /** Where it begins, from 1. */
  line: z.int().min(1),
  /** At most 200 lines. Of what an agent or a plan did by itself: the block that it stands in. */
  text: z.string(),
});
export type StepSourceView = z.infer<typeof StepSourceView>;

/** One step, whole: `GET /v1/runs/{id}/steps/{path}`. `input` and `output` are those of the last attempt. */
export const StepDetail = StepView.extend({
  run_id: z.string(),
  /** Absent when the text is not known: of a plan made by a machine, or a program that is not stored any more. */
  source: StepSourceView.exactOptional(),
  input: PayloadView.exactOptional(),
  output: PayloadView.exactOptional(),
  attempts: z.array(AttemptView),
});
export type StepDetail = z.infer<typeof StepDetail>;
