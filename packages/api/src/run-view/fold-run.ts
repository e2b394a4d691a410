/**
 * One pass over the journal of a run, into what its pages show.
 *
 * Run detail, step detail and trace are three renderings of the same fold, so
 * they never disagree. The fold is total: an event whose step was not announced
 * (a start may be journalled late, or be lost with the process that made it)
 * opens that step by itself, its blocks first.
 */
import { addUsage, noUsage, placeOf, runInput, statusAfterWait, summaryChange } from '@telos/core';
import type { Carried, GateResult, Instant, Recorded, RunEvent, Usage } from '@telos/core';
import type { StepStatusView } from '@telos/contract';
import { carry, carryInput } from './carried-labels.ts';
import { foldPlan } from './fold-plan.ts';
import type { FoldedAttempt, FoldedRun, FoldedStep } from './folded-run.ts';
import { rateLimitView } from './event-view.ts';

const noGates = { count: 0, score: 0 };

/**
 * Folds a journal, or a prefix of one.
 *
 * @param events From sequence 1, in order.
 * @returns undefined when there is no `run.created`, which means that there is no such run.
 */
export function foldRun(events: Iterable<Recorded>): FoldedRun | undefined {
  let folded: FoldedRun | undefined;
  for (const { run, seq, event } of events) {
    if (event.type === 'run.created') {
      folded = { run, created: event, status: 'pending', usage: noUsage, gates: noGates, seq, steps: new Map() };
    } else if (folded !== undefined) {
      folded.seq = seq;
      foldEvent(folded, event);
    }
  }
  if (folded !== undefined) close(folded);
  return folded;
}

function foldEvent(run: FoldedRun, event: Exclude<RunEvent, { type: 'run.created' }>): void {
  const change = summaryChange([event]);
  if (change?.usage !== undefined) run.usage = addUsage(run.usage, change.usage);
  if (change?.gates !== undefined)
    run.gates = { count: run.gates.count + change.gates.count, score: run.gates.score + change.gates.score };
  switch (event.type) {
    case 'run.started':
      run.status = 'running';
      run.startedAt ??= event.at;
      return;
    case 'run.succeeded':
      run.status = 'succeeded';
      run.endedAt = event.at;
      run.outputs = event.outputs;
      return;
    case 'run.failed':
      run.status = 'failed';
      run.endedAt = event.at;
      run.error = event.error;
      return;
    case 'run.cancelled':
      run.status = 'cancelled';
      run.endedAt = event.at;
      run.reason = event.reason;
      return;
    case 'run.waiting':
    case 'run.paused':
      run.status = event.type === 'run.waiting' ? 'waiting' : 'paused';
      run.held = event;
      return;
    case 'run.resumed':
      run.status = 'running';
      delete run.held;
      return;
    case 'budget.raised':
      if (event.path === undefined) run.budget = event.budget;
      return;
    case 'run.ending':
      run.ending = event.cause;
      return;
    // What follows says it all; the event itself shows it.
    case 'run.hurried':
    case 'signal.received':
      return;
    default:
      foldStepEvent(stepOf(run, event.path, event.at), event, run.seq);
  }
}

