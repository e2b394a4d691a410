/**
 * The fold: how each event changes the state of a run.
 *
 * `evolve` is deterministic, reads no clock and never throws: what does not fit
 * (an unknown type, an event after the end, an outcome of a step that is not
 * under way) is counted in `seq` and otherwise ignored, so that a stored journal
 * can always be read. The rules that keep such events out are in decide.ts.
 *
 * It takes ownership of the state it is given and returns it changed, so that
 * an event costs the same in a run of ten steps and of ten thousand. Whoever
 * wants an earlier state folds the journal up to there.
 */
import type { RunId } from '../ids.ts';
import { noLabels } from '../labels.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { EventOf, Recorded, RunEvent } from './events.ts';
import { hasEnded } from './state.ts';
import type { History, RunState, StepState } from './state.ts';

const noHistory: History = { usage: noUsage, failures: 0, interruptions: 0, rejections: 0 };

/** The state after a run's first event. */
export function begin(run: RunId, created: EventOf<'run.created'>): RunState {
  return {
    id: run,
    workflow: created.workflow,
    program: created.program,
    inputs: created.inputs,
    inputLabels: created.labels ?? noLabels,
    createdAt: created.at,
    budget: created.budget,
    phase: { status: 'pending' },
    usage: noUsage,
    seq: 1,
    steps: new Map(),
    blocks: new Map(),
  };
}

/** Folds a whole journal, in order. Undefined when it holds no `run.created`. */
export async function fold(journal: AsyncIterable<Recorded> | Iterable<Recorded>): Promise<RunState | undefined> {
  let state: RunState | undefined;
  for await (const { run, event } of journal) {
    if (state === undefined) {
      if (event.type === 'run.created') state = begin(run, event);
    } else {
      state = evolve(state, event);
    }
  }
  return state;
}

/** The state after one more event. The argument must not be used afterwards. */
export function evolve(state: RunState, event: RunEvent): RunState {
  state.seq += 1;
  if (hasEnded(state)) return state;
  switch (event.type) {
    case 'run.started':
      if (state.phase.status === 'pending') state.phase = { status: 'running', startedAt: event.at };
      break;
    case 'run.succeeded':
      end(state, { status: 'succeeded', endedAt: event.at, outputs: event.outputs });
      break;
    case 'run.failed':
      end(state, { status: 'failed', endedAt: event.at, error: event.error });
      break;
    case 'run.cancelled':
      end(state, { status: 'cancelled', endedAt: event.at, reason: event.reason });
      break;
    case 'block.opened':
      if (state.steps.get(event.path)?.status === 'running' && !state.blocks.has(event.path))
        state.blocks.set(event.path, event.opening);
      break;
    case 'step.started':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.skipped':
    case 'step.cancelled':
    case 'attempt.failed':
    case 'attempt.rejected':
    case 'plan.accepted': {
      const after = evolveStep(state.steps.get(event.path), event);
      if (after === undefined) break;
      state.steps.set(event.path, after);
      if ('usage' in event) state.usage = addUsage(state.usage, event.usage);
      break;
    }
    case 'call.finished': {
      const step = state.steps.get(event.path);
      if (step?.status !== 'running' || step.attempt !== event.attempt || event.call.usage === undefined) break;
      state.steps.set(event.path, { ...step, spent: addUsage(step.spent ?? noUsage, event.call.usage) });
      break;
    }
    // Facts for the trace; they change nothing that a run does next.
    case 'run.created':
    case 'plan.proposed':
      break;
  }
  return state;
}

type StepEvent = EventOf<
  | 'step.started'
  | 'step.succeeded'
  | 'step.failed'
  | 'step.skipped'
  | 'step.cancelled'
  | 'attempt.failed'
  | 'attempt.rejected'
  | 'plan.accepted'
>;

/** The step's state after the event, or undefined when the event does not fit the state it is in. */
function evolveStep(step: StepState | undefined, event: StepEvent): StepState | undefined {
  if (event.type === 'step.started') {
    if (step === undefined) {
      return {
        status: 'running',
        attempt: event.attempt,
        startedAt: event.at,
        history: noHistory,
        labels: event.labels ?? noLabels,
      };
    }
    return step.status === 'waiting'
      ? {
          status: 'running',
          attempt: event.attempt,
          startedAt: event.at,
          history: step.history,
          labels: event.labels ?? noLabels,
        }
      : undefined;
  }
  if (event.type === 'step.skipped') return step === undefined ? { status: 'skipped' } : undefined;
  if (step === undefined || (step.status !== 'running' && step.status !== 'waiting')) return undefined;
  const { history } = step;
  const usage = addUsage(history.usage, event.usage);
  switch (event.type) {
    case 'step.succeeded':
      return {
        status: 'succeeded',
        attempt: event.attempt,
        output: event.output,
        usage,
        labels: event.labels ?? noLabels,
        ...(event.gate === undefined ? {} : { gate: event.gate }),
      };
    case 'step.failed':
      return {
        status: 'failed',
        attempt: event.attempt,
        error: event.error,
        usage,
        ...(event.labels === undefined ? {} : { labels: event.labels }),
        ...(event.gate === undefined ? {} : { gate: event.gate }),
        ...(event.output === undefined ? {} : { output: event.output }),
      };
    case 'step.cancelled':
      return {
        status: 'cancelled',
        attempt: event.attempt,
        usage,
        ...(event.partial === undefined ? {} : { partial: event.partial }),
      };
    case 'attempt.failed': {
      const interrupted = event.error.code === 'INTERRUPTED';
      return {
        status: 'waiting',
        attempt: event.attempt + 1,
        dueAt: event.retryAt,
        error: event.error,
        history: {
          ...history,
          usage,
          failures: history.failures + (interrupted ? 0 : 1),
          interruptions: history.interruptions + (interrupted ? 1 : 0),
        },
      };
    }
    case 'attempt.rejected': {
      const rejected = { output: event.output, gate: event.gate };
      const best = history.best === undefined || event.gate.score > history.best.gate.score ? rejected : history.best;
      return {
        status: 'waiting',
        attempt: event.attempt + 1,
        dueAt: event.at,
        history: { ...history, usage, rejections: history.rejections + 1, rejected, best },
      };
    }
    // The attempt goes on: its body is still to run. What drafting it has cost is the step's own, its calls included.
    case 'plan.accepted': {
      if (step.status !== 'running') return undefined;
      const { spent: _told, ...running } = step;
      return { ...running, history: { ...history, usage } };
    }
  }
}

function end(state: RunState, phase: RunState['phase']): void {
  state.phase = phase;
  for (const [path, step] of state.steps) {
    if (step.status === 'running' || step.status === 'waiting') {
      state.steps.set(path, { status: 'cancelled', attempt: step.attempt, usage: step.history.usage });
    }
  }
}
