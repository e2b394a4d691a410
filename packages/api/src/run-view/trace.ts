/**
 * The trace of a run: its fold, drawn as a tree of spans.
 *
 * Calls and verdicts stand below their attempt where a step has more than one
 * attempt, and below the step itself where it has one. Verdicts of a gate carry
 * the time of the outcome that they led to, since the journal keeps no other.
 */
import type { CheckVerdict, Instant, Payload, Program, RailCall } from '@telos/core';
import type { CalibrationView, Span, SpanStatus, Trace } from '@telos/contract';
import type { FoldedAttempt, FoldedRun, FoldedStep } from './folded-run.ts';
import { measuredIn } from './measured.ts';
import type { FindCalibration } from './measured.ts';
import type { ShowPayload } from './payloads.ts';
import { spanIdOf, traceIdOf, writtenKind } from '@telos/core';
import { attributeNames as names, spanNames } from './span-names.ts';
import { stepDefinitions } from './step-definitions.ts';
import type { KnownPrograms } from './step-definitions.ts';
import { timestamp } from './timestamp.ts';
import { usedBy } from './step-view.ts';

export type TraceOptions = {
  readonly program?: Program;
  readonly programs: KnownPrograms;
  /** Absent: spans carry neither inputs nor outputs. */
  readonly show?: ShowPayload;
  readonly calibrationOf?: FindCalibration | undefined;
};

/** The payloads that `traceOf` shows, in the order of the page. */
export function* tracePayloads(run: FoldedRun): Iterable<Payload | undefined> {
  yield run.created.inputs;
  yield run.outputs;
  for (const step of run.steps.values()) {
    for (const attempt of step.attempts) {
      yield attempt.input;
      yield attempt.output;
      for (const { call } of attempt.calls) {
        yield call.input;
        yield call.output;
      }
    }
  }
}

/** Draws the trace. O(n) in events. */
export function traceOf(run: FoldedRun, options: TraceOptions): Trace {
  const spans: Span[] = [];
  const definition = stepDefinitions(options.program, options.programs, run.steps);
  const measured = measuredIn(options.calibrationOf, options.program, definition);
  const shown = (field: 'input' | 'output', payload: Payload | undefined): Pick<Span, 'input' | 'output'> =>
    payload === undefined || options.show === undefined ? {} : { [field]: options.show(payload) };
  const root = spanIdOf(run.run, '');

  spans.push({
    id: root,
    name: spanNames.run,
    kind: 'run',
    started_at: timestamp(run.created.at),
    ...ended(run.endedAt),
    status: runStatus[run.status],
    attributes: {
      [names.operation]: spanNames.run,
      [names.workflow]: run.created.workflow,
      [names.conversation]: run.run,
      [names.program]: run.created.program,
      ...(run.created.labels === undefined ? {} : { [names.labels]: [...run.created.labels] }),
    },
    usage: run.usage,
    ...shown('input', run.created.inputs),
    ...shown('output', run.outputs),
    ...(run.error === undefined ? {} : { error: run.error }),
    events: run.startedAt === undefined ? [] : [{ name: 'run.started', at: timestamp(run.startedAt), attributes: {} }],
  });

  for (const step of run.steps.values()) {
    const { path, parent } = step.place;
    const id = spanIdOf(run.run, path);
    const last = step.attempts.at(-1);
    const single = step.attempts.length <= 1;
    spans.push({
      id,
      parent_id: parent === undefined ? root : spanIdOf(run.run, parent),
      name: spanNames.step,
      kind: 'step',
      path,
      ...(last === undefined ? {} : { attempt: last.attempt }),
      started_at: timestamp(step.startedAt),
      ...ended(step.endedAt),
      status: stepStatus[step.status],
      attributes: stepAttributes(step, definition(path)),
      usage: step.usage,
      ...shown('input', last?.input),
      ...shown('output', last?.output),
      ...(step.error === undefined ? {} : { error: step.error }),
      events: step.notes.map((note) => ({ name: note.name, at: timestamp(note.at), attributes: note.attributes })),
    });
    for (const attempt of step.attempts) {
      const owner = single ? id : spanIdOf(run.run, `${path}@${attempt.attempt}`);
      if (!single)
        spans.push({
          ...attemptSpan(path, attempt),
          id: owner,
          parent_id: id,
          ...shown('input', attempt.input),
          ...shown('output', attempt.output),
        });
      for (const { index, call } of attempt.calls) {
        spans.push({
          ...callSpan(path, attempt.attempt, call),
          id: spanIdOf(run.run, `${path}@${attempt.attempt}/call[${index}]`),
          parent_id: owner,
          ...shown('input', call.input),
          ...shown('output', call.output),
        });
      }
      for (const [judged, { place, outcome, at, verdicts, calls = [] }] of attempt.rails.entries()) {
        for (const [index, call] of calls.entries())
          spans.push({
            ...callSpan(path, attempt.attempt, call),
            id: spanIdOf(run.run, `${path}@${attempt.attempt}/rails[${judged}].call[${index}]`),
            parent_id: owner,
          });
        for (const [index, verdict] of measured(path)(place, verdicts).entries()) {
          const span = verdictSpan(path, attempt.attempt, verdict, at);
          const { action, mode } = verdict;
          spans.push({
            ...span,
            attributes: { ...span.attributes, [names.rail]: { place, action, mode, outcome } },
            id: spanIdOf(run.run, `${path}@${attempt.attempt}/rails[${judged}].check[${index}]`),
            parent_id: owner,
          });
        }
      }
      for (const [index, verdict] of measured(path)('gate', attempt.gate?.verdicts ?? []).entries()) {
        spans.push({
          ...verdictSpan(path, attempt.attempt, verdict, attempt.endedAt ?? attempt.startedAt),
          id: spanIdOf(run.run, `${path}@${attempt.attempt}/check[${index}]`),
          parent_id: owner,
        });
      }
    }
  }
  return { trace_id: traceIdOf(run.run, run.created.traceparent), run_id: run.run, seq: run.seq, spans };
}

