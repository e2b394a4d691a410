/** Steps that wait: for a time, a signal or a person, and for leave to run at all. */
import { errorRecordOf, rootFrame, TelosError, wholeOf } from '@telos/core';
import type { ApproveStep, At, Closing, Instant, Json, Payload, Sequence, StepPath, Wait, WaitStep } from '@telos/core';
import { durationMs } from '@telos/language';
import type { Scope } from '@telos/language';
import { attemptOf } from '../desk/attempt-of.ts';
import type { Desk } from '../desk/desk.ts';
import { labellingOfOpening } from '../labels/labelling.ts';
import { misfitOf } from './signal-fit.ts';
import type { Lookup } from '../scope/values.ts';

/** A decision by a person, as the inbox brings it. */
export type Answer = Extract<Closing, { readonly decision: string }>;

export interface WaitSteps {
  /** The step's `when` held: records its start, and what it waits for. */
  start(at: WaitAt, scope: Scope): void;
  /** The step has started and does not wait yet: what a lost owner left; or it is to be asked again. */
  open(at: WaitAt): void;
  /** The step waits: until `dueAt`, when there is one. */
  wait(at: At, dueAt: Instant | undefined): void;
  /** Reads nothing more for the step: it waits no longer. Its time is dropped with the step itself. */
  abort(path: StepPath): void;
  /** Hands signals that were kept to the steps that wait for them, where their payloads fit. */
  deliver(): void;
  /** A person has answered the wait of this id. Calls `done` once that is applied, or there is no such wait. */
  answer(id: Sequence, answer: Answer, done: () => void): void;
}

export type WaitAt = At & { readonly step: WaitStep | ApproveStep };

/** Later than this no clock can tell the time (ECMA-262, time values). */
const latest = 8.64e15;

