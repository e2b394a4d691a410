/** What may happen to one step next. How an attempt ends is in decide-attempt.ts, what ends a wait in decide-wait.ts. */
import { labellingOf, wholeOf } from '../labels.ts';
import type { Decision, StepCommand } from './command.ts';
import { decideAttempt } from './decide-attempt.ts';
import { decidePlan } from './decide-plan.ts';
import { decideClose, decideOpen, decideRefusal } from './decide-wait.ts';
import type { EventOf, RunEvent } from './events.ts';
import { carriedIn, carriesNothing } from './carried-labels.ts';
import { optional } from './optional.ts';
import { stepNotReady, staleAttempt } from './refusals.ts';
import { errorAt } from './step-failure.ts';
import { isOpen } from './state.ts';
import type { OpenStep, RunState, StepState } from './state.ts';

export function decideStep(state: RunState, command: StepCommand): Decision {
  const { at, path } = command;
  const step = state.steps.get(path);
  switch (command.do) {
    case 'skipStep':
      return step === undefined
        ? [{ type: 'step.skipped', at, path, reason: command.reason }]
        : stepNotReady(path, step);
    case 'startStep': {
      const expected = step === undefined ? 1 : step.status === 'retrying' ? step.attempt : undefined;
      if (expected === undefined) return stepNotReady(path, step);
      if (command.attempt !== expected) return staleAttempt(path, command.attempt, expected);
      const started: EventOf<'step.started'> = { type: 'step.started', at, path, attempt: command.attempt };
      if (command.input !== undefined) started.input = command.input;
      const carried = carriedIn(command, path);
      if (carried !== carriesNothing) Object.assign(started, carried);
      if (command.queue !== undefined) started.queue = command.queue;
      return [started];
    }
    case 'openBlock':
      return step?.status === 'running' && !state.blocks.has(path)
        ? [{ type: 'block.opened', at, path, opening: command.opening }]
        : stepNotReady(path, step);
    case 'advanceLoop': {
      const rounds = (state.rounds.get(path)?.length ?? 0) + 1;
      return step?.status === 'running' && command.round === rounds + 1
        ? [
            {
              type: 'loop.advanced',
              at,
              path,
              round: command.round,
              state: command.state,
              ...carriedIn(command, path),
              ...(command.calls === undefined ? {} : { calls: [...command.calls] }),
            },
          ]
        : stepNotReady(path, step);
    }
    case 'openWait':
      return decideOpen(state, step, command);
    case 'judgeRails':
      return decideRails(step, command);
    default:
  }
  if (!isOpen(step)) return stepNotReady(path, step);
  if (command.do === 'resolveStep') return resolve(step, command);
  if (step.attempt !== command.attempt) return staleAttempt(path, command.attempt, step.attempt);
  switch (command.do) {
    case 'cancelStep': {
      const usage = command.usage ?? (step.status === 'running' ? step.spent : undefined);
      return [
        {
          type: 'step.cancelled',
          at,
          path,
          attempt: command.attempt,
          ...optional('partial', command.partial),
          ...optional('usage', usage),
          ...carriedIn(command, path),
        },
      ];
    }
    case 'refuseSignal':
      return step.status === 'waiting' ? decideRefusal(state, step, command) : stepNotReady(path, step);
    case 'closeWait':
      return step.status === 'waiting' ? decideClose(step, command) : stepNotReady(path, step);
    case 'proposePlan':
    case 'replacePlan':
    case 'scoreObjective':
      return step.status === 'running' ? decidePlan(state, step, command) : stepNotReady(path, step);
    default:
      return step.status === 'running'
        ? decideAttempt(step, state.blocks.has(path), command)
        : stepNotReady(path, step);
  }
}

/** What goes into a call is judged before its attempt starts, what comes of it while it is under way. */
function decideRails(step: StepState | undefined, command: Extract<StepCommand, { do: 'judgeRails' }>): Decision {
  const { at, path, attempt, result, usage, calls = [] } = command;
  const before = result.place === 'input' || result.place === 'tool_arguments' || result.place === 'memory_write';
  if (step?.status !== 'running' && !(before && (step === undefined || step.status === 'retrying')))
    return stepNotReady(path, step);
  const expected = step === undefined ? 1 : step.attempt;
  if (attempt !== expected) return staleAttempt(path, attempt, expected);
  const made = calls.length === 0 ? {} : { calls: [...calls] };
  return [{ type: 'rail.judged', at, path, attempt, ...result, ...optional('usage', usage), ...made }];
}

/** A person has the last word on a step in doubt or in quarantine. */
function resolve(step: OpenStep, command: Extract<StepCommand, { do: 'resolveStep' }>): Decision {
  const { at, path, as, by, note } = command;
  if (step.status !== 'in_doubt' && step.status !== 'quarantined') return stepNotReady(path, step);
  const { attempt } = step;
  // Whoever says what it gave has it from where the step would have had it.
  const carried = carriedIn({ labelling: wholeOf(labellingOf(step, path)) }, path);
  const resolved: RunEvent = {
    type: 'step.resolved',
    at,
    path,
    attempt,
    as,
    ...optional('by', by),
    ...optional('note', note),
  };
  switch (as) {
    case 'retry':
      return [resolved];
    case 'succeed':
      return [
        resolved,
        {
          type: 'step.succeeded',
          at,
          path,
          attempt,
          output: command.output ?? { value: null },
          ...carried,
        },
      ];
    case 'fail':
      return [
        resolved,
        {
          type: 'step.failed',
          at,
          path,
          attempt,
          error: errorAt(path, step.error),
          ...carried,
          ...optional('gate', step.gate),
          ...optional('output', step.output),
        },
      ];
  }
}
