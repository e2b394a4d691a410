import { z } from 'zod';
import { JsonRecord } from './value.ts';

/** Why a run, a step, an attempt or a call failed. */
export const ErrorView = z.object({
  /** Stable; explained in docs/errors.md. */
  code: z.string(),
  /** `retryable` may succeed if tried again, `terminal` will not, `bug` is ours to mend. */
  kind: z.enum(['retryable', 'terminal', 'bug']),
  message: z.string(),
  /** What a person can do about it. */
  next: z.string().exactOptional(),
  /** The step it happened in: `findings[3].search`. */
  path: z.string().exactOptional(),
  details: JsonRecord.exactOptional(),
});
export type ErrorView = z.infer<typeof ErrorView>;

/** One thing that is wrong, and where: in a workflow's text, or in a request. */
export const LocatedError = z.object({
  code: z.string().exactOptional(),
  /** Where a request holds several texts: which of them. */
  file: z.string().exactOptional(),
  /** From 1, in the workflow's text. */
  line: z.int().exactOptional(),
  /** From 1, in the workflow's text. */
  column: z.int().exactOptional(),
  /** Of the key in the workflow (`steps[2].with.prompt`), or of the field in the request (`inputs.vendor`). */
  path: z.string(),
  message: z.string(),
  /** What to write instead. */
  hint: z.string().exactOptional(),
});
export type LocatedError = z.infer<typeof LocatedError>;

/** An RFC 9457 problem document (`application/problem+json`): every answer of 400 and above is one. */
export const Problem = z.object({
  /** Names the kind of problem: `urn:telos:problem:RUN_NOT_FOUND`. */
  type: z.string(),
  title: z.string(),
  status: z.int().min(400).max(599),
  code: z.string(),
  /** What happened here, to which thing. */
  detail: z.string(),
  /** What to do next. */
  next: z.string().exactOptional(),
  /** The request's id, also in the `x-request-id` header. */
  instance: z.string().exactOptional(),
  errors: z.array(LocatedError).exactOptional(),
});
export type Problem = z.infer<typeof Problem>;

export const problemMediaType = 'application/problem+json';
