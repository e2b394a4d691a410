import { traceparentOfAttempt } from '@telos/core';
import { courseUnderWay } from './strays.ts';

/**
 * The W3C trace context of the step in whose course this is called: what its requests carry, so that whoever answers
 * them can be seen in the same trace. Undefined outside of any step.
 */
export function currentTraceparent(): string | undefined {
  const of = courseUnderWay();
  return of === undefined ? undefined : traceparentOfAttempt(of.traceparent, of.run, of.path, of.attempt);
}
