/**
 * The journal of a run as the API shows it: one `EventView` an event, with its
 * sequence. As server-sent events each stands in a message whose `id` is the
 * sequence and whose `event` is the type; text of running steps comes between
 * them as `event: live`, without an id, because it is not kept.
 *
 * A reader ignores types that it does not know: later servers have more.
 */
import { LivePart } from '@telos/core';
import { z } from 'zod';
import { GateView } from './gate.ts';
import { ObjectiveScoreView } from './plan.ts';
import { ErrorView } from './problem.ts';
import { RailsView } from './rails.ts';
import { BudgetView } from './run-detail.ts';
import { ConcurrencyView, ForkView, TriggerView } from './run-origin.ts';
import { PriorityView } from './start-run.ts';
import { UsageView } from './usage.ts';
import { JsonValue, LabellingView, LabelsView, PayloadView, Timestamp } from './value.ts';
import { ClosingView, WaitView } from './wait.ts';

const envelope = { run_id: z.string(), seq: z.int().min(1), at: Timestamp };
const step = { path: z.string(), attempt: z.int().min(1) };
const usage = UsageView.exactOptional();
/** Of what the event brings. `labelling`: where they came in; absent when by the step itself, of the whole alike. */
const carried = { labels: LabelsView.exactOptional(), labelling: LabellingView.exactOptional() };
/** Who asked for it, as the door that took the request knows them. */
const by = z.string().exactOptional();

function view<T extends string, S extends z.ZodRawShape>(type: T, shape: S) {
  return z.object({ ...envelope, type: z.literal(type), ...shape });
}

export const CallEventView = z.object({
  kind: z.enum(['chat', 'embedding', 'tool', 'retrieval', 'http']),
  name: z.string(),
  started_at: Timestamp,
  ms: z.number(),
  input: PayloadView,
  output: PayloadView.exactOptional(),
  error: ErrorView.exactOptional(),
  usage,
  attributes: z.record(z.string(), z.unknown()).exactOptional(),
});

/** What a minute allows, of a model (`provider/model`) or of all models of a provider together. */
export const RateLimitView = z.object({
  of: z.string(),
  unit: z.enum(['requests', 'tokens']),
  per_minute: z.number(),
});
export type RateLimitView = z.infer<typeof RateLimitView>;

