/**
 * Ids of spans, made from what they stand for, so that whoever reads a trace
 * again, or another process that continues it, finds the same ids.
 */

/** What a request carries of the trace that it is part of, as W3C Trace Context names it. */
export type TraceContext = { readonly traceparent: string; readonly tracestate?: string };

/** The 32 hexadecimal digits of a trace: the caller's, when it sent a W3C `traceparent`, else the run's id. */
export function traceIdOf(run: string, traceparent: string | undefined): string {
  const sent = partsOf(traceparent)?.trace;
  if (sent !== undefined && !/^0+$/.test(sent)) return sent;
  const digits = run.replaceAll('-', '').toLowerCase();
  return /^[0-9a-f]{32}$/.test(digits) ? digits : spanIdOf(run, 'high') + spanIdOf(run, 'low');
}

/** The span that the run was started in, as its caller's `traceparent` says. */
export function callerSpanOf(traceparent: string | undefined): string | undefined {
  const span = partsOf(traceparent)?.span;
  return span === undefined || /^0+$/.test(span) ? undefined : span;
}

function partsOf(traceparent: string | undefined): { readonly trace?: string; readonly span?: string } | undefined {
  return /^[0-9a-f]{2}-(?<trace>[0-9a-f]{32})-(?<span>[0-9a-f]{16})-/.exec(traceparent ?? '')?.groups;
}

/**
 * 16 hexadecimal digits for one span of a run.
 *
 * Two 32-bit multiplicative hashes over the same text, mixed at the end as MurmurHash3 does. Not for secrets.
 */
export function spanIdOf(run: string, name: string): string {
  let high = 0x9e3779b1;
  let low = 0x85ebca77;
  const text = `${run}|${name}`;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    high = Math.imul(high ^ unit, 0x01000193);
    low = Math.imul(low ^ unit, 0x5bd1e995);
  }
  return hex(mix(high ^ (low >>> 16))) + hex(mix(low ^ high));
}

function mix(value: number): number {
  let mixed = value ^ (value >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

const bytes = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

function hex(value: number): string {
  return `${bytes[value >>> 24]}${bytes[(value >>> 16) & 0xff]}${bytes[(value >>> 8) & 0xff]}${bytes[value & 0xff]}`;
}

/** Of the span under which the calls of an attempt stand: its step's, or from the second attempt on its own. */
export function attemptSpanId(run: string, path: string, attempt: number): string {
  return spanIdOf(run, attempt <= 1 ? path : `${path}@${attempt}`);
}

/**
 * The W3C trace context that the calls of an attempt carry to others.
 *
 * @param traceparent That the run was started with. Whether the trace is kept is for its caller to say; else it is.
 */
export function traceparentOfAttempt(
  traceparent: string | undefined,
  run: string,
  path: string,
  attempt: number,
): string {
  const flags = /-(?<flags>[0-9a-f]{2})$/.exec(traceparent ?? '')?.groups?.['flags'] ?? '01';
  return `00-${traceIdOf(run, traceparent)}-${attemptSpanId(run, path, attempt)}-${flags}`;
}
