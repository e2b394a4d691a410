/** Carrying out what a frontier offers: each action goes to the part of the owner whose affair it is. */
import { errorRecordOf, rootFrame, TelosError, timeoutKey } from '@telos/core';
import type { Action, Json, Outcome, StepPath } from '@telos/core';
import type { Linked } from '@telos/language';
import type { ActionSteps } from '../actions/action-steps.ts';
import { chosenCase } from '../blocks/block.ts';
import type { BlockSteps } from '../blocks/block-steps.ts';
import type { Desk } from '../desk/desk.ts';
import type { Lazy } from '../desk/lazy.ts';
import type { Ledger } from '../desk/ledger.ts';
import type { Purse } from '../budget/purse.ts';
import type { RunRails } from './run-rails.ts';
import { labellingOfTemplate } from '../labels/labelling.ts';
import { labellingOfConditions } from '../gates/reasons.ts';
import { sourcesOf } from '../scope/scope.ts';
import type { WaitSteps } from '../waits/wait-steps.ts';

export type CarrierSpec = {
  readonly desk: Desk;
  readonly linked: Linked;
  readonly actions: ActionSteps;
  readonly blocks: Lazy<BlockSteps>;
  readonly waits: Lazy<WaitSteps>;
  readonly runRails: RunRails;
  readonly purse: Purse;
  readonly ledger: Ledger;
  /** Whether the run is being given up: then nothing more is carried out. */
  readonly owner: { isFailing(): boolean };
};

export class Carrier {
  readonly #desk: Desk;
  readonly #linked: Linked;
  readonly #actions: ActionSteps;
  readonly #blocks: Lazy<BlockSteps>;
  readonly #waits: Lazy<WaitSteps>;
  readonly #runRails: RunRails;
  readonly #purse: Purse;
  readonly #ledger: Ledger;
  readonly #owner: CarrierSpec['owner'];
  /** Taken from the frontier and not carried out, by key; empty between turns, absent while one at a time is offered. */
  #offered: Map<StepPath, Action> | undefined;

  constructor({ desk, linked, actions, blocks, waits, runRails, purse, ledger, owner }: CarrierSpec) {
    this.#desk = desk;
    this.#linked = linked;
    this.#actions = actions;
    this.#blocks = blocks;
    this.#waits = waits;
    this.#runRails = runRails;
    this.#purse = purse;
    this.#ledger = ledger;
    this.#owner = owner;
  }

