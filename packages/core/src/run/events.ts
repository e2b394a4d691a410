/**
 * Events: what has happened in a run, in the past tense, stored as they are.
 *
 * The journal of a run is the only truth about it; state, trace, summary and
 * pages are folds of it. An event never changes once written. A new field is
 * optional; a changed meaning is a new type.
 *
 * Order within a run:
 *
 *   run.created  run.started  ( step.* | attempt.* | block.opened | call.finished | plan.* )*
 *   run.succeeded | run.failed | run.cancelled          nothing follows one of these three
 */
import { z } from 'zod';
import { anyJson } from '../json.ts';
import type { JsonObject } from '../json.ts';

const json = anyJson;
// A record of JSON values is a JSON object; only the type's `readonly` is added.
const jsonObject = z.record(z.string(), json) as z.ZodType<JsonObject>;
const at = z.number();
const path = z.string();
const attempt = z.int().min(1);
const labels = z.array(z.enum(['untrusted', 'private']));
const payload = z.union([z.object({ value: json }), z.object({ blob: z.string(), bytes: z.number() })]);
const usage = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  usd: z.number(),
  ms: z.number(),
  calls: z.number(),
});
const error = z.object({
  code: z.string(),
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  next: z.string().exactOptional(),
  path: z.string().exactOptional(),
  details: jsonObject.exactOptional(),
});

const verdict = z.object({
  /** The check's name within its gate. */
  check: z.string(),
  uses: z.string(),
  /** In [0, 1]. */
  score: z.number(),
  verdict: z.enum(['pass', 'fail', 'error']),
  reason: z.string(),
  evidence: json.exactOptional(),
  usage: usage.exactOptional(),
});

const gate = z.object({
  passed: z.boolean(),
  /** In [0, 1]: the judge's score, else the mean of the checks. */
  score: z.number(),
  verdicts: z.array(verdict),
  /** Outputs judged so far, this one included. */
  attempts: z.int(),
});

/** What a model or tool call inside a step did; the unit of the trace below a step. */
const call = z.object({
  kind: z.enum(['chat', 'embedding', 'tool', 'retrieval', 'http']),
  /** Model reference (`openai/gpt-5.2`) or tool name. */
  name: z.string(),
  startedAt: at,
  ms: z.number(),
  input: payload,
  output: payload.exactOptional(),
  error: error.exactOptional(),
  usage: usage.exactOptional(),
  /** Anything else worth seeing: finish reason, provider, number of results. */
  attributes: jsonObject.exactOptional(),
});

/** How a block's body was instantiated when the block opened. */
const opening = z.union([
  z.object({ foreach: payload, count: z.int() }),
  z.object({ branches: z.array(z.string()) }),
  z.object({ case: z.int() }),
  /** A plan accepted as the body: its program's hash. */
  z.object({ plan: z.string() }),
]);

export const RunEvent = z.discriminatedUnion('type', [
  z.object({
    type: z.literal('run.created'),
    at,
    workflow: z.string(),
    program: z.string(),
    inputs: payload,
    tags: z.array(z.string()).exactOptional(),
    labels: labels.exactOptional(),
    /** Overrides the program's own budget. */
    budget: z
      .object({
        usd: z.number().exactOptional(),
        tokens: z.number().exactOptional(),
        wallMs: z.number().exactOptional(),
        calls: z.number().exactOptional(),
        onExceeded: z.enum(['pause', 'fail']),
      })
      .exactOptional(),
    /** W3C trace context of the request that started the run. */
    traceparent: z.string().exactOptional(),
  }),
  z.object({ type: z.literal('run.started'), at }),
  z.object({ type: z.literal('run.succeeded'), at, outputs: payload }),
  z.object({ type: z.literal('run.failed'), at, error }),
  z.object({ type: z.literal('run.cancelled'), at, reason: z.string() }),

  z.object({
    type: z.literal('step.started'),
    at,
    path,
    attempt,
    input: payload.exactOptional(),
    labels: labels.exactOptional(),
  }),
  z.object({
    type: z.literal('step.succeeded'),
    at,
    path,
    attempt,
    output: payload,
    usage: usage.exactOptional(),
    labels: labels.exactOptional(),
    gate: gate.exactOptional(),
  }),
  z.object({
    type: z.literal('step.failed'),
    at,
    path,
    attempt,
    error,
    usage: usage.exactOptional(),
    /** Of the error's own words, and of the output when there is one. */
    labels: labels.exactOptional(),
    gate: gate.exactOptional(),
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
  }),

  /** An attempt ended badly and another will follow at `retryAt`. */
  z.object({ type: z.literal('attempt.failed'), at, path, attempt, error, retryAt: at, usage: usage.exactOptional() }),
  /** An attempt's output did not pass its gate and a remedy follows at once. */
  z.object({
    type: z.literal('attempt.rejected'),
    at,
    path,
    attempt,
    output: payload,
    gate,
    /** What is done about it: the reasons go back to the model, or a stronger model takes over. */
    remedy: z.union([z.object({ repair: z.int() }), z.object({ escalate: z.int() })]),
    usage: usage.exactOptional(),
  }),

  z.object({ type: z.literal('block.opened'), at, path, opening }),
  z.object({ type: z.literal('call.finished'), at, path, attempt, index: z.int(), call }),

  /** A draft that was not accepted. Read, and not written by this version: drafts stand in the journal as calls. */
  z.object({ type: z.literal('plan.proposed'), at, path, attempt, source: z.string(), faults: json.exactOptional() }),
  z.object({
    type: z.literal('plan.accepted'),
    at,
    path,
    attempt,
    program: z.string(),
    objectives: json,
    usage: usage.exactOptional(),
  }),
]);

export type RunEvent = z.infer<typeof RunEvent>;
export type EventOf<T extends RunEvent['type']> = Extract<RunEvent, { type: T }>;
export type GateResult = z.infer<typeof gate>;
export type CheckVerdict = z.infer<typeof verdict>;
export type CallRecord = z.infer<typeof call>;
export type Opening = z.infer<typeof opening>;

/** An event with its place in the journal. */
export type Recorded = { readonly run: string; readonly seq: number; readonly event: RunEvent };

/** Whether nothing follows this event. */
export function isTerminal(event: RunEvent): boolean {
  return event.type === 'run.succeeded' || event.type === 'run.failed' || event.type === 'run.cancelled';
}
