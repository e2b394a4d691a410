/** Carrying out what a frontier offers: each action goes to the part of the owner whose affair it is. */
import { errorRecordOf, rootFrame, TelosError } from '@telos/core';
import type { Action, ErrorRecord, Json, Outcome, StepPath } from '@telos/core';
import type { Linked } from '@telos/language';
import type { ActionSteps } from './action-steps.ts';
import { chosenCase } from './block.ts';
import type { BlockSteps } from './block-steps.ts';
import type { Desk } from './desk.ts';
import type { Lazy } from './lazy.ts';
import type { Purse } from './purse.ts';
import type { WaitSteps } from './wait-steps.ts';

export interface Carrier {
  carryOut(action: Action): void;
  /** What stands for an action among those that are offered: a later one of the same key replaces it. */
  keyOf(action: Action): string;
}

export type CarrierSpec = {
  readonly desk: Desk;
  readonly linked: Linked;
  readonly actions: ActionSteps;
  readonly blocks: Lazy<BlockSteps>;
  readonly waits: Lazy<WaitSteps>;
  readonly purse: Purse;
  readonly expire: (path: StepPath, error: ErrorRecord) => void;
};

export function createCarrier({ desk, linked, actions, blocks, waits, purse, expire }: CarrierSpec): Carrier {
  const { state } = desk;

  function carryOut(action: Action): void {
    switch (action.do) {
      case 'start':
        desk.whenGoing(action.path, () => start(action));
        return;
      case 'retry':
        retry(action);
        return;
      case 'recover':
        if (action.step.kind === 'action') actions.recover({ ...action, step: action.step }, action.attempt);
        return;
      case 'open':
        // A step that has just started opens itself; this one was started by an owner that is gone.
        desk.whenGoing(action.path, () => open(action));
        return;
      case 'wait':
        waits.get().wait(action, action.dueAt);
        return;
      case 'advance':
        desk.whenGoing(action.path, () => blocks.get().advance(action));
        return;
      case 'expire': {
        const { path, step, dueAt } = action;
        const message = `${path} took longer than its timeout of ${step.timeoutMs ?? 0} ms.`;
        desk.later(keyOf(action), dueAt, () => expire(path, errorRecordOf(new TelosError('STEP_TIMEOUT', message))));
        return;
      }
      case 'close':
        desk.drop(`${action.path}!`);
        blocks.get().close(action, action.frames, action.outcome);
        return;
      case 'abort':
        desk.drop(`${action.path}!`);
        blocks.made()?.abort(action.path, abortReason());
        actions.abort(action.path, abortReason());
        return;
      case 'withdraw':
        desk.drop(action.path);
        purse.release(action.path);
        return;
      case 'conclude':
        conclude(action.outcome);
        return;
      case 'finish':
        finish(action.outcome);
    }
  }

  function start(action: Extract<Action, { do: 'start' }>): void {
    const { path, step, frame } = action;
    if (step.kind === 'action' && step.when === undefined) {
      actions.start({ path, step, frame }, 1);
      return;
    }
    const { linked: own } = desk.contexts.of(frame);
    desk.read({ path, frame, reads: step.reads }, (scope) => {
      const at = desk.now();
      try {
        if (step.when !== undefined && !own.test(step.when, scope)) {
          desk.apply({ do: 'skipStep', at, path, reason: 'when' });
          return;
        }
        if (step.kind === 'switch' && chosenCase(step, own, scope) === undefined) {
          desk.apply({ do: 'skipStep', at, path, reason: 'no_case' });
          return;
        }
      } catch (error) {
        desk.apply({ do: 'startStep', at, path, attempt: 1 });
        const failed = errorRecordOf(error, 'EXPRESSION_FAILED');
        desk.apply({ do: 'failStep', at, path, attempt: 1, step, error: failed, random: 0 });
        return;
      }
      if (step.kind === 'action') actions.start({ path, step, frame }, 1);
      else if (step.kind === 'wait' || step.kind === 'approve') waits.get().start({ path, step, frame }, scope);
      else blocks.get().start({ path, step, frame }, scope);
    });
  }

  function retry(action: Extract<Action, { do: 'retry' }>): void {
    const { path, step, frame, attempt, dueAt } = action;
    desk.later(path, dueAt, () => {
      if (step.kind === 'action') actions.start({ path, step, frame }, attempt);
      else open({ do: 'open', path, step, frame });
    });
  }

  function open(action: Extract<Action, { do: 'open' }>): void {
    const { path, step, frame } = action;
    if (step.kind === 'wait' || step.kind === 'approve') waits.get().open({ path, step, frame });
    else blocks.get().open(action);
  }

  function conclude(outcome: Outcome): void {
    if (outcome.status === 'cancelled') return;
    const cause = outcome.status === 'failed' ? { failed: outcome.error } : { succeeded: true as const };
    desk.apply({ do: 'end', at: desk.now(), cause });
  }

  function finish(outcome: Outcome): void {
    const at = desk.now();
    if (outcome.status === 'failed') desk.apply({ do: 'fail', at, error: outcome.error });
    else if (outcome.status === 'cancelled') desk.apply({ do: 'cancel', at, reason: outcome.reason ?? 'cancelled' });
    else desk.whenGoing(rootFrame, succeed);
  }

  function succeed(): void {
    const { program } = linked;
    const frame = { path: rootFrame, steps: program.steps };
    desk.read({ path: rootFrame, frame, reads: program.outputReads }, (scope) => {
      let outputs: Json;
      try {
        outputs = linked.render(program.outputs, scope);
      } catch (error) {
        const failed = { ...errorRecordOf(error, 'EXPRESSION_FAILED'), path: 'outputs' };
        desk.apply({ do: 'fail', at: desk.now(), error: failed });
        return;
      }
      desk.store(outputs, (payload) => void desk.apply({ do: 'succeed', at: desk.now(), outputs: payload }));
    });
  }

  function abortReason(): TelosError {
    const { ending } = state;
    if (ending !== undefined && 'failed' in ending && ending.failed.code === 'BUDGET_EXCEEDED')
      return new TelosError('BUDGET_EXCEEDED', ending.failed.message);
    const reason = ending !== undefined && 'cancelled' in ending ? ending.cancelled : 'Another step failed.';
    return new TelosError('CANCELLED', reason);
  }

  function keyOf(action: Action): string {
    if (!('path' in action)) return rootFrame;
    return action.do === 'expire' ? `${action.path}!` : action.path;
  }

  return { carryOut, keyOf };
}
