/** Brings the attempts of steps, their calls and their waits forward by one event. */
import type { EventView, RailCallView } from '@telos/contract';
import { closeWait, openWait } from './fold-waits.ts';
import type { RunModel } from './run-model.ts';
import type { AttemptNode, AttemptStatus, CallNode, WaitNode } from './step-parts.ts';

export function foldAttempt(model: RunModel, event: EventView): void {
  const at = Date.parse(event.at);
  switch (event.type) {
    case 'step.started':
      return changeAttempt(model, event.path, event.attempt, at, (attempt) => attempt);
    case 'step.succeeded':
      return endAttempt(model, event, at, 'succeeded');
    case 'step.failed':
    case 'attempt.failed':
      return endAttempt(model, event, at, 'failed');
    case 'step.cancelled':
      return endAttempt(model, event, at, 'cancelled');
    case 'attempt.rejected':
      return endAttempt(model, event, at, 'rejected');
    case 'step.in_doubt':
    case 'step.quarantined':
      endAttempt(model, event, at, 'failed');
      return changeWaits(model, event.path, (waits) => openWait(waits, 'person', at));
    case 'step.resolved':
    case 'wait.closed':
      return changeWaits(model, event.path, (waits) => closeWait(waits, 'step', at));
    case 'wait.opened': {
      const { kind } = event.wait;
      changeAttempt(model, event.path, event.attempt, at, (attempt) => attempt);
      return changeWaits(model, event.path, (waits) => openWait(waits, kind === 'approval' ? 'person' : kind, at));
    }
    case 'call.waiting':
      return changeWaits(model, event.path, (waits) => openWait(waits, 'limit', at));
    case 'call.admitted':
      return changeWaits(model, event.path, (waits) => closeWait(waits, 'limit', at));
    case 'call.finished': {
      const { started_at, ms, ...call } = event.call;
      const startedAt = Date.parse(started_at);
      const made = callNode(call, startedAt, startedAt + ms);
      return changeAttempt(model, event.path, event.attempt, startedAt, (attempt) => ({
        ...attempt,
        calls: [...attempt.calls, made],
      }));
    }
    case 'rail.judged': {
      const { calls = [] } = event;
      if (calls.length === 0) return;
      const made = calls.map((call) => callNode(call, Date.parse(call.started_at), Date.parse(call.ended_at)));
      // What is said of the run's own input at its door is all that there is of it.
      const ended =
        event.path === '@input' && event.outcome === 'pass' ? { status: 'succeeded' as const, endedAt: at } : {};
      return changeAttempt(model, event.path, event.attempt, at, (attempt) => ({
        ...attempt,
        ...ended,
        calls: [...attempt.calls, ...made],
      }));
    }
    case 'run.succeeded':
    case 'run.failed':
    case 'run.cancelled':
      return endAll(model, at);
    // Of the run, of blocks and of plans: no attempt comes further by them.
    case 'run.created':
    case 'run.started':
    case 'run.waiting':
    case 'run.paused':
    case 'run.resumed':
    case 'run.hurried':
    case 'run.ending':
    case 'budget.raised':
    case 'signal.received':
    case 'signal.refused':
    case 'step.skipped':
    case 'loop.advanced':
    case 'block.opened':
    case 'plan.proposed':
    case 'plan.accepted':
    case 'plan.replaced':
    case 'objective.scored':
      return;
    default:
      event satisfies never;
  }
}

function callNode(
  { kind, name, error, usage }: Pick<RailCallView, 'kind' | 'name' | 'error' | 'usage'>,
  startedAt: number,
  endedAt: number,
): CallNode {
  return { kind, name, startedAt, endedAt, failed: error !== undefined, ...(usage === undefined ? {} : { usage }) };
}

function endAll(model: RunModel, at: number): void {
  for (const [path, attempts] of model.attempts) {
    const last = attempts.at(-1);
    if (last?.status !== 'running') continue;
    model.attempts.set(path, attempts.with(attempts.length - 1, { ...last, status: 'cancelled', endedAt: at }));
  }
  for (const path of model.waits.keys()) changeWaits(model, path, (waits) => closeWait(waits, 'all', at));
}

function changeWaits(model: RunModel, path: string, change: (waits: readonly WaitNode[]) => readonly WaitNode[]): void {
  const before = model.waits.get(path) ?? [];
  const after = change(before);
  if (after !== before) model.waits.set(path, after);
}

function changeAttempt(
  model: RunModel,
  path: string,
  number: number,
  at: number,
  change: (attempt: AttemptNode) => AttemptNode,
): void {
  const attempts = model.attempts.get(path) ?? [];
  const index = attempts.findLastIndex(({ attempt }) => attempt === number);
  const known: AttemptNode = attempts[index] ?? { attempt: number, status: 'running', startedAt: at, calls: [] };
  model.attempts.set(path, index === -1 ? [...attempts, change(known)] : attempts.with(index, change(known)));
}

function endAttempt(
  model: RunModel,
  event: { readonly path: string; readonly attempt: number },
  at: number,
  status: Exclude<AttemptStatus, 'running'>,
): void {
  changeAttempt(model, event.path, event.attempt, at, (attempt) => ({ ...attempt, status, endedAt: at }));
  changeWaits(model, event.path, (waits) => closeWait(waits, 'all', at));
}
