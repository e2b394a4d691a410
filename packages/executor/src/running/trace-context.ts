import { traceparentOfAttempt } from '@telos/core';
import type { TraceContext } from '@telos/core';
import { courseUnderWay } from './strays.ts';

/**
 * The W3C trace context of the step in whose course this is called: what its requests carry, so that whoever answers
 * them can be seen in the same trace. Undefined outside of any step.
 */
export function currentTraceContext(): TraceContext | undefined {
  const of = courseUnderWay();
  if (of === undefined) return undefined;
  return {
    traceparent: traceparentOfAttempt(of.traceparent, of.run, of.path, of.attempt),
    ...(of.tracestate === undefined ? {} : { tracestate: of.tracestate }),
  };
}
