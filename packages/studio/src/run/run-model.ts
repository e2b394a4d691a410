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
  CallView,
  ErrorView,
  GateView,
  LabellingView,
  RunDetail,
  RunStatusView,
  Span,
  StepKindView,
  StepStatusView,
  StepView,
  Trace,
  UsageView,
  WaitingFor,
} from '@telos/contract';

export type CallNode = {
  readonly kind: CallView['kind'];
  readonly name: string;
  readonly startedAt: number;
  readonly endedAt: number;
  readonly failed: boolean;
  readonly usage?: UsageView;
};

export type AttemptStatus = 'running' | 'succeeded' | 'failed' | 'rejected' | 'cancelled';

export type AttemptNode = {
  readonly attempt: number;
  readonly status: AttemptStatus;
  readonly startedAt: number;
  readonly endedAt?: number;
  readonly calls: readonly CallNode[];
};

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
  /** The call that stands for its own, which was not made. */
  readonly cached?: NonNullable<StepView['cached']>;
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
    attemptsSeq: 0,
  };
  if (trace !== undefined) takeAttempts(model, trace);
  return model;
}

/** Takes in the attempts and calls of a run that none are known of yet. */
export function takeAttempts(model: RunModel, trace: Trace): void {
  for (const [path, attempts] of attemptsOf(trace)) model.attempts.set(path, attempts);
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

const attemptStatus: Readonly<Record<Span['status'], AttemptStatus>> = {
  running: 'running',
  ok: 'succeeded',
  error: 'failed',
  rejected: 'rejected',
  cancelled: 'cancelled',
  skipped: 'cancelled',
};

/** A step with one attempt has no span for it: its own span is the attempt. */
function attemptsOf(trace: Trace): Map<string, readonly AttemptNode[]> {
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

/** Spans are named `chat openai/gpt-5.2`; the kind is said elsewhere. */
function nameOfCall(span: Span): string {
  const space = span.name.indexOf(' ');
  return space === -1 ? span.name : span.name.slice(space + 1);
}

function instant(timestamp: string | undefined): number | undefined {
  return timestamp === undefined ? undefined : Date.parse(timestamp);
}
