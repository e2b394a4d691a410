/**
 * Events: what has happened in a run, in the past tense, stored as they are.
 *
 * The journal of a run is the only truth about it; state, trace, summary and
 * pages are folds of it. An event never changes once written. A new field is
 * optional; a changed meaning is a new type.
 *
 * Order within a run:
 *
 *   run.created  run.started  ( step.* | attempt.* | rail.judged | wait.* | block.opened | loop.advanced | call.* | plan.*
 *                             | run.waiting | run.paused | run.resumed | budget.raised | signal.* )*
 *   [ run.ending ... ]        what is under way is aborted; compensation and `finally` follow
 *   [ run.hurried ... ]       what is left of those is skipped
 *   run.succeeded | run.failed | run.cancelled          nothing follows one of these three
 */
import { z } from 'zod';
import { anyJson } from '../json.ts';
import { priorities } from '../ports/turn.ts';
import { carried } from './event-labels.ts';
import { errorRecord, gateResult, jsonObject, objectiveScore, payload, railsResult, usage } from './event-parts.ts';
import { closing, wait } from './event-waits.ts';
import type { verdict } from './event-parts.ts';

const json = anyJson;
const at = z.number();
const path = z.string();
const attempt = z.int().min(1);

/** What a model or tool call inside a step did; the unit of the trace below a step. */
export const callRecord = z.object({
  kind: z.enum(['chat', 'embedding', 'tool', 'retrieval', 'http']),
  /** Model reference (`openai/gpt-5.2`) or tool name. */
  name: z.string(),
  startedAt: at,
  ms: z.number(),
  input: payload,
  output: payload.exactOptional(),
  error: errorRecord.exactOptional(),
  usage: usage.exactOptional(),
  /** Anything else worth seeing: finish reason, provider, number of results. */
  attributes: jsonObject.exactOptional(),
});

/** A call that a rail made before any attempt could hold it: of what it was asked about the verdict says what was found. */
export const railCall = callRecord.omit({ input: true, output: true });

/** How much a minute allows, of a model (`provider/model`) or of all models of a provider together. */
export const rateLimit = z.object({ of: z.string(), unit: z.enum(['requests', 'tokens']), perMinute: z.number() });

/** How a block's body was instantiated when the block opened. */
const opening = z.union([
  z.object({ foreach: payload, count: z.int() }),
  z.object({ branches: z.array(z.string()) }),
  z.object({ case: z.int() }),
  /** A plan accepted as the body: its program's hash. */
  z.object({ plan: z.string() }),
  /** The state that the first round of a loop, or of an agent, sees; `loop.advanced` has that of each later one. */
  z.object({ loop: payload }),
  /** Another workflow as the body: its program's hash, and what it was given. */
  z.object({ workflow: z.string(), inputs: payload }),
]);

export const budget = z.object({
  usd: z.number().exactOptional(),
  tokens: z.number().exactOptional(),
  wallMs: z.number().exactOptional(),
  calls: z.number().exactOptional(),
  onExceeded: z.enum(['pause', 'fail']),
});

/** Where a run was copied from. */
const fork = z.object({
  run: z.string(),
  /** Paths of the steps that it does again, with all that comes after them. */
  from: z.array(z.string()),
  /** `recorded`: a step with an effect gives what it gave there; `deny`: it fails. */
  sideEffects: z.enum(['live', 'recorded', 'deny']),
  /** Inputs that stand in place of the rendered ones, by step path. */
  inputs: z.record(z.string(), payload).exactOptional(),
  /** Vaults of that run: the same texts get the same placeholders. No view shows them. */
  hidden: z.array(payload).exactOptional(),
});

