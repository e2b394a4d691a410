/**
 * Brings a run forward by one event. Total: an event whose step is not known
 * opens it, and a type that is not known here changes nothing but the sequence.
 */
import type { EventView, EventViewOf, LabellingView, UsageView } from '@telos/contract';
import { foldAttempt } from './fold-attempt.ts';
import { noUsage } from './run-model.ts';
import type { RunModel, StepNode } from './run-model.ts';

/** Folds one event into `model`; what is in it already is not counted twice. */
export function foldEvent(model: RunModel, event: EventView): void {
  if (event.seq > model.attemptsSeq) {
    foldAttempt(model, event);
    model.attemptsSeq = event.seq;
  }
  if (event.seq > model.stepsSeq) {
    foldStep(model, event);
    model.stepsSeq = event.seq;
  }
}

function foldStep(model: RunModel, event: EventView): void {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'run.created':
    case 'signal.refused':
    case 'call.waiting':
    case 'call.admitted':
    case 'call.finished':
    case 'run.ending':
    case 'run.hurried':
    case 'budget.raised':
    case 'signal.received':
      return;
    case 'plan.proposed':
    case 'plan.accepted':
    case 'objective.scored':
      spend(model, event.path, event.usage);
      return;
    case 'plan.replaced': {
      spend(model, event.path, event.usage);
      const step = stepAt(model, event.path, at);
      put(model, { ...step, block: { ...step.block, plan: event.program, rounds: event.round } });
      return;
    }
    case 'run.waiting':
      model.status = 'waiting';
      return;
    case 'run.paused':
      model.status = 'paused';
      return;
    case 'run.resumed':
      model.status = 'running';
      return;
    case 'run.started':
      model.status = 'running';
      model.startedAt ??= at;
      return;
    case 'run.succeeded':
      if ('value' in event.outputs) model.detail = { ...model.detail, outputs: event.outputs.value };
      return endRun(model, 'succeeded', at);
    case 'run.failed':
      model.error = event.error;
      return endRun(model, 'failed', at);
    case 'run.cancelled':
      model.detail = { ...model.detail, reason: event.reason };
      return endRun(model, 'cancelled', at);
    case 'step.started': {
      const { retryAt: _due, ...step } = stepAt(model, event.path, at);
      const begun = { ...step, status: 'running', attempt: event.attempt, startedAt: step.startedAt ?? at } as const;
      put(model, withLabels(begun, event));
      return;
    }
    case 'step.succeeded':
      return settle(model, event, at, {
        status: 'succeeded',
        ...(event.gate === undefined ? {} : { gate: event.gate }),
      });
    case 'step.failed':
      return settle(model, event, at, {
        status: 'failed',
        error: event.error,
        ...(event.gate === undefined ? {} : { gate: event.gate }),
      });
    case 'step.cancelled':
      return settle(model, event, at, { status: 'cancelled' });
    case 'step.skipped': {
      const { startedAt: _start, ...step } = stepAt(model, event.path, at);
      put(model, { ...step, status: 'skipped', endedAt: at, reason: event.reason });
      return;
    }
    case 'attempt.failed':
      spend(model, event.path, event.usage);
      put(model, { ...stepAt(model, event.path, at), status: 'waiting', retryAt: Date.parse(event.retry_at) });
      return;
    case 'attempt.rejected':
      spend(model, event.path, event.usage);
      put(model, { ...stepAt(model, event.path, at), status: 'waiting', gate: event.gate });
      return;
    case 'rail.judged':
      spend(model, event.path, event.usage);
      // What is said of the run's own input at its door is all that there is of it, unless a person is asked.
      if (event.path === '@input' && event.outcome === 'pass')
        put(model, { ...stepAt(model, event.path, at), status: 'succeeded', attempt: event.attempt, endedAt: at });
      else stepAt(model, event.path, at);
      return;
    case 'wait.opened': {
      spend(model, event.path, event.usage);
      const step = stepAt(model, event.path, at);
      const wait = { id: event.seq, for: event.wait };
      const gate = event.wait.kind === 'approval' && event.wait.gate !== undefined ? { gate: event.wait.gate } : {};
      const startedAt = step.startedAt ?? at;
      put(model, { ...step, ...gate, status: 'waiting', wait, attempt: event.attempt, startedAt });
      return;
    }
    // What follows says what becomes of the step; of an answer about a plan the planner hears first.
    case 'wait.closed': {
      const { wait, ...step } = stepAt(model, event.path, at);
      const aboutPlan = wait?.for.kind === 'approval' && wait.for.purpose === 'plan';
      put(model, aboutPlan ? { ...step, status: 'running' } : step);
      return;
    }
    case 'step.in_doubt':
    case 'step.quarantined': {
      spend(model, event.path, event.usage);
      const status = event.type === 'step.in_doubt' ? 'in_doubt' : 'quarantined';
      const gate = event.type === 'step.quarantined' && event.gate !== undefined ? { gate: event.gate } : {};
      const step = withoutWait(stepAt(model, event.path, at));
      put(model, { ...step, ...gate, status, attempt: event.attempt, error: event.error });
      return;
    }
    case 'step.resolved': {
      const { error: _resolved, ...step } = stepAt(model, event.path, at);
      put(model, { ...step, status: event.as === 'retry' ? 'waiting' : 'running' });
      return;
    }
    case 'loop.advanced': {
      const step = stepAt(model, event.path, at);
      put(model, { ...step, block: { ...step.block, rounds: event.round } });
      return;
    }
    case 'block.opened': {
      put(model, { ...stepAt(model, event.path, at), status: 'running', block: blockOf(event.opening) });
      return;
    }
    default:
      event satisfies never;
  }
}

