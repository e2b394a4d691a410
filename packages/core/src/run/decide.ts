/**
 * The rules of a run: what may happen next, and what follows from an outcome.
 *
 * `decide` turns a command into the events that record it, or refuses. It is
 * pure: times, chance and rendered values arrive inside commands. Whatever
 * passes here is a fact once the journal has it.
 */
import type { ErrorCode } from '../errors/catalog.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash, Instant } from '../ids.ts';
import type { Json } from '../json.ts';
import type { Labels } from '../labels.ts';
import type { Payload } from '../payload.ts';
import type { StepPath } from '../program/path.ts';
import type { Step } from '../program/program.ts';
import type { Usage } from '../usage.ts';
import type { CallRecord, EventOf, GateResult, Opening, RunEvent } from './events.ts';
import { nextRemedy } from './remedy.ts';
import { mayRepeat, unrepeated } from './repeat.ts';
import type { Did } from './repeat.ts';
import { isRetried, retryDelay } from './retry.ts';
import { hasEnded } from './state.ts';
import type { RunState, StepState } from './state.ts';

type OfStep = { readonly at: Instant; readonly path: StepPath };
type OfAttempt = OfStep & { readonly attempt: number };

export type Command =
  | { readonly do: 'start'; readonly at: Instant }
  | { readonly do: 'succeed'; readonly at: Instant; readonly outputs: Payload }
  | { readonly do: 'fail'; readonly at: Instant; readonly error: ErrorRecord }
  | { readonly do: 'cancel'; readonly at: Instant; readonly reason: string }
  | (OfAttempt & { readonly do: 'startStep'; readonly input?: Payload; readonly labels?: Labels })
  | (OfStep & { readonly do: 'skipStep'; readonly reason: 'when' | 'no_case' })
  | (OfStep & { readonly do: 'openBlock'; readonly opening: Opening })
  | (OfAttempt & {
      readonly do: 'acceptPlan';
      readonly program: Hash;
      readonly objectives: Json;
      readonly usage?: Usage;
    })
  | (OfAttempt & { readonly do: 'recordCall'; readonly index: number; readonly call: CallRecord })
  | (OfAttempt & {
      readonly do: 'succeedStep';
      readonly output: Payload;
      readonly usage?: Usage;
      readonly labels?: Labels;
      readonly gate?: GateResult;
    })
  /** An output that did not pass its gate: a remedy follows, or the step fails with its best attempt. `fallback` is the ladder's fallback value, rendered. */
  | (OfAttempt & {
      readonly do: 'rejectOutput';
      readonly step: Step;
      readonly output: Payload;
      readonly gate: GateResult;
      readonly error: ErrorRecord;
      readonly fallback?: Payload;
      /** Absent: nothing that a repair would do twice. */
      readonly did?: Did;
      /** Of the output, and of the fallback value. */
      readonly labels?: Labels;
      readonly usage?: Usage;
    })
  /** An error: another attempt follows by the step's `retry` (never of a block that was opened), or the step fails. `random` in [0, 1) spreads retries. */
  | (OfAttempt & {
      readonly do: 'failStep';
      readonly step: Step;
      readonly error: ErrorRecord;
      /** Of what the error says. */
      readonly labels?: Labels;
      readonly usage?: Usage;
      readonly random: number;
      /** Absent: nothing that another attempt would do twice. */
      readonly did?: Did;
    })
  /** The process died during the attempt, and nobody knows how far it came. */
  | (OfAttempt & Did & { readonly do: 'interruptStep' })
  | (OfAttempt & { readonly do: 'cancelStep'; readonly partial?: Payload; readonly usage?: Usage });

/** Why a command changes nothing. */
export type Refusal = {
  readonly refused: Extract<ErrorCode, 'RUN_FINISHED' | 'STEP_NOT_READY' | 'STALE_ATTEMPT'>;
  readonly message: string;
};

export type Decision = readonly RunEvent[] | Refusal;

export function isRefusal(decision: Decision): decision is Refusal {
  return 'refused' in decision;
}

