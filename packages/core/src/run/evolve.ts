/**
 * The fold: how each event changes the state of a run.
 *
 * `evolve` is deterministic, reads no clock and never throws: what does not fit
 * (an unknown type, an event after the end, an outcome of a step that is not
 * under way) is counted in `seq` and otherwise ignored, so that a stored journal
 * can always be read. The rules that keep such events out are in decide.ts; how
 * an event changes one step is in evolve-step.ts.
 *
 * It takes ownership of the state it is given and returns it changed, so that
 * an event costs the same in a run of ten steps and of ten thousand. Whoever
 * wants an earlier state folds the journal up to there.
 */
import type { RunId } from '../ids.ts';
import type { Priority } from '../ports/turn.ts';
import { noLabels } from '../labels.ts';
import { evolvePlan, noRounds, planDecided } from '../plan/plan-rounds.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { EventOf, Recorded, RunEvent } from './events.ts';
import { evolveRails, judged } from './evolve-rails.ts';
import { evolveStep, joined } from './evolve-step.ts';
import { hasEnded, isFinished, isOpen, startOf } from './state.ts';
import type { History, Phase, RunState, StepState } from './state.ts';

export const defaultPriority: Priority = 'normal';
export const defaultNamespace = 'default';

/** The state after a run's first event. */
export function begin(run: RunId, created: EventOf<'run.created'>): RunState {
  const state: RunState = {
    id: run,
    workflow: created.workflow,
    program: created.program,
    inputs: created.inputs,
    inputLabels: created.labels ?? noLabels,
    labelled: created.labels !== undefined,
    createdAt: created.at,
    budget: created.budget,
    workflows: created.workflows ?? {},
    namespace: created.namespace ?? defaultNamespace,
    priority: created.priority ?? defaultPriority,
    fork: created.fork,
    traceparent: created.traceparent,
    tracestate: created.tracestate,
    phase: { status: 'pending' },
    ending: undefined,
    hurried: false,
    usage: noUsage,
    seq: 1,
    steps: new Map(),
    blocks: new Map(),
    rounds: new Map(),
    calls: new Map(),
    plans: new Map(),
    held: new Set(),
    rails: new Map(),
    hidden: new Map(),
    placeholders: new Set(),
    signals: [],
    budgets: new Map(),
    heard: new Set(),
  };
  // Not spread into it: a field that is written behind a spread costs as much as ten others.
  return created.labelling === undefined ? state : { ...state, inputLabelling: created.labelling };
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
    case 'step.started':
    case 'step.succeeded':
    case 'step.failed':
    case 'step.skipped':
    case 'step.cancelled':
    case 'step.in_doubt':
    case 'step.quarantined':
    case 'step.resolved':
    case 'attempt.failed':
    case 'attempt.rejected':
    case 'wait.opened':
    case 'wait.closed':
    case 'plan.proposed':
    case 'plan.accepted':
    case 'plan.replaced':
    case 'objective.scored': {
      const after = evolveStep(state.steps.get(event.path), event, state.seq);
      if (after === undefined) break;
      evolveRails(state, event);
      notePlans(state, event);
      set(state, event.path, after);
      if ('labels' in event) state.labelled ||= event.labels !== undefined;
      if ('usage' in event) state.usage = addUsage(state.usage, event.usage);
      if (event.type === 'wait.closed' && 'signal' in event.closing) forget(state, event.closing.signal);
      break;
    }
    case 'rail.judged':
      if (isFinished(state.steps.get(event.path))) break;
      judged(state, event);
      state.usage = addUsage(state.usage, event.usage);
      break;
    case 'block.opened':
      if (state.steps.get(event.path)?.status === 'running' && !state.blocks.has(event.path))
        state.blocks.set(event.path, event.opening);
      break;
    case 'loop.advanced': {
      const rounds = state.rounds.get(event.path) ?? [];
      if (!state.blocks.has(event.path) || event.round !== rounds.length + 2) break;
      rounds.push(event.state);
      state.rounds.set(event.path, rounds);
      if (event.calls !== undefined) state.calls.set(event.path, [...(state.calls.get(event.path) ?? []), event.calls]);
      const step = state.steps.get(event.path);
      // What a round reads from the state has the labels of its block.
      if (event.labels !== undefined && step?.status === 'running') {
        state.steps.set(event.path, { ...step, ...joined(step, event) });
        state.labelled = true;
      }
      break;
    }
    case 'call.finished': {
      const step = state.steps.get(event.path);
      if (step?.status !== 'running' || step.attempt !== event.attempt) break;
      const { usage } = event.call;
      const spent = usage === undefined ? {} : { spent: addUsage(step.spent ?? noUsage, usage) };
      state.steps.set(event.path, { ...step, ...spent, history: { ...step.history, calls: counted(step) } });
      break;
    }
    case 'call.waiting':
    case 'call.admitted': {
      const step = state.steps.get(event.path);
      if (step?.status !== 'running' || step.attempt !== event.attempt) break;
      state.steps.set(event.path, limitedBy(step, event));
      break;
    }
    case 'signal.received':
      state.heard.add(event.id);
      state.signals.push({ id: event.id, name: event.name, payload: event.payload });
      break;
    case 'signal.refused': {
      forget(state, event.id);
      const step = state.steps.get(event.path);
      if (step?.status === 'waiting') state.steps.set(event.path, { ...step, refused: event.error });
      break;
    }
    case 'budget.raised':
      if (event.path === undefined) state.budget = event.budget;
      else state.budgets.set(event.path, event.budget);
      break;
    // It is the first.
    case 'run.created':
      break;
    default:
      evolvePhase(state, event);
  }
  return state;
}

