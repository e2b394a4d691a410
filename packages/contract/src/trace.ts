/**
 * The trace of a run: a tree of spans, named as the OpenTelemetry conventions
 * for generative AI name them.
 *
 *   invoke_workflow                     the run
 *     step                              one a step; a block's steps stand below the block
 *       attempt                         only where a step has more than one
 *         chat {model}                  calls made by the attempt
 *         embeddings {model} | execute_tool {name} | retrieval {name} | http {name}
 *         evaluate {check}              what a check said: of the gate about the attempt's output, of a rail about what
 *                                       enters or leaves it
 */
import { z } from 'zod';
import { ForeignSpanView } from './foreign-span.ts';
import { ErrorView } from './problem.ts';
import { UsageView } from './usage.ts';
import { PayloadView, Timestamp } from './value.ts';

export const SpanKind = z.enum(['run', 'step', 'attempt', 'chat', 'embedding', 'tool', 'retrieval', 'http', 'check']);
export type SpanKind = z.infer<typeof SpanKind>;

/** `rejected`: an attempt whose output, or an output whose check, did not pass. */
export const SpanStatus = z.enum(['running', 'ok', 'error', 'rejected', 'skipped', 'cancelled']);
export type SpanStatus = z.infer<typeof SpanStatus>;

export const SpanEvent = z.object({
  name: z.string(),
  at: Timestamp,
  attributes: z.record(z.string(), z.unknown()),
});
export type SpanEvent = z.infer<typeof SpanEvent>;

export const Span = z.object({
  /** 16 hexadecimal digits; the same each time the trace is read. */
  id: z.string().regex(/^[0-9a-f]{16}$/),
  /** Absent for the run's own span. */
  parent_id: z.string().exactOptional(),
  name: z.string(),
  kind: SpanKind,
  /** Of the step; absent for the run's own span. */
  path: z.string().exactOptional(),
  attempt: z.int().exactOptional(),
  started_at: Timestamp,
  /** Absent while it goes on. */
  ended_at: Timestamp.exactOptional(),
  status: SpanStatus,
  attributes: z.record(z.string(), z.unknown()),
  usage: UsageView.exactOptional(),
  input: PayloadView.exactOptional(),
  output: PayloadView.exactOptional(),
  error: ErrorView.exactOptional(),
  events: z.array(SpanEvent),
});
export type Span = z.infer<typeof Span>;

/** `GET /v1/runs/{id}/trace`. A parent stands before its children. */
export const Trace = z.object({
  /** 32 hexadecimal digits: of the request that started the run when it carried a `traceparent`, else the run's id. */
  trace_id: z.string().regex(/^[0-9a-f]{32}$/),
  run_id: z.string(),
  /** Sequence of the last event folded in. */
  seq: z.int(),
  spans: z.array(Span),
  /** What other services have told of the same trace, by `POST /v1/traces`; absent when they told nothing. */
  foreign: z.array(ForeignSpanView).exactOptional(),
});
export type Trace = z.infer<typeof Trace>;
