import type { Payload, Step } from '@telos/core';
import type { AttemptView, CallView, RailsView, StepDetail, StepSourceView } from '@telos/contract';
import type { FoldedAttempt, FoldedStep } from './folded-run.ts';
import type { ShowPayload } from './payloads.ts';
import { unmeasured } from './measured.ts';
import type { Measured } from './measured.ts';
import type { KnownPrograms } from './step-definitions.ts';
import { railCallViews } from './rail-calls.ts';
import { gateView, stepView } from './step-view.ts';
import { timestamp } from './timestamp.ts';

/** The payloads that `stepDetail` shows, the latest attempt's first. */
export function stepPayloads(step: FoldedStep): readonly (Payload | undefined)[] {
  return step.attempts
    .toReversed()
    .flatMap((attempt) => [
      attempt.output,
      attempt.input,
      ...attempt.rails.map(({ value }) => value),
      ...attempt.calls.flatMap(({ call }) => [call.output, call.input]),
    ]);
}

/** One step of a run, whole, as `GET /v1/runs/{id}/steps/{path}` gives it. */
export function stepDetail(
  run: string,
  step: FoldedStep,
  known: {
    readonly definition: Step | undefined;
    readonly programs: KnownPrograms;
    readonly measured?: Measured;
    readonly source?: StepSourceView | undefined;
  },
  show: ShowPayload,
): StepDetail {
  const { definition, programs, measured = unmeasured, source } = known;
  const last = step.attempts.at(-1);
  return {
    ...stepView(step, definition, programs, measured),
    run_id: run,
    ...(source === undefined ? {} : { source }),
    ...(last?.input === undefined ? {} : { input: show(last.input) }),
    ...(last?.output === undefined ? {} : { output: show(last.output) }),
    attempts: step.attempts.map((attempt) => attemptView(attempt, show, measured)),
  };
}

function attemptView(attempt: FoldedAttempt, show: ShowPayload, measured: Measured): AttemptView {
  return {
    attempt: attempt.attempt,
    status: attempt.status,
    started_at: timestamp(attempt.startedAt),
    ...(attempt.endedAt === undefined ? {} : { ended_at: timestamp(attempt.endedAt) }),
    ...(attempt.input === undefined ? {} : { input: show(attempt.input) }),
    ...(attempt.output === undefined ? {} : { output: show(attempt.output) }),
    ...(attempt.error === undefined ? {} : { error: attempt.error }),
    ...(attempt.usage === undefined ? {} : { usage: attempt.usage }),
    ...(attempt.gate === undefined ? {} : { gate: gateView(attempt.gate, measured) }),
    ...(attempt.retryAt === undefined ? {} : { retry_at: timestamp(attempt.retryAt) }),
    ...(attempt.remedy === undefined ? {} : { remedy: attempt.remedy }),
    calls: attempt.calls.map(({ index, call }) => callView(attempt.attempt, index, call, show)),
    ...(attempt.rails.length === 0 ? {} : { rails: attempt.rails.map((rails) => railsView(rails, show, measured)) }),
  };
}

function railsView(
  { at: _at, value, verdicts, calls, ...said }: FoldedAttempt['rails'][number],
  show: ShowPayload,
  measured: Measured,
): RailsView {
  return {
    ...said,
    verdicts: measured(said.place, verdicts),
    ...(value === undefined ? {} : { value: show(value) }),
    ...railCallViews(calls),
  };
}

function callView(
  attempt: number,
  index: number,
  call: FoldedAttempt['calls'][number]['call'],
  show: ShowPayload,
): CallView {
  return {
    kind: call.kind,
    name: call.name,
    attempt,
    index,
    started_at: timestamp(call.startedAt),
    ended_at: timestamp(call.startedAt + call.ms),
    input: show(call.input),
    ...(call.output === undefined ? {} : { output: show(call.output) }),
    ...(call.error === undefined ? {} : { error: call.error }),
    ...(call.usage === undefined ? {} : { usage: call.usage }),
    ...(call.attributes === undefined ? {} : { attributes: call.attributes }),
  };
}
