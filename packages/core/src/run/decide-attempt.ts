/** How an attempt ends: well, with another one to follow, or for good. */
import type { ErrorRecord } from '../errors/telos-error.ts';
import { joinAll, labellingOf, wholeOf } from '../labels.ts';
import type { Labelling } from '../labels.ts';
import type { StepPath } from '../program/path.ts';
import { isBetter } from './better-gate.ts';
import type { Decision, StepCommand } from './command.ts';
import type { RunEvent } from './events.ts';
import { carriedAside, carriedIn, carriesNothing } from './carried-labels.ts';
import { optional } from './optional.ts';
import { failedForGood } from './step-failure.ts';
import { nextRemedy } from './remedy.ts';
import { mayRepeat, unrepeated } from './repeat.ts';
import { isRetried, retryDelay } from './retry.ts';
import type { Rejected, StepState } from './state.ts';

/** A step that took its process down this often is not tried again. */
export const maxInterruptions = 5;

type Running = Extract<StepState, { status: 'running' }>;
type CommandOf<D extends StepCommand['do']> = Extract<StepCommand, { do: D }>;

export type AttemptCommand = CommandOf<
  | 'acceptPlan'
  | 'awaitLimit'
  | 'passLimit'
  | 'recordCall'
  | 'succeedStep'
  | 'rejectOutput'
  | 'failStep'
  | 'interruptStep'
  | 'handOver'
>;

/** @param opened Whether the step is a block whose body was opened. Its frames have their addresses, so it runs once. */
export function decideAttempt(step: Running, opened: boolean, command: AttemptCommand): Decision {
  const { at, path, attempt } = command;
  switch (command.do) {
    case 'acceptPlan': {
      const { program, objectives, usage } = command;
      const read = carriedIn(command, path);
      return [{ type: 'plan.accepted', at, path, attempt, program, objectives, ...optional('usage', usage), ...read }];
    }
    case 'awaitLimit':
      return [{ type: 'call.waiting', at, path, attempt, limit: command.limit }];
    case 'passLimit':
      return [{ type: 'call.admitted', at, path, attempt, limit: command.limit }];
    case 'recordCall':
      return [{ type: 'call.finished', at, path, attempt, index: command.index, call: command.call }];
    case 'succeedStep': {
      const succeeded: Extract<RunEvent, { type: 'step.succeeded' }> = {
        type: 'step.succeeded',
        at,
        path,
        attempt,
        output: command.output,
      };
      if (command.usage !== undefined) succeeded.usage = command.usage;
      const carried = carriedIn(command, path);
      if (carried !== carriesNothing) Object.assign(succeeded, carried);
      if (command.gate !== undefined) succeeded.gate = command.gate;
      if (command.cached !== undefined) succeeded.cached = command.cached;
      return [succeeded];
    }
    case 'rejectOutput':
      return rejectOutput(step, opened, command);
    case 'failStep':
      return failStep(step, opened, command);
    case 'interruptStep':
      return interrupt(step, opened, command);
    case 'handOver': {
      const error: ErrorRecord = {
        code: 'HANDED_OVER',
        kind: 'retryable',
        message: `The worker that ran ${path} was told to stop during attempt ${attempt}.`,
        path,
      };
      const usage = command.usage ?? step.spent;
      return [{ type: 'attempt.failed', at, path, attempt, error, retryAt: at, ...optional('usage', usage) }];
    }
  }
}

