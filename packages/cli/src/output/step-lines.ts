import { calibrationText } from '@telos/contract';
import type { AttemptView, PayloadView, RailCallView, StepDetail, VerdictView } from '@telos/contract';
import type { Json } from '@telos/core';
import { durationText, usageText } from './amounts.ts';
import { planRoundLines } from './plan-lines.ts';
import { problemText } from './problem-text.ts';
import { valueLines } from './value-lines.ts';

/** One step as a person reads it: each attempt with its input, calls, output and verdicts. */
export function stepLines(step: StepDetail): readonly string[] {
  const head = [step.path, step.uses ?? step.kind ?? '', step.status].filter((part) => part !== '').join('  ');
  return [head, ...planRoundLines(step), ...step.attempts.flatMap(attemptLines), ...sourceLines(step)];
}

function sourceLines({ source }: StepDetail): readonly string[] {
  if (source === undefined) return [];
  const { workflow, line, text } = source;
  return [`written at line ${line} of ${workflow}:`, ...text.split('\n').map((one) => `    ${one}`)];
}

function attemptLines(attempt: AttemptView): readonly string[] {
  const usage = attempt.usage === undefined ? '' : usageText(attempt.usage);
  return [
    `attempt ${attempt.attempt}: ${[attempt.status, timeOf(attempt), usage].filter((part) => part !== '').join(', ')}`,
    ...section('input', attempt.input),
    ...(attempt.rails ?? []).flatMap(({ calls = [] }) => calls).map(callLine),
    ...attempt.calls.map(callLine),
    ...section('output', attempt.output),
    ...(attempt.rails ?? []).flatMap(({ place, verdicts }) =>
      verdicts.map((verdict) => verdictLine(verdict, ` on the ${place.replace('_', ' ')}`)),
    ),
    ...(attempt.gate?.verdicts ?? []).map((verdict) => verdictLine(verdict)),
    ...(attempt.error === undefined ? [] : [`  ${problemText(attempt.error).trimEnd()}`]),
  ];
}

function callLine({ kind, name, error }: RailCallView): string {
  return `  ${kind} ${name}${error === undefined ? '' : `  ${error.code}: ${error.message}`}`;
}

const marks = { pass: '✓', fail: '✗', error: '?' } as const;

function verdictLine({ check, verdict, score, reason, calibration }: VerdictView, place = ''): string {
  const worth = calibration === undefined ? '' : `  (${calibrationText(calibration)})`;
  return `  ${marks[verdict]} ${check}${place}  ${score.toFixed(2)}  ${reason}${worth}`;
}

function timeOf({ started_at: start, ended_at: end }: AttemptView): string {
  return end === undefined ? '' : durationText(Date.parse(end) - Date.parse(start));
}

function section(name: string, payload: PayloadView | undefined): readonly string[] {
  if (payload === undefined) return [];
  const lines =
    'value' in payload ? valueLines(asJson(payload.value)) : [`${payload.bytes} bytes, kept as ${payload.blob}`];
  return [`  ${name}:`, ...lines.map((line) => `    ${line}`)];
}

function asJson(value: unknown): Json {
  return value as Json; // a payload's value came from the journal, which holds JSON alone
}