export const EventView = z.discriminatedUnion('type', [
  view('run.created', {
    workflow: z.string(),
    program: z.string(),
    inputs: PayloadView,
    tags: z.array(z.string()).exactOptional(),
    ...carried,
    budget: BudgetView.exactOptional(),
    traceparent: z.string().exactOptional(),
    tracestate: z.string().exactOptional(),
    namespace: z.string().exactOptional(),
    priority: PriorityView.exactOptional(),
    workflows: z.record(z.string(), z.string()).exactOptional(),
    fork: ForkView.exactOptional(),
    trigger: TriggerView.exactOptional(),
    concurrency: ConcurrencyView.exactOptional(),
  }),
  view('run.started', {}),
  view('run.waiting', { until: Timestamp.exactOptional() }),
  view('run.paused', { reason: z.enum(['asked', 'budget']), message: z.string().exactOptional(), by }),
  view('run.resumed', { by }),
  view('run.hurried', { by }),
  view('run.ending', {
    cause: z.union([
      z.object({ cancelled: z.string(), by, message: z.string().exactOptional() }),
      z.object({ failed: ErrorView }),
      z.object({ succeeded: z.literal(true) }),
    ]),
  }),
  view('budget.raised', { budget: BudgetView, path: z.string().exactOptional(), by }),
  view('signal.refused', { ...step, id: z.string(), error: ErrorView }),
  view('signal.received', { id: z.string(), name: z.string(), payload: PayloadView, by }),
  view('run.succeeded', { outputs: PayloadView }),
  view('run.failed', { error: ErrorView }),
  view('run.cancelled', { reason: z.string() }),
  view('step.started', {
    ...step,
    input: PayloadView.exactOptional(),
    ...carried,
    queue: z.string().exactOptional(),
  }),
  view('step.succeeded', {
    ...step,
    output: PayloadView,
    usage,
    ...carried,
    gate: GateView.exactOptional(),
    /** It was not run again: the step of an earlier plan that gave this. */
    kept: z.string().exactOptional(),
  }),
  view('step.failed', {
    ...step,
    error: ErrorView,
    usage,
    ...carried,
    gate: GateView.exactOptional(),
    output: PayloadView.exactOptional(),
  }),
  view('step.skipped', { path: z.string(), reason: z.string() }),
  view('step.cancelled', { ...step, partial: PayloadView.exactOptional(), ...carried, usage }),
  view('attempt.failed', { ...step, error: ErrorView, retry_at: Timestamp, usage }),
  view('attempt.rejected', {
    ...step,
    output: PayloadView,
    gate: GateView,
    remedy: z.union([z.object({ repair: z.int() }), z.object({ escalate: z.int() })]),
    usage,
    ...carried,
  }),
  view('step.in_doubt', { ...step, error: ErrorView, usage, ...carried }),
  view('step.quarantined', {
    ...step,
    error: ErrorView,
    usage,
    ...carried,
    gate: GateView.exactOptional(),
    output: PayloadView.exactOptional(),
  }),
  view('step.resolved', { ...step, as: z.enum(['retry', 'succeed', 'fail']), by, note: z.string().exactOptional() }),
  view('rail.judged', { ...step, ...RailsView.shape, usage }),
  view('wait.opened', { ...step, wait: WaitView, ...carried, usage }),
  view('wait.closed', { ...step, closing: ClosingView }),
  view('loop.advanced', {
    path: z.string(),
    round: z.int(),
    state: PayloadView,
    ...carried,
    /** Of an agent: the calls that the round begins with. */
    calls: z.array(z.object({ step: z.string(), name: z.string() })).exactOptional(),
  }),
  view('block.opened', {
    path: z.string(),
    opening: z.union([
      z.object({ foreach: PayloadView, count: z.int() }),
      z.object({ branches: z.array(z.string()) }),
      z.object({ case: z.int() }),
      z.object({ plan: z.string() }),
      z.object({ loop: PayloadView }),
      z.object({ workflow: z.string(), inputs: PayloadView }),
    ]),
  }),
  view('call.waiting', { ...step, limit: RateLimitView }),
  view('call.admitted', { ...step, limit: RateLimitView }),
  view('call.finished', { ...step, index: z.int(), call: CallEventView }),
  view('plan.proposed', {
    ...step,
    source: z.string(),
    faults: JsonValue.exactOptional(),
    program: z.string().exactOptional(),
    objectives: JsonValue.exactOptional(),
    grant: JsonValue.exactOptional(),
    usage,
    ...carried,
  }),
  view('plan.accepted', { ...step, program: z.string(), objectives: JsonValue, usage, ...carried }),
  view('plan.replaced', {
    ...step,
    round: z.int(),
    program: z.string(),
    objectives: JsonValue,
    kept: z.array(z.string()),
    usage,
    ...carried,
  }),
  view('objective.scored', { ...step, round: z.int(), objective: z.string(), result: ObjectiveScoreView, usage }),
]);
export type EventView = z.infer<typeof EventView>;
export type EventViewOf<T extends EventView['type']> = Extract<EventView, { type: T }>;

/** `GET /v1/runs/{id}/events` as JSON. `last` is the `after` of the page that follows. */
export const EventPage = z.object({
  items: z.array(EventView),
  last: z.int().min(0),
  /** True when nothing will follow: the run has ended and this page holds its last event. */
  ended: z.boolean(),
});
export type EventPage = z.infer<typeof EventPage>;

/** The query of `GET /v1/runs/{id}/events`. */
export const EventQuery = z.strictObject({
  /** Events after this sequence. With server-sent events `Last-Event-ID` says the same and wins. */
  after: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(1000).default(200),
});
export type EventQuery = z.infer<typeof EventQuery>;

/** The data of an `event: live` message: something worth showing while a step runs, that is not kept. */
export const LiveView = LivePart;
export type LiveView = LivePart;

/** Milliseconds between heartbeats (comment lines) of an event stream. */
export const heartbeatMs = 15_000;
