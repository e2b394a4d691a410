/** Opening a block: what it is given is rendered, judged by its rails, and becomes its body. */
import { errorRecordOf, TelosError } from '@telos/core';
import type { At, Json, JsonObject, Plan } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { blockInput, mapOf, planBlock } from './block.ts';
import { labellingOfStart } from '../labels/block-labelling.ts';
import type { Desk } from '../desk/desk.ts';
import { openWorkflow } from './opening-workflow.ts';
import type { PlanAt } from '../plans/rounds-seen.ts';
import { renderIn } from '../beside/block-end.ts';
import type { BlockEnd } from '../beside/block-end.ts';
import type { BlockRails, RailsAt } from '../beside/block-rails.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import { railsBefore } from '../rails/call-rails.ts';

export interface BodyPrograms {
  /** Makes an accepted plan's program durable and known to the frontier before its block opens. */
  keepPlan(plan: Plan): Promise<void>;
  /** The pinned program of another workflow, known to the frontier when it resolves. */
  workflow(id: string): Promise<{ readonly hash: string; readonly linked: Linked }>;
}

type OpeningDeps = {
  readonly desk: Desk;
  readonly programs: BodyPrograms;
  /** Judges what it is given. */
  readonly judge: (rails: BlockRails) => void;
  readonly fail: BlockEnd['fail'];
  /** Has the first plan of a block drafted. */
  readonly plan: (at: PlanAt, scope: Scope, request: JsonObject) => void;
};

export interface Opening {
  /** Opens a block in its scope. `written`: what a person put in place of the arguments of an agent's call. */
  open(at: At, scope: Scope, written?: Json): void;
  /** What a plan is asked for, once more: as it has passed its rails, which answer once. */
  request(at: PlanAt, scope: Scope, then: (request: JsonObject) => void): void;
}

export function createOpening({ desk, programs, judge, fail, plan: planIn }: OpeningDeps): Opening {
  /** What it is given has its own rails first; of another workflow, together with those of its file. */
  function judged(
    at: At,
    scope: Scope,
    written: Json | undefined,
    then: (given: Json | undefined, own: RailsAt) => void,
  ): void {
    const { path, step, frame } = at;
    const { linked } = desk.contexts.of(frame);
    const own: RailsAt = { rails: railsBefore(step, frame), render: renderIn(linked, scope) };
    try {
      const given = blockInput(step, linked, scope, written);
      if (given === undefined || own.rails.length === 0 || step.kind === 'workflow') {
        then(given, own);
        return;
      }
      judge({
        at,
        attempt: attemptOf(desk.state, path),
        place: 'input',
        from: [own],
        value: given,
        input: null,
        sources: {},
        labelling: () => labellingOfStart(desk, at),
        onApprove: 'go_on',
        onPass: (value) => then(value, own),
        onBlock: (error, usage) => fail(at, error, usage),
      });
    } catch (error) {
      fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
    }
  }

  function openWith(at: At, scope: Scope, given: Json | undefined, own: RailsAt): void {
    const { path, step } = at;
    try {
      const plan = planBlock(step, desk.contexts.of(at.frame).linked, scope, given);
      if (plan === 'no_case') {
        fail(at, errorRecordOf(new TelosError('BUG', `No case of ${path} holds any more.`)));
      } else if ('request' in plan) {
        if (step.kind === 'plan') planIn({ ...at, step }, scope, plan.request);
      } else if ('items' in plan) {
        desk.store([...plan.items], (items) => {
          desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { foreach: items, count: plan.items.length } });
        });
      } else if ('state' in plan) {
        desk.store(plan.state, (loop) => {
          desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { loop } });
        });
      } else if ('workflow' in plan) {
        openWorkflow(desk, judge, {
          at,
          attempt: attemptOf(desk.state, path),
          program: programs.workflow(plan.workflow),
          given: plan.given,
          own,
          onFail: (error, usage) => fail(at, error, usage),
        });
      } else {
        desk.apply({ do: 'openBlock', at: desk.now(), path, opening: plan.opening });
      }
    } catch (error) {
      fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
    }
  }

  return {
    open: (at, scope, written) => judged(at, scope, written, (given, own) => openWith(at, scope, given, own)),
    request(at, scope, then) {
      judged(at, scope, undefined, (given) => {
        try {
          then(mapOf(at.step, given));
        } catch (error) {
          fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
        }
      });
    },
  };
}
