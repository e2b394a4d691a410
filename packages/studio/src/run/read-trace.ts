/** What a trace tells of the time inside steps: their attempts with the calls that these made, and what they waited for. */
import type { Span, Trace } from '@telos/contract';
import { closeWait, openWait } from './fold-waits.ts';
import type { AttemptNode, AttemptStatus, CallNode, WaitNode } from './step-parts.ts';

const attemptStatus: Readonly<Record<Span['status'], AttemptStatus>> = {
  running: 'running',
  ok: 'succeeded',
  error: 'failed',
  rejected: 'rejected',
  cancelled: 'cancelled',
  skipped: 'cancelled',
};

/** By step path. A step with one attempt has no span for it: its own span is the attempt. */
export function attemptsIn(trace: Trace): ReadonlyMap<string, readonly AttemptNode[]> {
  const attempts = new Map<string, AttemptNode[]>();
  const calls = new Map<string, CallNode[]>();
  const callsOf = (path: string, attempt: number): CallNode[] => {
    const key = `${path}@${attempt}`;
    const known = calls.get(key) ?? [];
    calls.set(key, known);
    return known;
  };
  for (const span of trace.spans) {
    if (span.path === undefined || span.attempt === undefined) continue;
    const known = attempts.get(span.path);
    if (span.kind === 'step' || span.kind === 'attempt') {
      const node: AttemptNode = {
        attempt: span.attempt,
        status: attemptStatus[span.status],
        startedAt: Date.parse(span.started_at),
        ...(span.ended_at === undefined ? {} : { endedAt: Date.parse(span.ended_at) }),
        calls: callsOf(span.path, span.attempt),
      };
      if (span.kind === 'step' || known === undefined) attempts.set(span.path, [node]);
      // The first attempt of several replaces the step's span, which stood for it.
      else if (span.attempt === 1) attempts.set(span.path, [node]);
      else known.push(node);
    } else if (span.kind !== 'check' && span.kind !== 'run') {
      callsOf(span.path, span.attempt).push({
        kind: span.kind,
        name: nameOfCall(span),
        startedAt: Date.parse(span.started_at),
        endedAt: Date.parse(span.ended_at ?? span.started_at),
        failed: span.status === 'error',
        ...(span.usage === undefined ? {} : { usage: span.usage }),
      });
    }
  }
  return attempts;
}

/** By step path; only of steps that have waited. */
export function waitsIn(trace: Trace): ReadonlyMap<string, readonly WaitNode[]> {
  const found = new Map<string, readonly WaitNode[]>();
  for (const { kind, path, events, ended_at: ended } of trace.spans) {
    if (kind !== 'step' || path === undefined) continue;
    let waits: readonly WaitNode[] = [];
    for (const { name, at, attributes } of events) {
      const when = Date.parse(at);
      if (name === 'wait.opened') waits = openWait(waits, waitFor[String(attributes['kind'])] ?? 'person', when);
      else if (name === 'call.waiting') waits = openWait(waits, 'limit', when);
      else if (name === 'step.in_doubt' || name === 'step.quarantined') waits = openWait(waits, 'person', when);
      else if (name === 'wait.closed' || name === 'step.resolved') waits = closeWait(waits, 'step', when);
      else if (name === 'call.admitted') waits = closeWait(waits, 'limit', when);
    }
    if (waits.length > 0) found.set(path, ended === undefined ? waits : closeWait(waits, 'all', Date.parse(ended)));
  }
  return found;
}

const waitFor: { readonly [kind: string]: WaitNode['for'] } = { approval: 'person', signal: 'signal', time: 'time' };

/** Spans are named `chat openai/gpt-5.2`; the kind is said elsewhere. */
function nameOfCall(span: Span): string {
  const space = span.name.indexOf(' ');
  return space === -1 ? span.name : span.name.slice(space + 1);
}