function foldStepEvent(step: FoldedStep, event: Extract<RunEvent, { path: string }>, seq: number): void {
  if (event.type !== 'call.finished' && event.type !== 'wait.closed' && event.type !== 'signal.refused')
    delete step.wait;
  switch (event.type) {
    case 'step.started': {
      const attempt = attemptOf(step, event.attempt, event.at);
      if (event.input !== undefined) attempt.input = event.input;
      carryInput(step, event);
      // Taken up again when a person has let it go on.
      attempt.status = 'running';
      step.status = 'running';
      return;
    }
    case 'step.succeeded': {
      const attempt = end(step, event, 'succeeded');
      attempt.output = event.output;
      conclude(step, 'succeeded', event);
      return;
    }
    case 'step.failed': {
      const attempt = end(step, event, 'failed');
      attempt.error = event.error;
      if (event.output !== undefined) attempt.output = event.output;
      step.error = event.error;
      conclude(step, 'failed', event);
      return;
    }
    case 'step.cancelled': {
      const attempt = end(step, event, 'cancelled');
      if (event.partial !== undefined) attempt.output = event.partial;
      conclude(step, 'cancelled', event);
      return;
    }
    case 'step.skipped':
      step.reason = event.reason;
      settle(step, 'skipped', event.at);
      return;
    case 'attempt.failed': {
      const attempt = end(step, event, 'failed');
      attempt.error = event.error;
      attempt.retryAt = event.retryAt;
      step.status = 'waiting';
      step.notes.push({ name: 'retry', at: event.at, attributes: { attempt: event.attempt, code: event.error.code } });
      return;
    }
    case 'attempt.rejected': {
      const attempt = end(step, event, 'rejected');
      attempt.output = event.output;
      attempt.remedy = event.remedy;
      if (event.labels !== undefined) carry(step, event);
      step.status = 'waiting';
      step.notes.push({ name: 'remedy', at: event.at, attributes: { attempt: event.attempt, ...event.remedy } });
      return;
    }
    case 'wait.opened': {
      step.status = 'waiting';
      step.wait = { id: seq, since: event.at, for: event.wait };
      if (event.labels !== undefined) carry(step, event);
      const attempt = attemptOf(step, event.attempt, event.at);
      attempt.status = 'waiting';
      if (event.wait.kind === 'approval' && event.wait.gate !== undefined) {
        attempt.gate = event.wait.gate;
        attempt.output = event.wait.show;
        step.gate = event.wait.gate;
      }
      spend(step, attempt, event.usage);
      step.notes.push({
        name: event.type,
        at: event.at,
        attributes: { attempt: event.attempt, kind: event.wait.kind },
      });
      return;
    }
    case 'wait.closed': {
      const status = step.wait === undefined ? 'waiting' : statusAfterWait(step.wait.for, event.closing);
      if (status !== 'waiting') delete step.wait;
      if (status === 'running') {
        step.status = 'running';
        attemptOf(step, event.attempt, event.at).status = 'running';
      }
      step.notes.push({ name: event.type, at: event.at, attributes: { attempt: event.attempt, ...event.closing } });
      return;
    }
    case 'step.in_doubt':
    case 'step.quarantined': {
      const status = event.type === 'step.in_doubt' ? 'in_doubt' : 'quarantined';
      const attempt = end(step, event, status);
      attempt.error = event.error;
      if (event.labels !== undefined) carry(step, event);
      if (event.type === 'step.quarantined' && event.output !== undefined) attempt.output = event.output;
      step.error = event.error;
      step.status = status;
      step.notes.push({
        name: event.type,
        at: event.at,
        attributes: { attempt: event.attempt, code: event.error.code },
      });
      return;
    }
    case 'step.resolved':
      step.status = event.as === 'retry' ? 'waiting' : 'running';
      delete step.error;
      step.notes.push({
        name: event.type,
        at: event.at,
        attributes: {
          as: event.as,
          ...(event.by === undefined ? {} : { by: event.by }),
          ...(event.note === undefined ? {} : { note: event.note }),
        },
      });
      return;
    case 'loop.advanced':
      step.rounds = event.round;
      if (event.calls !== undefined) (step.calls ??= []).push(event.calls);
      return;
    case 'block.opened':
      step.opening = event.opening;
      if ('loop' in event.opening) step.rounds = 1;
      step.status = 'running';
      return;
    case 'signal.refused': {
      const { attempt, id, error } = event;
      step.notes.push({ name: event.type, at: event.at, attributes: { attempt, signal: id, message: error.message } });
      return;
    }
    case 'call.waiting':
    case 'call.admitted': {
      const limit = rateLimitView(event.limit);
      step.notes.push({ name: event.type, at: event.at, attributes: { attempt: event.attempt, ...limit } });
      return;
    }
    case 'call.finished':
      attemptOf(step, event.attempt, event.call.startedAt).calls.push({ index: event.index, call: event.call });
      return;
    case 'rail.judged': {
      const { type: _type, path, attempt: number, usage: _usage, hidden: _hidden, ...said } = event;
      const attempt = attemptOf(step, number, event.at);
      attempt.rails.push(said);
      spend(step, attempt, event.usage);
      if (path !== runInput || event.outcome !== 'pass') return;
      // Nothing more is said of an input that was let in at the door.
      attempt.status = 'succeeded';
      attempt.endedAt = event.at;
      settle(step, 'succeeded', event.at);
      return;
    }
    case 'plan.proposed':
    case 'plan.accepted':
    case 'plan.replaced':
    case 'objective.scored':
      spend(step, attemptOf(step, event.attempt, event.at), event.usage);
      foldPlan(step, event);
      return;
    default:
      event satisfies never;
  }
}