type Unplaced = Omit<Span, 'id' | 'parent_id' | 'input' | 'output'>;

function attemptSpan(path: string, attempt: FoldedAttempt): Unplaced {
  return {
    name: spanNames.attempt,
    kind: 'attempt',
    path,
    attempt: attempt.attempt,
    started_at: timestamp(attempt.startedAt),
    ...ended(attempt.endedAt),
    status: attemptStatus[attempt.status],
    attributes: attempt.remedy === undefined ? {} : { [names.remedy]: attempt.remedy },
    ...(attempt.usage === undefined ? {} : { usage: attempt.usage }),
    ...(attempt.error === undefined ? {} : { error: attempt.error }),
    events:
      attempt.retryAt === undefined || attempt.endedAt === undefined
        ? []
        : [{ name: 'retry', at: timestamp(attempt.endedAt), attributes: { retry_at: timestamp(attempt.retryAt) } }],
  };
}

function callSpan(path: string, attempt: number, call: RailCall): Unplaced {
  const name = spanNames.call[call.kind](call.name);
  const slash = call.name.indexOf('/');
  const model = call.kind === 'chat' || call.kind === 'embedding';
  return {
    name,
    kind: call.kind,
    path,
    attempt,
    started_at: timestamp(call.startedAt),
    ended_at: timestamp(call.startedAt + call.ms),
    status: call.error === undefined ? 'ok' : 'error',
    attributes: {
      [names.operation]: name.split(' ', 1)[0],
      ...(model ? { [names.model]: call.name } : { [names.tool]: call.name }),
      ...(model && slash > 0 ? { [names.provider]: call.name.slice(0, slash) } : {}),
      ...(model && call.usage !== undefined
        ? {
            [names.inputTokens]: call.usage.input_tokens,
            [names.outputTokens]: call.usage.output_tokens,
            [names.usd]: call.usage.usd,
          }
        : {}),
      ...call.attributes,
    },
    ...(call.usage === undefined ? {} : { usage: call.usage }),
    ...(call.error === undefined ? {} : { error: call.error }),
    events: [],
  };
}

function verdictSpan(
  path: string,
  attempt: number,
  verdict: CheckVerdict & { readonly calibration?: CalibrationView },
  when: Instant,
): Unplaced {
  const at = timestamp(when);
  return {
    name: spanNames.check(verdict.check),
    kind: 'check',
    path,
    attempt,
    started_at: at,
    ended_at: at,
    status: verdictStatus[verdict.verdict],
    attributes: {
      [names.check]: verdict.check,
      [names.uses]: verdict.uses,
      [names.score]: verdict.score,
      [names.verdict]: verdict.verdict,
      [names.reason]: verdict.reason,
      ...(verdict.evidence === undefined ? {} : { evidence: verdict.evidence }),
      ...(verdict.calibration === undefined ? {} : { [names.calibration]: verdict.calibration }),
    },
    ...(verdict.usage === undefined ? {} : { usage: verdict.usage }),
    events: [],
  };
}

function stepAttributes(step: FoldedStep, definition: Program['steps'][number] | undefined): Span['attributes'] {
  const uses = definition === undefined ? undefined : usedBy(definition);
  return {
    ...(definition === undefined ? {} : { [names.kind]: writtenKind(definition) }),
    ...(uses === undefined ? {} : { [names.uses]: uses }),
    ...(step.place.frame === undefined ? {} : { [names.frame]: step.place.frame }),
    ...(step.reason === undefined ? {} : { [names.skipped]: step.reason }),
    ...(step.labels.length === 0 ? {} : { [names.labels]: [...step.labels] }),
    ...(step.labelling?.untrusted === undefined ? {} : { [names.untrustedFrom]: [...step.labelling.untrusted] }),
    ...(step.labelling?.private === undefined ? {} : { [names.privateFrom]: [...step.labelling.private] }),
  };
}

function ended(at: number | undefined): { ended_at?: string } {
  return at === undefined ? {} : { ended_at: timestamp(at) };
}

const runStatus = {
  pending: 'running',
  running: 'running',
  waiting: 'running',
  paused: 'running',
  succeeded: 'ok',
  failed: 'error',
  cancelled: 'cancelled',
} as const satisfies Record<FoldedRun['status'], SpanStatus>;

const stepStatus = {
  pending: 'running',
  running: 'running',
  waiting: 'running',
  in_doubt: 'running',
  quarantined: 'error',
  succeeded: 'ok',
  failed: 'error',
  skipped: 'skipped',
  cancelled: 'cancelled',
} as const satisfies Record<FoldedStep['status'], SpanStatus>;

const attemptStatus = {
  running: 'running',
  succeeded: 'ok',
  failed: 'error',
  rejected: 'rejected',
  cancelled: 'cancelled',
  waiting: 'running',
  in_doubt: 'running',
  quarantined: 'error',
} as const satisfies Record<FoldedAttempt['status'], SpanStatus>;

const verdictStatus = { pass: 'ok', fail: 'rejected', error: 'error' } as const satisfies Record<
  CheckVerdict['verdict'],
  SpanStatus
>;
