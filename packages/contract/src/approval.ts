/** Approvals: what waits for a person's decision, in any run. */
import { z } from 'zod';
import { GateView } from './gate.ts';
import { pageOf } from './page.ts';
import { ErrorView } from './problem.ts';
import { AskedRailsView } from './rails.ts';
import { JsonValue, LabelsView, PayloadView, Timestamp } from './value.ts';
import { PermissionView, ProposedPlanView } from './wait.ts';

/** `approval`: a person lets something pass or not. `in_doubt`, `quarantined`: a person says what became of a step. */
export const ApprovalKind = z.enum(['approval', 'in_doubt', 'quarantined']);
export type ApprovalKind = z.infer<typeof ApprovalKind>;

/** `approve` and `reject` answer an approval; the others a step in doubt or in quarantine. */
export const Decision = z.enum(['approve', 'reject', 'retry', 'succeed', 'fail']);
export type Decision = z.infer<typeof Decision>;

export const ApprovalView = z.object({
  /** `<run>~<wait>`: what `POST /v1/approvals/{id}` takes. */
  id: z.string(),
  run: z.string(),
  workflow: z.string(),
  namespace: z.string(),
  path: z.string(),
  attempt: z.int(),
  kind: ApprovalKind,
  since: Timestamp,
  /** When it is decided without anybody. */
  due_at: Timestamp.exactOptional(),
  labels: LabelsView,
  decisions: z.array(Decision),
  /** Of an approval: an `approve` block, an output that did not pass its gate, a tool that may not run unasked, a value that a rail asks about, a plan that is to run. */
  purpose: z.enum(['step', 'gate', 'permission', 'rail', 'plan']).exactOptional(),
  /** Who is asked; empty: anybody. */
  who: z.array(z.string()).exactOptional(),
  /** What is to be decided about. */
  show: PayloadView.exactOptional(),
  /** JSON Schema of what the person fills in. */
  form: z.record(z.string(), JsonValue).exactOptional(),
  gate: GateView.exactOptional(),
  /** Of a tool that may not run unasked: why, and which source is behind which argument. */
  permission: PermissionView.exactOptional(),
  /** What the rails found that ask. */
  rails: AskedRailsView.exactOptional(),
  /** Of a plan: its text is `plan` in what is shown, and an edited one goes with `approve` as `value`. */
  plan: ProposedPlanView.exactOptional(),
  /** Of a step in doubt or in quarantine. */
  error: ErrorView.exactOptional(),
});
export type ApprovalView = z.infer<typeof ApprovalView>;

export const ApprovalPage = pageOf(ApprovalView);
export type ApprovalPage = z.infer<typeof ApprovalPage>;

const filters = {
  workflow: z.string().min(1).max(200).exactOptional(),
  run: z.string().min(1).max(100).exactOptional(),
  namespace: z.string().min(1).max(100).exactOptional(),
  /** Of the error of a step in doubt or in quarantine. */
  code: z.string().min(1).max(100).exactOptional(),
};

/** The query of `GET /v1/approvals`, longest waiting first. */
export const ApprovalQuery = z.strictObject({
  /** May name several, separated by commas. Absent: all. */
  kind: z
    .string()
    .transform((text) => text.split(','))
    .pipe(z.array(ApprovalKind))
    .exactOptional(),
  ...filters,
  cursor: z.string().min(1).max(1000).exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});
export type ApprovalQuery = z.infer<typeof ApprovalQuery>;

const answer = {
  decision: Decision,
  /** What the person filled in or edited; with `succeed`, what the step gives. */
  value: JsonValue.exactOptional(),
  note: z.string().max(10_000).exactOptional(),
};

/** The body of `POST /v1/approvals/{id}`. */
export const DecisionRequest = z.strictObject(answer);
export type DecisionRequest = z.infer<typeof DecisionRequest>;

/** The body of `POST /v1/approvals`: the same decision about all that the filter finds. */
export const BulkDecisionRequest = z.strictObject({
  filter: z.strictObject({ kind: ApprovalKind, ...filters }),
  ...answer,
});
export type BulkDecisionRequest = z.infer<typeof BulkDecisionRequest>;

export const BulkDecisionResult = z.object({
  decided: z.int(),
  /** What could not be decided: somebody was faster, or the decision does not fit. At most 100. */
  refused: z.array(z.object({ id: z.string(), code: z.string(), message: z.string() })),
  /** More were found than one request decides: send it again. */
  more: z.boolean(),
});
export type BulkDecisionResult = z.infer<typeof BulkDecisionResult>;
