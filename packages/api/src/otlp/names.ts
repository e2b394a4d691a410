/** What OTLP and OpenInference call what a trace has, besides the names of `span-names.ts`. */
import type { Span, SpanKind, SpanStatus } from '@telos/contract';

/** `SpanKind` of the protocol: what leaves the process is a client's, all else is internal. */
export const spanKinds = {
  run: 1,
  step: 1,
  attempt: 1,
  check: 1,
  chat: 3,
  embedding: 3,
  tool: 1,
  retrieval: 1,
  http: 3,
} as const satisfies Record<SpanKind, number>;

/** `openinference.span.kind`, which some backends draw by. */
export const openInferenceKinds = {
  run: 'CHAIN',
  step: 'CHAIN',
  attempt: 'CHAIN',
  check: 'EVALUATOR',
  chat: 'LLM',
  embedding: 'EMBEDDING',
  tool: 'TOOL',
  retrieval: 'RETRIEVER',
  http: 'TOOL',
} as const satisfies Record<SpanKind, string>;

/** `Status.code` of the protocol: an attempt whose output was rejected has done its work, and so has what was cancelled. */
export const statusCodes = {
  running: 0,
  ok: 1,
  error: 2,
  rejected: 0,
  skipped: 0,
  cancelled: 0,
} as const satisfies Record<SpanStatus, number>;

/** What a span is called in a list where its place is not shown. */
export function shownName(span: Span): string {
  if (span.kind === 'step') return `step ${span.path ?? ''}`;
  if (span.kind === 'attempt') return `attempt ${span.attempt ?? ''} ${span.path ?? ''}`;
  return span.name;
}