/** The step at a path; it and the blocks around it are opened when they are new. */
function stepOf(run: FoldedRun, path: string, at: Instant): FoldedStep {
  const known = run.steps.get(path);
  if (known !== undefined) return known;
  const place = placeOf(path);
  if (place.parent !== undefined) stepOf(run, place.parent, at);
  const step: FoldedStep = {
    place,
    status: 'running',
    attempts: [],
    startedAt: at,
    labels: [],
    usage: noUsage,
    notes: [],
  };
  run.steps.set(path, step);
  return step;
}

/** Attempt `number` of a step; attempts come in order, so it is the last one or a new one. */
function attemptOf(step: FoldedStep, number: number, at: Instant): FoldedAttempt {
  const known = step.attempts.findLast((attempt) => attempt.attempt === number);
  if (known !== undefined) return known;
  const attempt: FoldedAttempt = { attempt: number, startedAt: at, status: 'running', calls: [], rails: [] };
  step.attempts.push(attempt);
  return attempt;
}

function end(
  step: FoldedStep,
  event: {
    readonly attempt: number;
    readonly at: Instant;
    readonly usage?: Usage | undefined;
    readonly gate?: GateResult | undefined;
  },
  status: FoldedAttempt['status'],
): FoldedAttempt {
  const attempt = attemptOf(step, event.attempt, event.at);
  attempt.status = status;
  attempt.endedAt = event.at;
  spend(step, attempt, event.usage);
  if (event.gate !== undefined) {
    attempt.gate = event.gate;
    step.gate = event.gate;
  }
  return attempt;
}

function spend(step: FoldedStep, attempt: FoldedAttempt, usage: Usage | undefined): void {
  if (usage === undefined) return;
  attempt.usage = addUsage(attempt.usage ?? noUsage, usage);
  step.usage = addUsage(step.usage, usage);
}

function conclude(step: FoldedStep, status: StepStatusView, event: Carried & { readonly at: Instant }): void {
  carry(step, event);
  settle(step, status, event.at);
}

function settle(step: FoldedStep, status: StepStatusView, at: Instant): void {
  step.status = status;
  step.endedAt = at;
}

/** Adds up what blocks cost, and ends what was under way when its run ended. */
function close(run: FoldedRun): void {
  // A block stands before what is inside it, so backwards every block is complete when it is added to its own block.
  for (const step of [...run.steps.values()].toReversed()) {
    const parent = step.place.parent === undefined ? undefined : run.steps.get(step.place.parent);
    // What undoes a step stands below it, and is no part of it.
    if (parent !== undefined && step.place.frame?.endsWith('/') !== true)
      parent.usage = addUsage(parent.usage, step.usage);
    if (run.endedAt === undefined || step.endedAt !== undefined) continue;
    settle(step, 'cancelled', run.endedAt);
    delete step.wait;
    for (const attempt of step.attempts) {
      if (attempt.endedAt !== undefined) continue;
      attempt.status = 'cancelled';
      attempt.endedAt = run.endedAt;
    }
  }
}