/** Of the plans of its step, where the event tells of them; what ends a wait does where a plan waited. */
function notePlans(state: RunState, event: RunEvent): void {
  switch (event.type) {
    case 'plan.proposed':
      if (event.program === undefined) return;
      break;
    case 'plan.accepted':
    case 'plan.replaced':
    case 'objective.scored':
      break;
    case 'wait.closed': {
      const step = state.steps.get(event.path);
      const rounds = state.plans.get(event.path);
      if (rounds === undefined || step?.status !== 'waiting' || step.wait.kind !== 'approval') return;
      if (step.wait.purpose === 'plan') state.plans.set(event.path, planDecided(rounds, step.wait, event.closing));
      return;
    }
    default:
      return;
  }
  state.plans.set(event.path, evolvePlan(state.plans.get(event.path) ?? noRounds, event));
}

type PhaseEvent = EventOf<
  | 'run.started'
  | 'run.waiting'
  | 'run.paused'
  | 'run.resumed'
  | 'run.ending'
  | 'run.hurried'
  | 'run.succeeded'
  | 'run.failed'
  | 'run.cancelled'
>;

function evolvePhase(state: RunState, event: PhaseEvent): void {
  const startedAt = startOf(state);
  switch (event.type) {
    case 'run.started':
      if (startedAt === undefined) state.phase = { status: 'running', startedAt: event.at };
      break;
    case 'run.waiting':
      if (startedAt === undefined || state.phase.status !== 'running') break;
      state.phase = {
        status: 'waiting',
        startedAt,
        since: event.at,
        ...(event.until === undefined ? {} : { until: event.until }),
      };
      break;
    case 'run.paused':
      if (startedAt === undefined) break;
      state.phase = {
        status: 'paused',
        startedAt,
        since: event.at,
        reason: event.reason,
        ...(event.message === undefined ? {} : { message: event.message }),
      };
      break;
    case 'run.resumed':
      if (startedAt !== undefined) state.phase = { status: 'running', startedAt };
      break;
    case 'run.ending':
      state.ending ??= event.cause;
      break;
    case 'run.hurried':
      state.hurried = true;
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
  }
}

function set(state: RunState, path: string, step: StepState): void {
  state.steps.set(path, step);
  if (step.status === 'waiting' || step.status === 'in_doubt' || step.status === 'quarantined') state.held.add(path);
  else if (state.held.size > 0) state.held.delete(path);
}

function counted({ attempt, history }: Extract<StepState, { status: 'running' }>): NonNullable<History['calls']> {
  return { attempt, count: history.calls?.attempt === attempt ? history.calls.count + 1 : 1 };
}

function limitedBy(
  { limited, ...step }: Extract<StepState, { status: 'running' }>,
  { type, at, limit }: EventOf<'call.waiting' | 'call.admitted'>,
): StepState {
  const calls = (limited?.calls ?? 0) + (type === 'call.waiting' ? 1 : -1);
  return calls <= 0 ? step : { ...step, limited: { calls, since: limited?.since ?? at, limit } };
}

function forget(state: RunState, signal: string): void {
  const index = state.signals.findIndex(({ id }) => id === signal);
  if (index !== -1) state.signals.splice(index, 1);
}

function end(state: RunState, phase: Phase): void {
  state.phase = phase;
  for (const [path, step] of state.steps) {
    if (isOpen(step)) set(state, path, { status: 'cancelled', attempt: step.attempt, usage: step.history.usage });
  }
}