export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run.created'),
    at,
    workflow: z.string(),
    program: z.string(),
    inputs: payload,
    tags: z.array(z.string()).exactOptional(),
    ...carried,
    /** Overrides the program's own budget. */
    budget: budget.exactOptional(),
    /** W3C trace context of the request that started the run. */
    traceparent: z.string().exactOptional(),
    tracestate: z.string().exactOptional(),
    /** Whose run it is: namespaces take turns. Absent: `default`. */
    namespace: z.string().exactOptional(),
    /** How many turns it gets beside others; absent: `normal`. */
    priority: z.enum(priorities).exactOptional(),
    /** Programs of the workflows that it runs as steps, by id. */
    workflows: z.record(z.string(), z.string()).exactOptional(),
    fork: fork.exactOptional(),
    /** What started it, when nobody asked: `schedule` with the instant it was due, or `webhook`. */
    trigger: z.object({ kind: z.enum(['schedule', 'webhook']), key: z.string(), at }).exactOptional(),
    /** The places that it shares with other runs of an equal key. */
    concurrency: z
      .object({ key: z.string(), max: z.int(), whenFull: z.enum(['queue', 'reject', 'replace']) })
      .exactOptional(),
  }),
  z.object({ type: z.literal('run.started'), at }),
  /** Nothing is under way, and nothing will be before `until`, a message, or ever. The run holds no worker. */
  z.object({ type: z.literal('run.waiting'), at, until: at.exactOptional() }),
  z.object({
    type: z.literal('run.paused'),
    at,
    reason: z.enum(['asked', 'budget']),
    message: z.string().exactOptional(),
    by: z.string().exactOptional(),
  }),
  /** It goes on, after it waited or was paused. */
  z.object({ type: z.literal('run.resumed'), at, by: z.string().exactOptional() }),
  /** Of the run, or of the block or step at `path`: from now on this is its budget. */
  z.object({
    type: z.literal('budget.raised'),
    at,
    budget,
    path: z.string().exactOptional(),
    by: z.string().exactOptional(),
  }),
  /** A signal for which no step waits yet is kept until one does. */
  z.object({
    type: z.literal('signal.received'),
    at,
    id: z.string(),
    name: z.string(),
    payload,
    by: z.string().exactOptional(),
  }),
  /** It is not what the step at `path` waits for, which waits on; nobody takes it any more. */
  z.object({ type: z.literal('signal.refused'), at, id: z.string(), path, attempt, error: errorRecord }),
  /** The workflow's own list has ended so, or is to end so whatever its steps would still do. */
  z.object({
    type: z.literal('run.ending'),
    at,
    cause: z.union([
      /** `message`: the id of the one that asked for it; the same message once more asks for nothing more. */
      z.object({ cancelled: z.string(), by: z.string().exactOptional(), message: z.string().exactOptional() }),
      z.object({ failed: errorRecord }),
      z.object({ succeeded: z.literal(true) }),
    ]),
  }),
  /** It was cancelled once more while it was ending: what is left of the epilogue is skipped. */
  z.object({ type: z.literal('run.hurried'), at, by: z.string().exactOptional() }),
  z.object({ type: z.literal('run.succeeded'), at, outputs: payload }),
  z.object({ type: z.literal('run.failed'), at, error: errorRecord }),
  z.object({ type: z.literal('run.cancelled'), at, reason: z.string() }),

  z.object({
    type: z.literal('step.started'),
    at,
    path,
    attempt,
    input: payload.exactOptional(),
    ...carried,
    /** It was offered to other workers, in this queue: whoever claims it runs it. */
    queue: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('step.succeeded'),
    at,
    path,
    attempt,
    output: payload,
    usage: usage.exactOptional(),
    ...carried,
    gate: gateResult.exactOptional(),
    /** It stands unchanged in a plan that replaced another, and was not run again: the step of the earlier round that gave this. */
    kept: z.string().exactOptional(),
  }),
  z.object({
    type: z.literal('step.failed'),
    at,
    path,
    attempt,
    error: errorRecord,
    usage: usage.exactOptional(),
    /** Of the error's own words, and of the output when there is one. */
    ...carried,
    gate: gateResult.exactOptional(),
    output: payload.exactOptional(),
  }),
  z.object({ type: z.literal('step.skipped'), at, path, reason: z.enum(['when', 'no_case']) }),
  z.object({
    type: z.literal('step.cancelled'),
    at,
    path,
    attempt,
    partial: payload.exactOptional(),
    usage: usage.exactOptional(),
    /** Of the partial output. */
    ...carried,
  }),

  /** An attempt ended badly and another will follow at `retryAt`. */
  z.object({
    type: z.literal('attempt.failed'),
    at,
    path,
    attempt,
    error: errorRecord,
    retryAt: at,
    usage: usage.exactOptional(),
  }),
  /** An attempt's output did not pass its gate and a remedy follows at once. */
  z.object({
    type: z.literal('attempt.rejected'),
    at,
    path,
    attempt,
    output: payload,
    gate: gateResult,
    /** What is done about it: the reasons go back to the model, or a stronger model takes over. */
    remedy: z.union([z.object({ repair: z.int() }), z.object({ escalate: z.int() })]),
    usage: usage.exactOptional(),
    ...carried,
  }),

  /** Its process ended in the middle of an effect that must not happen twice, and nobody knows whether it happened. */
  z.object({
    type: z.literal('step.in_doubt'),
    at,
    path,
    attempt,
    error: errorRecord,
    usage: usage.exactOptional(),
    /** Of what it would have given. Absent: what its input carries. */
    ...carried,
  }),
  /** It failed for good and stands aside until a person has looked at it. Labels as of a step in doubt. */
  z.object({
    type: z.literal('step.quarantined'),
    at,
    path,
    attempt,
    error: errorRecord,
    usage: usage.exactOptional(),
    ...carried,
    gate: gateResult.exactOptional(),
    output: payload.exactOptional(),
  }),
  /** What a person, or a probe, said of a step in doubt or in quarantine. `succeed` and `fail` are followed by that outcome. */
  z.object({
    type: z.literal('step.resolved'),
    at,
    path,
    attempt,
    as: z.enum(['retry', 'succeed', 'fail']),
    by: z.string().exactOptional(),
    note: z.string().exactOptional(),
  }),

  /**
   * The rails of a place have answered; what comes of it follows. Of a run's own input it stands right behind
   * `run.created`. `usage`: of model calls that no step has made.
   */
  z.object({
    type: z.literal('rail.judged'),
    at,
    path,
    attempt,
    ...railsResult.shape,
    usage: usage.exactOptional(),
    /** Of those the calls, in the order in which they ended. */
    calls: z.array(railCall).exactOptional(),
  }),

  /** `usage`: of the attempt whose output is to be decided about. */
  z.object({
    type: z.literal('wait.opened'),
    at,
    path,
    attempt,
    wait,
    ...carried,
    usage: usage.exactOptional(),
  }),
  z.object({ type: z.literal('wait.closed'), at, path, attempt, closing }),

  z.object({ type: z.literal('block.opened'), at, path, opening }),
  /** Another round of a loop or an agent begins, with this state. */
  z.object({
    type: z.literal('loop.advanced'),
    at,
    path,
    round: z.int().min(2),
    state: payload,
    /** Of the state: of all that went into it. */
    ...carried,
    /** Of an agent: the calls that the round begins with, one a step, and the tool of each. */
    calls: z.array(z.object({ step: z.string(), name: z.string() })).exactOptional(),
  }),
  /** A call to a model waits: the last minute has used up what its rate limit allows. */
  z.object({ type: z.literal('call.waiting'), at, path, attempt, limit: rateLimit }),
  /** It waits no longer. */
  z.object({ type: z.literal('call.admitted'), at, path, attempt, limit: rateLimit }),
  z.object({ type: z.literal('call.finished'), at, path, attempt, index: z.int(), call: callRecord }),

  /**
   * A plan that a person is to decide about: `wait.opened` follows. With `faults` and without a program it is a draft
   * that was not accepted; this version reads those and writes none: drafts stand in the journal as calls.
   */
  z.object({
    type: z.literal('plan.proposed'),
    at,
    path,
    attempt,
    source: z.string(),
    faults: json.exactOptional(),
    program: z.string().exactOptional(),
    objectives: json.exactOptional(),
    /** What an edited plan is held against. */
    grant: jsonObject.exactOptional(),
    usage: usage.exactOptional(),
    ...carried,
  }),
  z.object({
    type: z.literal('plan.accepted'),
    at,
    path,
    attempt,
    program: z.string(),
    objectives: json,
    usage: usage.exactOptional(),
    /** Of what the planner had read besides what it was given. */
    ...carried,
  }),
  /** Another plan takes the place of the one before, and its round begins. What stands in both and had succeeded is kept. */
  z.object({
    type: z.literal('plan.replaced'),
    at,
    path,
    attempt,
    round: z.int().min(2),
    program: z.string(),
    objectives: json,
    /** Ids of steps of its own list that are not run again; `step.succeeded` or `step.skipped` of each follows. */
    kept: z.array(z.string()),
    usage: usage.exactOptional(),
    /** Of what the planner had read besides what it was given: what the steps before it gave is part of that. */
    ...carried,
  }),
  /** What the criterion of one objective says of a round whose steps have ended. */
  z.object({
    type: z.literal('objective.scored'),
    at,
    path,
    attempt,
    round: z.int().min(1),
    objective: z.string(),
    result: objectiveScore,
    usage: usage.exactOptional(),
  }),
]);

export type RunEvent = z.infer<typeof RunEvent>;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
export type GateResult = z.infer<typeof gateResult>;
export type CheckVerdict = z.infer<typeof verdict>;
export type ObjectiveScore = z.infer<typeof objectiveScore>;
export type RailsResult = z.infer<typeof railsResult>;
export type RailVerdict = RailsResult['verdicts'][number];
export type CallRecord = z.infer<typeof callRecord>;
export type RailCall = z.infer<typeof railCall>;
export type RateLimit = z.infer<typeof rateLimit>;
export type Opening = z.infer<typeof opening>;
export type Wait = z.infer<typeof wait>;
export type Closing = z.infer<typeof closing>;
export type Fork = z.infer<typeof fork>;

/** An event with its place in the journal. */
export type Recorded = { readonly run: string; readonly seq: number; readonly event: RunEvent };