  /** Carries out what has become possible. Carrying one out may take back another: what is offered later for a step replaces what was offered before. */
  carryOutOffers(): void {
    let taken = this.#ledger.take();
    // A chain offers one at a time, and one needs no list.
    while (taken.length === 1 && taken[0] !== undefined) {
      this.#carryOut(taken[0]);
      if (this.#owner.isFailing()) return;
      taken = this.#ledger.take();
    }
    if (taken.length === 0) return;
    const offered = (this.#offered ??= new Map());
    this.#offer(offered, taken);
    for (const [key, action] of offered) {
      offered.delete(key);
      this.#carryOut(action);
      if (this.#owner.isFailing()) return;
      this.#offer(offered, this.#ledger.take());
    }
  }

  /** What is under way already comes first: budgets are to know of it before anything else begins. */
  #offer(offered: Map<StepPath, Action>, actions: readonly Action[]): void {
    for (const action of actions) if (action.do === 'recover') offered.set(this.#keyOf(action), action);
    for (const action of actions) offered.set(this.#keyOf(action), action);
  }

  #carryOut(action: Action): void {
    switch (action.do) {
      case 'start':
        // Nearly always at once, and then without a function made for later.
        if (this.#desk.isGoing()) this.#start(action);
        else this.#desk.whenGoing(action.path, () => this.#start(action));
        return;
      case 'retry':
        this.#retry(action);
        return;
      case 'recover':
        if (action.step.kind === 'action') this.#actions.recover({ ...action, step: action.step }, action.attempt);
        return;
      case 'open':
        // A step that has just started opens itself; this one was started by an owner that is gone.
        this.#desk.whenGoing(action.path, () => this.#open(action));
        return;
      case 'wait':
        this.#waits.get().wait(action, action.dueAt);
        return;
      case 'advance':
        this.#desk.whenGoing(action.path, () => this.#blocks.get().advance(action));
        return;
      case 'expire': {
        const { path, step, dueAt } = action;
        const message = `${path} took longer than its timeout of ${step.timeoutMs ?? 0} ms.`;
        this.#desk.later(this.#keyOf(action), dueAt, () =>
          this.#ledger.expire(path, errorRecordOf(new TelosError('STEP_TIMEOUT', message))),
        );
        return;
      }
      case 'close':
        this.#desk.drop(timeoutKey(action.path));
        this.#blocks.get().close(action, action.frames, action.outcome);
        return;
      case 'abort':
        this.#desk.drop(timeoutKey(action.path));
        this.#waits.made()?.abort(action.path);
        this.#blocks.made()?.abort(action.path, this.#abortReason());
        this.#actions.abort(action.path, this.#abortReason());
        return;
      case 'withdraw':
        this.#desk.drop(action.path);
        this.#purse.release(action.path);
        return;
      case 'conclude':
        this.#conclude(action.outcome);
        return;
      case 'finish':
        this.#finish(action.outcome);
    }
  }

  #start(action: Extract<Action, { do: 'start' }>): void {
    const { path, step, frame } = action;
    if (step.kind === 'action' && step.when === undefined) {
      this.#actions.start({ path, step, frame }, 1);
      return;
    }
    const { linked: own } = this.#desk.contexts.of(frame);
    this.#desk.read({ path, frame, reads: step.reads }, (scope) => {
      const at = this.#desk.now();
      try {
        if (step.when !== undefined && !own.test(step.when, scope)) {
          this.#desk.apply({ do: 'skipStep', at, path, reason: 'when' });
          return;
        }
        if (step.kind === 'switch' && chosenCase(step, own, scope) === undefined) {
          this.#desk.apply({ do: 'skipStep', at, path, reason: 'no_case' });
          return;
        }
      } catch (error) {
        const labelling = labellingOfConditions(this.#desk, action);
        this.#desk.apply({ do: 'startStep', at, path, attempt: 1, labelling });
        const failed = errorRecordOf(error, 'EXPRESSION_FAILED');
        this.#desk.apply({ do: 'failStep', at, path, attempt: 1, step, error: failed, random: 0, labelling });
        return;
      }
      if (step.kind === 'action') this.#actions.start({ path, step, frame }, 1);
      else if (step.kind === 'wait' || step.kind === 'approve') this.#waits.get().start({ path, step, frame }, scope);
      else this.#blocks.get().start({ path, step, frame }, scope);
    });
  }

  #retry(action: Extract<Action, { do: 'retry' }>): void {
    const { path, step, frame, attempt, dueAt } = action;
    this.#desk.later(path, dueAt, () => {
      if (step.kind === 'action') this.#actions.start({ path, step, frame }, attempt);
      else this.#open({ do: 'open', path, step, frame });
    });
  }

  #open(action: Extract<Action, { do: 'open' }>): void {
    const { path, step, frame } = action;
    if (step.kind === 'wait' || step.kind === 'approve') this.#waits.get().open({ path, step, frame });
    else this.#blocks.get().open(action);
  }

  #conclude(outcome: Outcome): void {
    if (outcome.status === 'cancelled') return;
    const cause = outcome.status === 'failed' ? { failed: outcome.error } : { succeeded: true as const };
    this.#desk.apply({ do: 'end', at: this.#desk.now(), cause });
  }

  #finish(outcome: Outcome): void {
    const at = this.#desk.now();
    if (outcome.status === 'failed') this.#desk.apply({ do: 'fail', at, error: outcome.error });
    else if (outcome.status === 'cancelled')
      this.#desk.apply({ do: 'cancel', at, reason: outcome.reason ?? 'cancelled' });
    else this.#desk.whenGoing(rootFrame, () => this.#succeed());
  }

  #succeed(): void {
    const { program } = this.#linked;
    const frame = { path: rootFrame, steps: program.steps };
    this.#desk.read({ path: rootFrame, frame, reads: program.outputReads }, (scope, lookup) => {
      let outputs: Json;
      try {
        outputs = this.#linked.render(program.outputs, scope);
      } catch (error) {
        const failed = { ...errorRecordOf(error, 'EXPRESSION_FAILED'), path: 'outputs' };
        this.#desk.apply({ do: 'fail', at: this.#desk.now(), error: failed });
        return;
      }
      const { state, contexts } = this.#desk;
      this.#runRails.succeed(outputs, () => ({
        scope,
        labelling: labellingOfTemplate(state, contexts.of(frame), frame, program.outputs),
        sources: sourcesOf(state, frame, program.outputReads, lookup),
      }));
    });
  }

  #abortReason(): TelosError {
    const { ending } = this.#desk.state;
    if (ending !== undefined && 'failed' in ending && ending.failed.code === 'BUDGET_EXCEEDED')
      return new TelosError('BUDGET_EXCEEDED', ending.failed.message);
    const reason = ending !== undefined && 'cancelled' in ending ? ending.cancelled : 'Another step failed.';
    return new TelosError('CANCELLED', reason);
  }

  /** What stands for an action among those that are offered: a later one of the same key replaces it. */
  #keyOf(action: Action): string {
    if (!('path' in action)) return rootFrame;
    return action.do === 'expire' ? timeoutKey(action.path) : action.path;
  }
}
