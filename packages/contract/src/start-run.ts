import { z } from 'zod';
import { CallbackRequest } from './callback.ts';
import { ErrorView } from './problem.ts';
import { RunStatusView } from './run-summary.ts';
import { UsageView } from './usage.ts';
import { BlobRef, HashView, JsonRecord, JsonValue, Timestamp } from './value.ts';

/** Ceilings of one run; they replace those of the workflow. When one is reached the run fails, or pauses until it is raised. */
export const BudgetRequest = z.strictObject({
  usd: z.number().min(0).exactOptional(),
  tokens: z.int().min(0).exactOptional(),
  wall_ms: z.int().min(1).exactOptional(),
  calls: z.int().min(0).exactOptional(),
  on_exceeded: z.enum(['pause', 'fail']).default('fail'),
});
export type BudgetRequest = z.infer<typeof BudgetRequest>;

/** How often it has its turn where runs wait for the same thing. */
export const PriorityView = z.enum(['high', 'normal', 'low']);

export const Namespace = z.string().regex(/^[a-z0-9][a-z0-9_.-]{0,62}$/);

/** The body of `POST /v1/runs`: a published workflow by id, or the text of one; exactly one of the two. */
export const StartRunRequest = z
  .strictObject({
    workflow: z.string().min(1).max(200).exactOptional(),
    source: z.string().min(1).exactOptional(),
    inputs: JsonRecord.default({}),
    /** At most 32, of at most 200 characters. */
    tags: z.array(z.string().min(1).max(200)).max(32).exactOptional(),
    budget: BudgetRequest.exactOptional(),
    /** Whose run it is: namespaces take turns. Default `default`. */
    namespace: Namespace.exactOptional(),
    /** Default `normal`. */
    priority: PriorityView.exactOptional(),
    /** Where its end is posted. */
    callback: CallbackRequest.exactOptional(),
  })
  .refine((body) => (body.workflow === undefined) !== (body.source === undefined), {
    path: ['workflow'],
    message: 'expected either `workflow` (a published id) or `source` (its text), and not both',
  });
export type StartRunRequest = z.infer<typeof StartRunRequest>;

/** The body of `POST /v1/objectives`: what is to be reached; the planner writes the steps, inside the run. */
export const ObjectiveRequest = z.strictObject({
  objective: z.string().min(8).max(10_000),
  /** What the result must satisfy, each in a sentence. */
  criteria: z.array(z.string().min(1).max(1_000)).max(32).default([]),
  /** What the plan may use: `web.*`, `llm`. Absent: what the planner allows by itself. */
  tools: z
    .array(z.string().regex(/^[a-z*][a-z0-9_.*]*$/))
    .min(1)
    .max(64)
    .exactOptional(),
  tags: z.array(z.string().min(1).max(200)).max(32).exactOptional(),
  budget: BudgetRequest.exactOptional(),
  /** Whose run it is, as in `POST /v1/runs`. */
  namespace: Namespace.exactOptional(),
  /** Default `normal`. */
  priority: PriorityView.exactOptional(),
  /** Where the end of the run is posted. */
  callback: CallbackRequest.exactOptional(),
  /** Plans at most: where one misses an objective or fails, another is made. */
  rounds: z.int().min(1).max(5).default(1),
  /** Plans to draft each time, of which the one that is placed first is taken. */
  best_of: z.int().min(1).max(5).exactOptional(),
  /** Whether a person sees each plan before it runs, and who. */
  approve: z
    .union([
      z.boolean(),
      z.strictObject({
        who: z.array(z.string().min(1).max(200)).min(1).max(32).exactOptional(),
        /** As a workflow writes it: `2d`. Absent: without end. */
        timeout: z.string().min(1).max(20).exactOptional(),
        on_timeout: z.enum(['approve', 'reject', 'fail']).exactOptional(),
      }),
    ])
    .default(false),
});
export type ObjectiveRequest = z.infer<typeof ObjectiveRequest>;

/** The answer to `POST /v1/runs`: 202 when stored, 200 when it ended within `Prefer: wait=N` seconds. */
export const RunReceipt = z.object({
  id: z.string(),
  workflow: z.string(),
  program: HashView,
  status: RunStatusView,
  created_at: Timestamp,
  /** True when the Idempotency-Key had started this run before. */
  existing: z.boolean(),
  usage: UsageView,
  ended_at: Timestamp.exactOptional(),
  outputs: JsonValue.exactOptional(),
  outputs_ref: BlobRef.exactOptional(),
  error: ErrorView.exactOptional(),
  links: z.object({ self: z.string(), events: z.string(), trace: z.string() }),
});
export type RunReceipt = z.infer<typeof RunReceipt>;

/** The answer to `POST /hooks/{path}`: 202 when a run was started, 200 when the same delivery had started it before. */
export const HookReceipt = z.object({
  id: z.string(),
  workflow: z.string(),
  existing: z.boolean(),
  links: z.object({ self: z.string() }),
});
export type HookReceipt = z.infer<typeof HookReceipt>;

/** The body of `POST /v1/runs/{id}/cancel`; may be left out. */
export const CancelRequest = z.strictObject({ reason: z.string().min(1).max(1000).exactOptional() });
export type CancelRequest = z.infer<typeof CancelRequest>;

/** The answer to a request that its run's owner will carry out. */
export const Accepted = z.object({ id: z.string(), accepted: z.literal(true) });
export type Accepted = z.infer<typeof Accepted>;
