import { defaultNamespace, defaultPriority } from '@telos/core';
import type { Callback, Payload, Program } from '@telos/core';
import type { RunDetail, WaitingFor } from '@telos/contract';
import { callbackView } from '../callbacks/callback-view.ts';
import type { FoldedRun } from './folded-run.ts';
import { measuredIn } from './measured.ts';
import type { FindCalibration } from './measured.ts';
import type { ShowPayload } from './payloads.ts';
import { budgetView, forkView } from './event-view.ts';
import { stepDefinitions } from './step-definitions.ts';
import type { KnownPrograms } from './step-definitions.ts';
import { pendingStepView, stepView } from './step-view.ts';
import { timestamp } from './timestamp.ts';

export type DetailOptions = {
  readonly program?: Program;
  readonly programs: KnownPrograms;
  readonly show: ShowPayload;
  readonly calibrationOf?: FindCalibration | undefined;
  readonly waitingFor: readonly WaitingFor[];
  /** Where its end is posted; absent: nowhere. */
  readonly callback?: Callback | undefined;
};

/** The payloads that `runDetail` shows. */
export function detailPayloads(run: FoldedRun): readonly (Payload | undefined)[] {
  return [run.created.inputs, run.outputs];
}

/** A run, whole, as `GET /v1/runs/{id}` and `telos show` give it. */
export function runDetail(run: FoldedRun, options: DetailOptions): RunDetail {
  const { created } = run;
  const budget = run.budget ?? created.budget;
  const definition = stepDefinitions(options.program, options.programs, run.steps);
  const measured = measuredIn(options.calibrationOf, options.program, definition);
  const reached = Array.from(run.steps.values(), (step) => {
    const { path } = step.place;
    return stepView(step, definition(path), options.programs, measured(path));
  });
  const ahead =
    run.endedAt === undefined
      ? (options.program?.steps ?? []).filter((step) => !run.steps.has(step.id)).map(pendingStepView)
      : [];
  return {
    id: run.run,
    workflow: created.workflow,
    program: created.program,
    status: run.status,
    created_at: timestamp(created.at),
    ...(run.startedAt === undefined ? {} : { started_at: timestamp(run.startedAt) }),
    ...(run.endedAt === undefined ? {} : { ended_at: timestamp(run.endedAt) }),
    tags: created.tags ?? [],
    namespace: created.namespace ?? defaultNamespace,
    priority: created.priority ?? defaultPriority,
    ...(created.fork === undefined ? {} : { fork_of: created.fork.run, fork: forkView(created.fork) }),
    ...endingOf(run),
    usage: run.usage,
    ...scoreOf(run),
    ...(run.error === undefined ? {} : { error: run.error }),
    seq: run.seq,
    ...valueOrReference('inputs', created.inputs, options.show),
    ...valueOrReference('outputs', run.outputs, options.show),
    ...(run.reason === undefined ? {} : { reason: run.reason }),
    labels: created.labels ?? [],
    ...(budget === undefined ? {} : { budget: budgetView(budget) }),
    ...(options.callback === undefined ? {} : { callback: callbackView(options.callback) }),
    steps: [...reached, ...ahead],
    waiting_for: [...options.waitingFor],
  };
}

function endingOf({ ending, endedAt }: FoldedRun): Pick<RunDetail, 'ending'> {
  if (ending === undefined || endedAt !== undefined) return {};
  return { ending: 'cancelled' in ending ? 'cancelled' : 'failed' in ending ? 'failed' : 'succeeded' };
}

/** As the summary of the run has it. */
function scoreOf({ gates: { count, score } }: FoldedRun): Pick<RunDetail, 'score'> {
  return count === 0 ? {} : { score: score / count };
}

/** `{ outputs }` when the value can be shown, `{ outputs_ref }` when it is too large, nothing when there is none. */
export function valueOrReference<N extends 'inputs' | 'outputs'>(
  name: N,
  payload: Payload | undefined,
  show: ShowPayload,
): Pick<RunDetail, N | `${N}_ref`> {
  const shown = payload === undefined ? undefined : show(payload);
  const field = shown === undefined ? {} : 'value' in shown ? { [name]: shown.value } : { [`${name}_ref`]: shown };
  return field as Pick<RunDetail, N | `${N}_ref`>; // a computed key widens to string; the two keys are exactly these
}
