/** What the head and the body of a request to start a run say, in the engine's words. */
import { TelosError, tracestateIn } from '@telos/core';
import type { TraceContext } from '@telos/core';
import { nobody } from '../steer/person.ts';
import type { Person } from '../steer/person.ts';
import type { BudgetRequest } from '@telos/contract';
import type { StartRun } from '../start-run.ts';

const longestWait = 60;

/**
 * Seconds to wait for the end, from `Prefer: wait=N` (RFC 7240): at most 60.
 *
 * @returns undefined when the caller does not want to wait; other preferences are ignored, as the RFC asks.
 */
export function waitSecondsOf(prefer: string | undefined): number | undefined {
  const wait = prefer?.split(',').map((part) => /^\s*wait\s*=\s*"?(\d{1,6})"?\s*(;|$)/i.exec(part)?.[1]);
  const seconds = wait?.find((found) => found !== undefined);
  return seconds === undefined ? undefined : Math.min(Number(seconds), longestWait);
}

/** @throws TelosError REQUEST_MALFORMED for a key that is empty, longer than 200 characters, or not printable ASCII. */
export function idempotencyKeyOf(header: string | undefined, { namespace }: Person = nobody): string | undefined {
  if (header === undefined) return undefined;
  // Namespaces do not hear of each other's runs by keys that happen to be alike.
  if (/^[\x21-\x7e]{1,200}$/.test(header)) return namespace === undefined ? header : `${namespace}/${header}`;
  throw new TelosError('REQUEST_MALFORMED', 'The Idempotency-Key must be 1 to 200 printable ASCII characters.');
}

/** The caller's trace context; one that is malformed is ignored, as W3C Trace Context asks, and a state without a trace too. */
export function traceContextOf(headers: { readonly [name: string]: unknown }): Partial<TraceContext> {
  const { traceparent, tracestate: state } = headers;
  const isTrace =
    typeof traceparent === 'string' && /^(?!ff)[0-9a-f]{2}-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/.test(traceparent);
  if (!isTrace) return {};
  const tracestate = tracestateIn(typeof state === 'string' ? state : undefined);
  return { traceparent, ...(tracestate === undefined ? {} : { tracestate }) };
}

export function budgetOf(budget: BudgetRequest): NonNullable<StartRun['budget']> {
  const { wall_ms, on_exceeded, ...rest } = budget;
  return { ...rest, ...(wall_ms === undefined ? {} : { wallMs: wall_ms }), onExceeded: on_exceeded };
}
