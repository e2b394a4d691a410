/** Block steps: started, opened, taken from round to round, and closed when their bodies have ended. */
import { errorRecordOf, hasRounds, labellingOf, TelosError, wholeOf } from '@telos/core';
import type { Action, At, EndedFrame, Outcome, StepPath } from '@telos/core';
import type { Scope } from '@telos/language';
import { createBlockEnd } from '../beside/block-end.ts';
import { judgeBlock } from '../beside/block-rails.ts';
import type { Purse } from '../budget/purse.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import type { Desk } from '../desk/desk.ts';
import { askPermission } from '../labels/ask-permission.ts';
import { labellingOfStart } from '../labels/block-labelling.ts';
import { leaveForCall } from '../labels/call-leave.ts';
import { withPlannersLeave } from '../labels/planner-leave.ts';
import { labellingOfAll, trusted } from '../labels/labelling.ts';
import { createPlanRounds } from '../plans/plan-rounds.ts';
import { Beside } from '../running/beside.ts';
import { advanceAgent, agentReads } from './agent-rounds.ts';
import { closeBlock } from './closing-block.ts';
import { readRound } from './ended-round.ts';
import { advanceLoop } from './loop-rounds.ts';
import { createOpening } from './opening-block.ts';
import type { BodyPrograms } from './opening-block.ts';

export interface BlockSteps {
  /** The block's `when` held: record its start and open it. */
  start(at: At, scope: Scope): void;
  /** The block has started and is not open: a retry, or what a lost owner left. */
  open(at: At): void;
  /** A round of a block has ended. */
  advance(action: Extract<Action, { do: 'advance' }>): void;
  close(at: At, frames: readonly EndedFrame[], outcome: Outcome): void;
  /** Ends planning or judging that is under way; false when there is none. */
  abort(path: StepPath, reason: Error): boolean;
  stopAll(reason: () => Error): void;
  /** Blocks that plan or judge now. */
  busy(): number;
}

/** @param purse What budgets leave for judging. */
export function createBlockSteps(desk: Desk, programs: BodyPrograms, purse: Purse): BlockSteps {
  const { state } = desk;
  const beside = new Beside(desk);
  const end = createBlockEnd(beside, purse);
  const opening = createOpening({
    desk,
    programs,
    judge: (rails) => judgeBlock(beside, purse, rails),
    fail: end.fail,
    plan: (at, scope, request) => plans.open(at, scope, request),
  });
  const plans = createPlanRounds({
    beside,
    purse,
    end,
    keepPlan: (plan) => programs.keepPlan(plan),
    request: (at, scope, then) => opening.request(at, scope, then),
  });

  return {
    start(at, scope) {
      const { path } = at;
      const labelling = labellingOfStart(desk, at);
      const leave = leaveForCall(desk, at, scope);
      if (leave !== 'given' && 'ask' in leave) {
        askPermission(desk, { path, attempt: 1 }, leave.shown, labelling, leave.ask);
        return;
      }
      withPlannersLeave(desk, at, scope, () => {
        if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt: 1, labelling })) return;
        if (leave === 'given') opening.open(at, scope);
        else end.fail(at, errorRecordOf(leave.refused), undefined, labelling);
      });
    },
    open(at) {
      const before = state.steps.get(at.path);
      const allowed = before !== undefined && 'history' in before ? before.history.allowed?.input : undefined;
      const more = allowed === undefined ? [] : [allowed];
      desk.read({ path: at.path, frame: at.frame, reads: at.step.reads, more }, (scope, lookup) => {
        const { path } = at;
        const known = state.steps.get(path);
        const hasBody = state.blocks.has(path);
        if (known?.status === 'retrying') {
          const { attempt, carried } = known;
          const labelling =
            hasBody && carried !== undefined ? wholeOf(labellingOf(carried, path)) : labellingOfStart(desk, at);
          desk.apply({ do: 'startStep', at: desk.now(), path, attempt, labelling });
        }
        // One whose body has ended is closed: a person has let what it gave go on.
        if (hasBody) return;
        const written = allowed === undefined ? undefined : lookup(allowed);
        const leave = written === undefined ? 'given' : leaveForCall(desk, at, scope, written);
        if (leave !== 'given' && 'refused' in leave)
          end.fail(at, errorRecordOf(leave.refused), undefined, labellingOfStart(desk, at));
        else opening.open(at, scope, written);
      });
    },
    advance(action) {
      const { path, step, frame, frames } = action;
      if (!hasRounds(step)) return;
      switch (step.kind) {
        case 'plan':
          plans.advance({ path, step, frame }, frames[0]);
          return;
        case 'agent': {
          const inner = frames[0]?.frame;
          const reads = inner === undefined ? [] : agentReads(inner);
          readRound(desk, end, action, reads, (round) => advanceAgent(desk, end, { path, step, frame }, round));
          return;
        }
        case 'loop':
          readRound(desk, end, action, step.nextReads, (round) => advanceLoop(desk, end, { path, step, frame }, round));
      }
    },
    close(at, frames, outcome) {
      const { path, step, frame } = at;
      if (step.kind === 'plan') {
        // It may have been closed while it was scored or planned anew.
        desk.drop(path);
        beside.stop(path, new TelosError('CANCELLED', `${path} ends.`));
      }
      const spent = outcome.status === 'failed' && outcome.error.code === 'BUDGET_EXCEEDED';
      if (spent && step.kind === 'plan' && plans.settleForBest({ path, step, frame })) return;
      if (outcome.status === 'failed') {
        end.fail(at, outcome.error, undefined, trusted(step, labellingOfAll(state, path, frames)));
        return;
      }
      if (outcome.status === 'cancelled') {
        desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt: attemptOf(state, path) });
        return;
      }
      closeBlock(desk, end, at, frames);
    },
    abort: (path, reason) => beside.stop(path, reason) !== undefined,
    stopAll: (reason) => beside.stopAll(reason),
    busy: () => beside.size,
  };
}