export function createWaitSteps(desk: Desk): WaitSteps {
  const { state } = desk;
  /** Steps for which a signal is being looked at. */
  const looking = new Set<StepPath>();
  /** Waits that were answered; what the answer gives is on its way. */
  const closing = new Set<StepPath>();

  function openIn(at: WaitAt, scope: Scope): void {
    const { path, step } = at;
    const labelling = labellingOfOpening(state, desk.contexts.of(at.frame), at.frame, step);
    const open = (wait: Wait): void =>
      void desk.apply({ do: 'openWait', at: desk.now(), path, attempt: attemptOf(state, path), wait, labelling });
    try {
      if (step.kind === 'wait') {
        open(waitOf(at, step, scope));
        return;
      }
      const { who, form, approvalTimeoutMs, onTimeout } = step;
      const shown = desk.contexts.of(at.frame).linked.render(step.show, scope);
      desk.store(shown, (show) =>
        open({
          kind: 'approval',
          purpose: 'step',
          who: [...who],
          show,
          onTimeout,
          ...(form === undefined ? {} : { form }),
          ...(approvalTimeoutMs === undefined ? {} : { dueAt: desk.now() + approvalTimeoutMs }),
        }),
      );
    } catch (error) {
      const failed = errorRecordOf(error, 'EXPRESSION_FAILED');
      const attempt = attemptOf(state, path);
      // Why it cannot wait may quote what it was to wait for.
      const read = wholeOf(labelling);
      desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error: failed, random: 0, labelling: read });
    }
  }

  /** @throws TelosError WAIT_INVALID, EXPRESSION_FAILED. */
  function waitOf({ path, frame }: At, { wait }: WaitStep, scope: Scope): Wait {
    const { linked } = desk.contexts.of(frame);
    switch (wait.for) {
      case 'duration': {
        const given = typeof wait.ms === 'number' ? wait.ms : linked.render(wait.ms, scope);
        const ms = typeof given === 'string' ? (durationMs(given) ?? Number(given)) : given;
        return { kind: 'time', dueAt: instantOf(path, given, typeof ms === 'number' ? desk.now() + ms : Number.NaN) };
      }
      case 'instant': {
        const given = linked.render(wait.at, scope);
        return { kind: 'time', dueAt: instantOf(path, given, typeof given === 'string' ? Date.parse(given) : given) };
      }
      case 'signal': {
        const { name, schema, timeoutMs, onTimeout } = wait;
        return {
          kind: 'signal',
          name,
          onTimeout,
          ...(schema === undefined ? {} : { schema }),
          ...(timeoutMs === undefined ? {} : { dueAt: desk.now() + timeoutMs }),
        };
      }
    }
  }

  function close(path: StepPath, how: Closing, done: () => void = () => {}): void {
    const waiting = state.steps.get(path);
    // The first answer counts, also while what it gives is still being read.
    if (waiting?.status !== 'waiting' || closing.has(path)) {
      done();
      return;
    }
    closing.add(path);
    const { wait, attempt } = waiting;
    const end = (output?: Payload): void => {
      closing.delete(path);
      desk.drop(path);
      desk.drop(readingKey(path));
      desk.apply({
        do: 'closeWait',
        at: desk.now(),
        path,
        attempt,
        closing: how,
        ...(output === undefined ? {} : { output }),
      });
      done();
    };
    if (wait.kind !== 'approval' || wait.purpose !== 'step' || !approves(wait, how)) {
      end();
      return;
    }
    const answer: Partial<Answer> = 'decision' in how ? how : {};
    const value = answer.value ?? wait.show;
    gather(
      path,
      value,
      (lookup) => {
        const output = {
          decision: 'approve',
          value: lookup(value),
          note: answer.note ?? null,
          by: answer.by ?? null,
        };
        desk.store(output, end);
      },
      () => {
        closing.delete(path);
        done();
      },
    );
  }

  function approves(wait: Extract<Wait, { kind: 'approval' }>, closing: Closing): boolean {
    return 'decision' in closing ? closing.decision === 'approve' : wait.onTimeout === 'approve';
  }

  /** The oldest signal that is kept for a step whose schema it has to fit, looked at once it is read; and so on. */
  function deliverTo(path: StepPath): void {
    const waiting = state.steps.get(path);
    if (waiting?.status !== 'waiting' || waiting.wait.kind !== 'signal' || closing.has(path)) return;
    const { attempt, wait } = waiting;
    const { name, schema } = wait;
    const signal = state.signals.find((kept) => kept.name === name);
    if (schema === undefined || signal === undefined || looking.has(path)) return;
    looking.add(path);
    gather(
      path,
      signal.payload,
      (lookup) => {
        looking.delete(path);
        const { id, payload } = signal;
        if (state.signals.includes(signal)) {
          const error = misfitOf(path, name, schema, lookup(payload));
          if (error === undefined) close(path, { signal: id, payload });
          else desk.apply({ do: 'refuseSignal', at: desk.now(), path, attempt, id, error });
        }
        deliverTo(path);
      },
      () => looking.delete(path),
    );
  }

  /** Reads one payload; what the step's expressions would see besides is not looked at. */
  function gather(path: StepPath, payload: Payload, then: (lookup: Lookup) => void, onDrop: () => void): void {
    const wanted = { path: readingKey(path), frame: { path: rootFrame, steps: [] }, reads: [], more: [payload] };
    desk.read(wanted, (_scope, lookup) => then(lookup), { path: wanted.path, onDrop });
  }

  return {
    start(at, scope) {
      const { path, step, frame } = at;
      const labelling = labellingOfOpening(state, desk.contexts.of(frame), frame, step);
      if (desk.apply({ do: 'startStep', at: desk.now(), path, attempt: 1, labelling })) openIn(at, scope);
    },
    open(at) {
      const { path, step, frame } = at;
      desk.read({ path, frame, reads: step.reads }, (scope) => {
        const known = state.steps.get(path);
        if (known?.status === 'retrying') {
          const labelling = labellingOfOpening(state, desk.contexts.of(frame), frame, step);
          desk.apply({ do: 'startStep', at: desk.now(), path, attempt: known.attempt, labelling });
        }
        openIn(at, scope);
      });
    },
    abort: (path) => void desk.drop(readingKey(path)),
    deliver() {
      for (const path of state.held) deliverTo(path);
    },
    wait({ path }, dueAt) {
      deliverTo(path);
      if (dueAt === undefined || state.steps.get(path)?.status !== 'waiting') return;
      desk.later(path, dueAt, () => {
        const waiting = state.steps.get(path);
        if (waiting?.status !== 'waiting') return;
        close(path, waiting.wait.kind === 'time' ? { due: true } : { timeout: true });
      });
    },
    answer(id, answer, done) {
      for (const path of state.held) {
        const waiting = state.steps.get(path);
        if (waiting?.status !== 'waiting' || waiting.id !== id || waiting.wait.kind !== 'approval') continue;
        close(path, answer, done);
        return;
      }
      done();
    },
  };
}

/** What is read for a step that waits is kept under this, beside its time. No step can have such a path. */
function readingKey(path: StepPath): string {
  return `${path}?`;
}

function instantOf(path: StepPath, given: Json, ms: unknown): Instant {
  if (typeof ms === 'number' && Number.isFinite(ms) && Math.abs(ms) <= latest) return Math.round(ms);
  throw new TelosError('WAIT_INVALID', `${path} cannot wait for ${JSON.stringify(given)}: that is no time.`);
}
