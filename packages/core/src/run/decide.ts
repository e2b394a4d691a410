/**
 * The rules of a run: what may happen next, and what follows from an outcome.
 *
 * `decide` turns a command into the events that record it, or refuses. It is
 * pure: times, chance and rendered values arrive inside commands. Whatever
 * passes here is a fact once the journal has it.
 */
import type { Command, Decision, RunCommand } from './command.ts';
import { isRefusal } from './command.ts';
import { decideStep } from './decide-step.ts';
import { closedBySignal } from './decide-wait.ts';
import type { RunEvent } from './events.ts';
import { optional } from './optional.ts';
import { stepNotReady } from './refusals.ts';
import { hasEnded } from './state.ts';
import type { RunState } from './state.ts';

/** Decides what a command means for a run in this state. The state is not changed. */
export function decide(state: RunState, command: Command): Decision {
  if (hasEnded(state)) return { refused: 'RUN_FINISHED', message: `Run ${state.id} has ended: ${state.phase.status}.` };
  if (!('path' in command)) return decideRun(state, command);
  if (state.phase.status === 'pending') return stepNotReady(command.path, undefined);
  const decision = decideStep(state, command);
  // A run that waits goes on as soon as something happens in it.
  if (state.phase.status !== 'waiting' || isRefusal(decision) || decision.length === 0) return decision;
  return [{ type: 'run.resumed', at: command.at }, ...decision];
}

function decideRun(state: RunState, command: RunCommand): Decision {
  const { at } = command;
  const { status } = state.phase;
  switch (command.do) {
    case 'start':
      return status === 'pending' ? [{ type: 'run.started', at }] : [];
    case 'succeed':
      // Its outputs were being made when it was settled that it is to end otherwise.
      if (state.ending !== undefined && !('succeeded' in state.ending))
        return { refused: 'STEP_NOT_READY', message: `Run ${state.id} is to end otherwise.` };
      return [{ type: 'run.succeeded', at, outputs: command.outputs }];
    case 'fail':
      return [{ type: 'run.failed', at, error: command.error }];
    case 'cancel':
      return [{ type: 'run.cancelled', at, reason: command.reason }];
    case 'end':
      if (state.ending !== undefined) return [];
      return [
        ...(status === 'waiting' || status === 'paused' ? [{ type: 'run.resumed' as const, at }] : []),
        { type: 'run.ending', at, cause: command.cause },
      ];
    case 'hurry':
      if (state.ending === undefined || state.hurried) return [];
      return [
        ...(status === 'waiting' ? [{ type: 'run.resumed' as const, at }] : []),
        { type: 'run.hurried', at, ...optional('by', command.by) },
      ];
    case 'wait':
      if (status !== 'running') return [];
      return [{ type: 'run.waiting', at, ...optional('until', command.until) }];
    case 'pause':
      if (status === 'pending' || status === 'paused' || state.ending !== undefined) return [];
      return [
        {
          type: 'run.paused',
          at,
          reason: command.reason,
          ...optional('message', command.message),
          ...optional('by', command.by),
        },
      ];
    case 'resume':
      return status === 'paused' ? [{ type: 'run.resumed', at, ...optional('by', command.by) }] : [];
    case 'raiseBudget':
      return [
        {
          type: 'budget.raised',
          at,
          budget: command.budget,
          ...optional('path', command.of),
          ...optional('by', command.by),
        },
      ];
    case 'receiveSignal': {
      const { id, name, payload, by } = command;
      if (state.heard.has(id)) return [];
      const received: RunEvent = { type: 'signal.received', at, id, name, payload, ...optional('by', by) };
      const closed = closedBySignal(state, { id, name, payload }, at);
      if (closed === undefined) return [received];
      return [...(status === 'waiting' ? [{ type: 'run.resumed' as const, at }] : []), received, ...closed];
    }
  }
}
