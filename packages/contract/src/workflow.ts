import { z } from 'zod';
import { LocatedError } from './problem.ts';
import { StepKindView } from './run-detail.ts';
import { HashView, JsonRecord, JsonValue, Timestamp } from './value.ts';

export const InputView = z.object({
  name: z.string(),
  /** JSON Schema. */
  schema: JsonRecord,
  required: z.boolean(),
  default: JsonValue.exactOptional(),
});
export type InputView = z.infer<typeof InputView>;

/** A step as the workflow defines it. */
export const StepOutline = z.object({
  /** Ids from the outermost block to the step: `findings.search`, `both.left.read`. */
  path: z.string(),
  id: z.string(),
  kind: StepKindView,
  uses: z.string().exactOptional(),
  /** Outline path of its block; absent at the top. */
  parent: z.string().exactOptional(),
  /** Ids in the same list that must end before it starts. */
  after: z.array(z.string()),
});
export type StepOutline = z.infer<typeof StepOutline>;

export const RequirementsView = z.object({
  tools: z.array(z.string()),
  checks: z.array(z.string()),
  models: z.array(z.string()),
  secrets: z.array(z.string()),
});
export type RequirementsView = z.infer<typeof RequirementsView>;

/** What starts runs of a workflow by itself. */
export const TriggersView = z.object({
  schedule: z.array(
    z.object({
      cron: z.string(),
      timezone: z.string(),
      missed: z.enum(['skip', 'run_once', 'run_all']),
      /** Absent when it never fires again. */
      next_at: Timestamp.exactOptional(),
    }),
  ),
  webhook: z.object({ path: z.string(), signed: z.boolean() }).exactOptional(),
});
export type TriggersView = z.infer<typeof TriggersView>;

/** A published workflow as a list shows it. */
export const WorkflowSummary = z.object({
  id: z.string(),
  hash: HashView,
  description: z.string().exactOptional(),
  inputs: z.array(InputView),
  stored_at: Timestamp,
});
export type WorkflowSummary = z.infer<typeof WorkflowSummary>;
export const WorkflowList = z.object({ items: z.array(WorkflowSummary) });
export type WorkflowList = z.infer<typeof WorkflowList>;

/** A published workflow, whole. */
export const WorkflowDetail = WorkflowSummary.extend({
  /** The text it was compiled from; absent for a plan made by a machine. */
  source: z.string().exactOptional(),
  steps: z.array(StepOutline),
  outputs: z.array(z.string()),
  requires: RequirementsView,
  triggers: TriggersView.exactOptional(),
  /** Newest first; the first is current. */
  versions: z.array(z.object({ hash: HashView, stored_at: Timestamp })),
});
export type WorkflowDetail = z.infer<typeof WorkflowDetail>;

/** `GET /v1/runs/{id}/workflow`: what a run carries out, published or not. */
export const RunWorkflow = z.object({
  id: z.string(),
  hash: HashView,
  /** The text it was compiled from; absent for one made by a machine. */
  source: z.string().exactOptional(),
  /** With what plans and other workflows have been inside this run so far, under the path of their block: `work.search`. */
  steps: z.array(StepOutline),
});
export type RunWorkflow = z.infer<typeof RunWorkflow>;

/** The body of `PUT /v1/workflows/{id}`; the `id` in the source must be the same. */
export const PublishRequest = z.strictObject({ source: z.string().min(1) });
export type PublishRequest = z.infer<typeof PublishRequest>;

/** The body of `POST /v1/workflows/check`. */
export const CheckRequest = z.strictObject({ source: z.string() });
export type CheckRequest = z.infer<typeof CheckRequest>;

/** What checking a workflow found. A workflow with faults is an answer here, not a problem. */
export const CheckResult = z.discriminatedUnion('valid', [
  z.object({
    valid: z.literal(true),
    id: z.string(),
    hash: HashView,
    inputs: z.array(InputView),
    steps: z.array(StepOutline),
    requires: RequirementsView,
    /**
     * What would stop a run on this server now: a model without a key, a secret that is not set; and, with its place in
     * the source, where each run will stop for a person.
     */
    warnings: z.array(
      z.object({
        code: z.string(),
        message: z.string(),
        next: z.string().exactOptional(),
        line: z.int().exactOptional(),
        column: z.int().exactOptional(),
        path: z.string().exactOptional(),
      }),
    ),
  }),
  z.object({ valid: z.literal(false), errors: z.array(LocatedError) }),
]);
export type CheckResult = z.infer<typeof CheckResult>;
