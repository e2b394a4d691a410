/** Events with everything a test does not care about filled in. Times are 1,000 and on: no test reads them by chance. */
import type { EventOf, Json, Usage } from '@telos/core';

const at = 1000;

export function runCreated(more: Partial<EventOf<'run.created'>> = {}): EventOf<'run.created'> {
  return {
    type: 'run.created',
    at,
    workflow: 'some_workflow',
    program: 'a'.repeat(64),
    inputs: { value: {} },
    ...more,
  };
}

export function runStarted(more: Partial<EventOf<'run.started'>> = {}): EventOf<'run.started'> {
  return { type: 'run.started', at, ...more };
}

export function runSucceeded(
  value: Json = null,
  more: Partial<EventOf<'run.succeeded'>> = {},
): EventOf<'run.succeeded'> {
  return { type: 'run.succeeded', at, outputs: { value }, ...more };
}

export function runFailed(more: Partial<EventOf<'run.failed'>> = {}): EventOf<'run.failed'> {
  return { type: 'run.failed', at, error: { code: 'TOOL_FAILED', kind: 'retryable', message: 'It broke.' }, ...more };
}

export function runCancelled(
  reason = 'no longer wanted',
  more: Partial<EventOf<'run.cancelled'>> = {},
): EventOf<'run.cancelled'> {
  return { type: 'run.cancelled', at, reason, ...more };
}

export function stepStarted(path: string, more: Partial<EventOf<'step.started'>> = {}): EventOf<'step.started'> {
  return { type: 'step.started', at, path, attempt: 1, ...more };
}

export function stepSucceeded(
  path: string,
  value: Json = null,
  more: Partial<EventOf<'step.succeeded'>> = {},
): EventOf<'step.succeeded'> {
  return { type: 'step.succeeded', at, path, attempt: 1, output: { value }, ...more };
}

export function stepFailed(path: string, more: Partial<EventOf<'step.failed'>> = {}): EventOf<'step.failed'> {
  return {
    type: 'step.failed',
    at,
    path,
    attempt: 1,
    error: { code: 'TOOL_FAILED', kind: 'retryable', message: 'It broke.' },
    ...more,
  };
}

export function usageOf(more: Partial<Usage> = {}): Usage {
  return { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0, ...more };
}