function blockOf(opening: EventViewOf<'block.opened'>['opening']): NonNullable<StepNode['block']> {
  if ('foreach' in opening) return { count: opening.count };
  if ('loop' in opening) return { rounds: 1 };
  return 'workflow' in opening ? { workflow: opening.workflow } : opening;
}

/** What was under way when its run ended is over too. */
function endRun(model: RunModel, status: 'succeeded' | 'failed' | 'cancelled', at: number): void {
  model.status = status;
  model.endedAt = at;
  model.waitingFor = [];
  for (const step of model.steps.values()) {
    if (step.endedAt !== undefined) continue;
    if (step.status === 'pending') model.steps.delete(step.path);
    else put(model, { ...withoutWait(step), status: 'cancelled', endedAt: at });
  }
}

function withoutWait({ wait: _over, retryAt: _due, ...step }: StepNode): StepNode {
  return step;
}

type Labelled = {
  readonly path: string;
  readonly labels?: StepNode['labels'];
  readonly labelling?: LabellingView;
};

/** The step carries what the event says, and nothing else. Where no place is told, labels came in by the step itself. */
function withLabels({ labelling: _before, ...step }: StepNode, { path, labels = [], labelling }: Labelled): StepNode {
  if (labels.length === 0) return { ...step, labels: [] };
  return { ...step, labels, labelling: labelling ?? Object.fromEntries(labels.map((label) => [label, [path]])) };
}

function settle(
  model: RunModel,
  event: Labelled & { readonly attempt: number; readonly usage?: UsageView },
  at: number,
  change: Partial<StepNode> & Pick<StepNode, 'status'>,
): void {
  spend(model, event.path, event.usage);
  const step = withoutWait(stepAt(model, event.path, at));
  const ended = { ...step, startedAt: step.startedAt ?? at, endedAt: at, attempt: event.attempt, ...change };
  put(model, withLabels(ended, event));
}

/** The step at a path; it and the blocks around it are opened when they are new. */
function stepAt(model: RunModel, path: string, at: number): StepNode {
  const known = model.steps.get(path);
  if (known !== undefined) return known;
  const place = placeOf(path);
  if (place.parent !== undefined) stepAt(model, place.parent, at);
  const step: StepNode = {
    path,
    ...place,
    status: 'running',
    attempt: 0,
    startedAt: at,
    usage: noUsage,
    labels: [],
  };
  put(model, step);
  return step;
}

function placeOf(path: string): Pick<StepNode, 'id' | 'frame' | 'parent'> {
  const slash = path.lastIndexOf('/');
  if (slash !== -1) return { id: path.slice(slash + 1), frame: path.slice(0, slash + 1), parent: path.slice(0, slash) };
  const dot = path.lastIndexOf('.');
  if (dot === -1) return { id: path };
  const frame = path.slice(0, dot);
  const key = /^catch\[\d+\]$/.test(frame) ? undefined : /(\[\d+\]|#\d+|\.[a-z][a-z0-9_]*)$/.exec(frame)?.[0];
  return { id: path.slice(dot + 1), frame, ...(key === undefined ? {} : { parent: frame.slice(0, -key.length) }) };
}

function put(model: RunModel, step: StepNode): void {
  model.steps.set(step.path, step);
}

/** Adds to the step, to every block around it, and to the run. What undoes a step stands below it, and is no part of it. */
function spend(model: RunModel, path: string, usage: UsageView | undefined): void {
  if (usage === undefined) return;
  model.usage = sum(model.usage, usage);
  let step = model.steps.get(path);
  while (step !== undefined) {
    put(model, { ...step, usage: sum(step.usage, usage) });
    const block: string | undefined = step.frame?.endsWith('/') === true ? undefined : step.parent;
    step = block === undefined ? undefined : model.steps.get(block);
  }
}

function sum(left: UsageView, right: UsageView): UsageView {
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    usd: left.usd + right.usd,
    ms: left.ms + right.ms,
    calls: left.calls + right.calls,
  };
}