function rejectOutput(step: Running, opened: boolean, command: CommandOf<'rejectOutput'>): readonly RunEvent[] {
  const { at, path, attempt, did, output, gate, fallback } = command;
  const ladder = command.step.gate?.onFail ?? [];
  const again = (remedy: (typeof ladder)[number]): boolean => remedy.do === 'repair' || remedy.do === 'escalate';
  const barred = did !== undefined && !mayRepeat(did) && ladder.some(again);
  const remedies = opened || barred ? ladder.filter((remedy) => !again(remedy)) : ladder;
  const remedy = nextRemedy(remedies, step.history.rejections);
  const usage = optional('usage', command.usage);
  if (remedy?.do === 'repair' || remedy?.do === 'escalate') {
    const taken = remedy.do === 'repair' ? { repair: step.history.rejections + 1 } : { escalate: remedy.index };
    const carried = carriedIn(command, path);
    return [{ type: 'attempt.rejected', at, path, attempt, output, gate, remedy: taken, ...usage, ...carried }];
  }
  const told = labellingOf(command, path);
  if (remedy?.do === 'fallback' && fallback !== undefined) {
    const carried = carriedIn({ labelling: command.fallbackLabelling ?? told }, path);
    return [{ type: 'step.succeeded', at, path, attempt, output: fallback, gate, ...usage, ...carried }];
  }
  const { best } = step.history;
  const isBest = best !== undefined && isBetter(best.gate, gate);
  const kept = isBest ? best : { output, gate };
  const labels = carriedIn({ labelling: isBest ? labellingOfKept(told, best, path) : told }, path);
  const judged = { ...kept.gate, attempts: gate.attempts };
  if (remedy?.do === 'approve') {
    return [
      {
        type: 'wait.opened',
        at,
        path,
        attempt,
        wait: {
          kind: 'approval',
          purpose: 'gate',
          who: [...remedy.who],
          show: kept.output,
          onTimeout: 'fail',
          gate: judged,
        },
        ...usage,
        ...labels,
      },
    ];
  }
  const error = { ...(barred ? unrepeated(command.error, did.effect) : command.error), path };
  return [
    failedForGood(
      { at, path, attempt },
      command.step,
      opened,
      { error, output: kept.output, gate: judged, ...usage, ...labels },
      carriedAside(step, command, path),
    ),
  ];
}

/** The best output, beside an error that tells of the last one. */
function labellingOfKept(told: Labelling, { carried }: Rejected, path: StepPath): Labelling {
  return joinAll([wholeOf(told), wholeOf(labellingOf(carried ?? {}, path))]);
}

function failStep(step: Running, opened: boolean, command: CommandOf<'failStep'>): readonly RunEvent[] {
  const { at, path, attempt, did } = command;
  const error = { ...command.error, path: command.error.path ?? path };
  const { retry } = command.step;
  const usage = optional('usage', command.usage);
  const left = { ...usage, ...carriedIn(command, path) };
  const aside = carriedAside(step, command, path);
  const failures = step.history.failures + 1;
  if (!opened && retry !== undefined && failures < retry.max && isRetried(error, retry)) {
    if (did === undefined || error.effect === 'none' || mayRepeat(did)) {
      const retryAt = at + retryDelay(retry, failures, error, command.random);
      return [{ type: 'attempt.failed', at, path, attempt, error, retryAt, ...usage }];
    }
    const last = unrepeated(error, did.effect);
    return [failedForGood({ at, path, attempt }, command.step, opened, { error: last, ...left }, aside)];
  }
  return [failedForGood({ at, path, attempt }, command.step, opened, { error, ...left }, aside)];
}

function interrupt(step: Running, opened: boolean, command: CommandOf<'interruptStep'>): readonly RunEvent[] {
  const { at, path, attempt } = command;
  const spent = optional('usage', step.spent);
  const aside = carriedAside(step, command, path);
  const error: ErrorRecord = {
    code: 'INTERRUPTED',
    kind: 'retryable',
    message: `The process that ran ${path} ended during attempt ${attempt}.`,
    ...command.error,
    path,
  };
  if (!mayRepeat(command)) {
    const doubtful: ErrorRecord = {
      ...error,
      code: 'IN_DOUBT',
      kind: 'terminal',
      message: `${error.message} Its effect (${command.effect}) may have happened; it is not repeated.`,
      next: 'Look whether it took effect, then resolve the step: `telos approvals` shows it.',
    };
    return [{ type: 'step.in_doubt', at, path, attempt, error: doubtful, ...spent, ...aside }];
  }
  if (step.history.interruptions + 1 < maxInterruptions)
    return [{ type: 'attempt.failed', at, path, attempt, error, retryAt: at, ...spent }];
  const message = `${path} took its process down ${maxInterruptions} times.`;
  const last: ErrorRecord = { ...error, kind: 'terminal', message };
  return [failedForGood({ at, path, attempt }, command.step, opened, { error: last, ...spent }, aside)];
}
