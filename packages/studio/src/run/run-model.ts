/**
 * A run as the page holds it: what `GET /v1/runs/{id}` and the trace said,
 * brought forward by every event since.
 *
 * Steps and their attempts were read a moment apart, so each carries the
 * sequence up to which it is folded. Nodes are replaced and never changed, so
 * one that is the same object looks the same on the screen; the maps that hold
 * them do change, because a run may have ten thousand steps.
 */
import type {
  BlockView,
  ErrorView,
  GateView,
  LabellingView,
  RunDetail,
  RunStatusView,
  StepKindView,
  StepStatusView,
  StepView,
  Trace,
  UsageView,
  WaitingFor,
} from '@telos/contract';
import { attemptsIn, waitsIn } from './read-trace.ts';
import type { AttemptNode, WaitNode } from './step-parts.ts';

export type StepNode = {
  readonly path: string;
  readonly id: string;
  readonly parent?: string;
  readonly frame?: string;
  readonly kind?: StepKindView;
  readonly uses?: string;
  readonly status: StepStatusView;
  readonly attempt: number;
  readonly startedAt?: number;
  readonly endedAt?: number;
  readonly retryAt?: number;
  /** What it waits for, while it waits; `id` answers it. */
  readonly wait?: NonNullable<StepView['wait']>;
  /** Of all attempts, and for a block of everything inside it. */
  readonly usage: UsageView;
  readonly gate?: GateView;
  readonly error?: ErrorView;
  readonly labels: StepView['labels'];
  /** Where they came in; of a step that has not ended, of what it was given. */
  readonly labelling?: LabellingView;
  readonly reason?: string;
  readonly block?: BlockView;
  /** Of a plan block: the plans that it ran. No event tells of them; they come with each reading. */
  readonly plans?: NonNullable<StepView['plans']>;
};

/** What a row of the tree can be: a step, an attempt, or the run. */
export type RowStatus = StepStatusView | 'rejected' | 'paused';

export type RunModel = {
  /** As it was read, without what changes with events; those fields stand below. */
  detail: RunDetail;
  status: RunStatusView;
  startedAt: number | undefined;
  endedAt: number | undefined;
  usage: UsageView;
  error: ErrorView | undefined;
  waitingFor: readonly WaitingFor[];
  /** By path, a block before what is inside it. */
  readonly steps: Map<string, StepNode>;
  /** By step path, in order. */
  readonly attempts: Map<string, readonly AttemptNode[]>;
  /** By step path, in order; read and brought forward with the attempts. */
  readonly waits: Map<string, readonly WaitNode[]>;
  /** Of the last event folded into the steps and the run. */
  stepsSeq: number;
  /** Of the last event folded into the attempts. */
  attemptsSeq: number;
};

export const noUsage: UsageView = { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0 };

export function hasEnded(status: RunStatusView): boolean {
  return status === 'succeeded' || status === 'failed' || status === 'cancelled';
}

/** @param trace Absent: `takeAttempts` brings it. */
export function runModel(detail: RunDetail, trace?: Trace): RunModel {
  const model: RunModel = {
    detail,
    ...runFields(detail),
    steps: new Map(detail.steps.map((step) => [step.path, stepNode(step)])),
    attempts: new Map(),
    waits: new Map(),
    attemptsSeq: 0,
  };
  if (trace !== undefined) takeAttempts(model, trace);
  return model;
}

/** Takes in the attempts, calls and waits of a run that none are known of yet. */
export function takeAttempts(model: RunModel, trace: Trace): void {
  for (const [path, attempts] of attemptsIn(trace)) model.attempts.set(path, attempts);
  for (const [path, waits] of waitsIn(trace)) model.waits.set(path, waits);
  model.attemptsSeq = trace.seq;
}

/**
 * Takes in a newer reading of the run. Events may have brought the model past
 * it; then only what no event tells is taken: the kinds of steps, and what the
 * run waits for.
 */
export function renewModel(model: RunModel, detail: RunDetail): void {
  if (detail.seq >= model.stepsSeq) {
    Object.assign(model, { detail, ...runFields(detail) });
    model.steps.clear();
    for (const step of detail.steps) model.steps.set(step.path, stepNode(step));
    return;
  }
  model.waitingFor = hasEnded(model.status) ? [] : detail.waiting_for;
  for (const { path, kind, uses } of detail.steps) {
    const known = model.steps.get(path);
    if (known === undefined || known.kind !== undefined || kind === undefined) continue;
    model.steps.set(path, { ...known, kind, ...(uses === undefined ? {} : { uses }) });
  }
}

function runFields(detail: RunDetail) {
  return {
    status: detail.status,
    startedAt: instant(detail.started_at),
    endedAt: instant(detail.ended_at),
    usage: detail.usage,
    error: detail.error,
    waitingFor: detail.waiting_for,
    stepsSeq: detail.seq,
  };
}

function stepNode({ started_at, ended_at, retry_at, ...step }: StepView): StepNode {
  return {
    ...step,
    ...(started_at === undefined ? {} : { startedAt: Date.parse(started_at) }),
    ...(ended_at === undefined ? {} : { endedAt: Date.parse(ended_at) }),
    ...(retry_at === undefined ? {} : { retryAt: Date.parse(retry_at) }),
  };
}

function instant(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