/** A step that took its process down this often is not tried again. */
export const maxInterruptions = 5;

/** Decides what a command means for a run in this state. The state is not changed. */
export function decide(state: RunState, command: Command): Decision {
  if (hasEnded(state)) return { refused: 'RUN_FINISHED', message: `Run ${state.id} has ended: ${state.phase.status}.` };
  const { at } = command;
  switch (command.do) {
    case 'start':
      return state.phase.status === 'pending' ? [{ type: 'run.started', at }] : [];
    case 'succeed':
      return [{ type: 'run.succeeded', at, outputs: command.outputs }];
    case 'fail':
      return [{ type: 'run.failed', at, error: command.error }];
    case 'cancel':
      return [{ type: 'run.cancelled', at, reason: command.reason }];
    default:
      if (state.phase.status === 'pending') return notReady(command.path, undefined);
      return decideStep(state.steps.get(command.path), state.blocks.has(command.path), command);
  }
}

type StepCommand = Extract<Command, OfStep>;

/** @param opened Whether the step is a block whose body was opened. Its frames have their addresses, so it runs once. */
function decideStep(step: StepState | undefined, opened: boolean, command: StepCommand): Decision {
  const { at, path } = command;
  if (command.do === 'skipStep') {
    return step === undefined ? [{ type: 'step.skipped', at, path, reason: command.reason }] : notReady(path, step);
  }
  if (command.do === 'startStep') {
    const expected = step === undefined ? 1 : step.status === 'waiting' ? step.attempt : undefined;
    if (expected === undefined) return notReady(path, step);
    if (command.attempt !== expected) return stale(path, command.attempt, expected);
    const started: EventOf<'step.started'> = { type: 'step.started', at, path, attempt: command.attempt };
    if (command.input !== undefined) started.input = command.input;
    if (command.labels !== undefined && command.labels.length > 0) started.labels = [...command.labels];
    return [started];
  }
  if (command.do === 'openBlock') {
    return step?.status === 'running' && !opened
      ? [{ type: 'block.opened', at, path, opening: command.opening }]
      : notReady(path, step);
  }
  if (step === undefined || (step.status !== 'running' && step.status !== 'waiting')) return notReady(path, step);
  if (step.attempt !== command.attempt) return stale(path, command.attempt, step.attempt);
  const { attempt } = command;
  if (command.do === 'cancelStep') {
    const usage = command.usage ?? (step.status === 'running' ? step.spent : undefined);
    return [
      {
        type: 'step.cancelled',
        at,
        path,
        attempt,
        ...optional('partial', command.partial),
        ...optional('usage', usage),
      },
    ];
  }
  if (step.status !== 'running') return notReady(path, step);
  switch (command.do) {
    case 'acceptPlan':
      return [
        {
          type: 'plan.accepted',
          at,
          path,
          attempt,
          program: command.program,
          objectives: command.objectives,
          ...optional('usage', command.usage),
        },
      ];
    case 'recordCall':
      return [{ type: 'call.finished', at, path, attempt, index: command.index, call: command.call }];
    case 'succeedStep': {
      const succeeded: EventOf<'step.succeeded'> = {
        type: 'step.succeeded',
        at,
        path,
        attempt,
        output: command.output,
      };
      if (command.usage !== undefined) succeeded.usage = command.usage;
      if (command.labels !== undefined && command.labels.length > 0) succeeded.labels = [...command.labels];
      if (command.gate !== undefined) succeeded.gate = command.gate;
      return [succeeded];
    }
    case 'rejectOutput': {
      const ladder = command.step.gate?.onFail ?? [];
      const { did } = command;
      const barred = did !== undefined && !mayRepeat(did) && ladder.some((remedy) => remedy.do !== 'fallback');
      const remedies = opened || barred ? ladder.filter((remedy) => remedy.do === 'fallback') : ladder;
      const remedy = nextRemedy(remedies, step.history.rejections);
      if (remedy?.do === 'repair' || remedy?.do === 'escalate') {
        return [
          {
            type: 'attempt.rejected',
            at,
            path,
            attempt,
            output: command.output,
            gate: command.gate,
            remedy: remedy.do === 'repair' ? { repair: step.history.rejections + 1 } : { escalate: remedy.index },
            ...optional('usage', command.usage),
          },
        ];
      }
      if (remedy?.do === 'fallback' && command.fallback !== undefined) {
        return [
          {
            type: 'step.succeeded',
            at,
            path,
            attempt,
            output: command.fallback,
            gate: command.gate,
            ...optional('usage', command.usage),
            ...optionalLabels(command.labels),
          },
        ];
      }
      const { best } = step.history;
      const kept =
        best !== undefined && best.gate.score > command.gate.score
          ? best
          : { output: command.output, gate: command.gate };
      return [
        {
          type: 'step.failed',
          at,
          path,
          attempt,
          error: { ...(barred ? unrepeated(command.error, did.effect) : command.error), path },
          output: kept.output,
          gate: { ...kept.gate, attempts: command.gate.attempts },
          ...optional('usage', command.usage),
          ...optionalLabels(command.labels),
        },
      ];
    }
    case 'failStep': {
      const error = { ...command.error, path: command.error.path ?? path };
      const { retry } = command.step;
      const left = { ...optional('usage', command.usage), ...optionalLabels(command.labels) };
      const failures = step.history.failures + 1;
      if (!opened && retry !== undefined && failures < retry.max && isRetried(error, retry)) {
        const { did } = command;
        if (did !== undefined && !mayRepeat(did)) {
          const last = unrepeated(error, did.effect);
          return [{ type: 'step.failed', at, path, attempt, error: last, ...left }];
        }
        const retryAt = at + retryDelay(retry, failures, error, command.random);
        return [{ type: 'attempt.failed', at, path, attempt, error, retryAt, ...optional('usage', command.usage) }];
      }
      return [{ type: 'step.failed', at, path, attempt, error, ...left }];
    }
    case 'interruptStep': {
      const spent = optional('usage', step.spent);
      const error: ErrorRecord = {
        code: 'INTERRUPTED',
        kind: 'retryable',
        message: `The process that ran ${path} ended during attempt ${attempt}.`,
        path,
      };
      if (!mayRepeat(command)) {
        const next = 'Look whether it took effect, then start or fork the run again.';
        return [
          {
            type: 'step.failed',
            at,
            path,
            attempt,
            ...spent,
            error: {
              ...error,
              code: 'IN_DOUBT',
              kind: 'terminal',
              message: `${error.message} Its effect (${command.effect}) may have happened; it is not repeated.`,
              next,
            },
          },
        ];
      }
      if (step.history.interruptions + 1 >= maxInterruptions) {
        return [
          {
            type: 'step.failed',
            at,
            path,
            attempt,
            ...spent,
            error: { ...error, kind: 'terminal', message: `${path} took its process down ${maxInterruptions} times.` },
          },
        ];
      }
      return [{ type: 'attempt.failed', at, path, attempt, error, retryAt: at, ...spent }];
    }
  }
}

function notReady(path: StepPath, step: StepState | undefined): Refusal {
  return {
    refused: 'STEP_NOT_READY',
    message: `Step ${path} is ${step?.status ?? 'pending'}; the command does not apply.`,
  };
}

function stale(path: StepPath, named: number, current: number): Refusal {
  return { refused: 'STALE_ATTEMPT', message: `Step ${path} is at attempt ${current}; attempt ${named} is over.` };
}

function optional<K extends string, V>(key: K, value: V | undefined): { readonly [P in K]?: V } {
  // The object has exactly the key K, or none: the mapped type says the same, which inference over a computed key cannot.
  return (value === undefined ? {} : { [key]: value }) as { readonly [P in K]?: V };
}

function optionalLabels(labels: Labels | undefined): { labels?: ('untrusted' | 'private')[] } {
  return labels === undefined || labels.length === 0 ? {} : { labels: [...labels] };
}
