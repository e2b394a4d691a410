/** Blocks: opening a body, going round a loop, and closing a block when its body has ended. */
import { addUsage, errorRecordOf, hasRounds, labellingOf, TelosError, wholeOf } from '@telos/core';
import type {
  Action,
  AgentStep,
  At,
  EndedFrame,
  ErrorRecord,
  Frame,
  GateResult,
  Json,
  Labelling,
  LoopStep,
  Outcome,
  Payload,
  StepPath,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { ActiveStep } from '../running/active-step.ts';
import { agentReads, followRound, madeCalls } from './agent-rounds.ts';
import { labellingOfResult, labellingOfStart } from '../labels/block-labelling.ts';
import { blockOutput, bodyOutputs } from './block.ts';
import { askLeave, leaveForCall } from '../labels/call-leave.ts';
import { programBody } from './program-body.ts';
import { boundedError } from '../running/bounded.ts';
import type { Desk } from '../desk/desk.ts';
import { judge } from '../beside/judging.ts';
import type { Judgement } from '../beside/judging.ts';
import { endLoopRound } from './loop-rounds.ts';
import { createPlanRounds } from '../plans/plan-rounds.ts';
import type { PlanAt } from '../plans/rounds-seen.ts';
import { labellingOfError } from '../gates/reasons.ts';
import { labellingOfAll, labellingOfConversation, trusted } from '../labels/labelling.ts';
import { createOpening, renderIn } from './opening-block.ts';
import type { BodyPrograms } from './opening-block.ts';
import type { Purse } from '../budget/purse.ts';
import { judgeBlock } from '../beside/block-rails.ts';
import type { BlockRails, RailsAt } from '../beside/block-rails.ts';
import { railsBehind } from '../rails/call-rails.ts';
import { rejectOutput } from '../gates/rejection.ts';
import { hiddenFromAgent, secretsOfCall, textsOfCall, vaultsOfCall } from '../scope/put-back.ts';
import { payloadsOf, scopeOf, sourcesOf } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';

export interface BlockSteps {
  /** The block's `when` held: record its start and open it. */
  start(at: At, scope: Scope): void;
  /** The block has started and is not open: a retry, or what a lost owner left. */
  open(at: At): void;
  /** A round of a loop has ended. */
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
  const active = new Map<StepPath, ActiveStep>();
  const planRounds = createPlanRounds(desk, {
    active,
    purse,
    keepPlan: (plan) => programs.keepPlan(plan),
    request: (at, scope, then) => opening.request(at, scope, then),
    attemptOf,
    fail,
    finish: (at, { output, labelling, scope, lookup, usage, inner }) => {
      const { linked } = desk.contexts.of(inner.frame);
      const rails = linked.program.rails?.output ?? [];
      const render = renderIn(linked, { ...inner.scope, output: inner.output });
      finish(at, scope, lookup, { output, labelling, ...(usage === undefined ? {} : { usage }) }, [{ rails, render }]);
    },
  });

  const judgeRailsOf = (blockRails: BlockRails): void => judgeBlock(desk, active, blockRails, purse);

  const opening = createOpening({
    desk,
    programs,
    judge: judgeRailsOf,
    attemptOf,
    fail,
    plan: (at, scope, request) => planRounds.open(at, scope, request),
  });

  function attemptOf(path: StepPath): number {
    const known = state.steps.get(path);
    return known !== undefined && 'attempt' in known ? known.attempt : 1;
  }

  /** @param made What it would have given carries; absent: it has given nothing. */
  function fail(at: At, thrown: ErrorRecord, usage?: Usage, made?: Labelling): void {
    const { path, step, frame } = at;
    const labelling = labellingOfError(desk, at, thrown, made);
    const error = boundedError(desk.contexts.of(frame).rendering.hide(thrown));
    const spent = { labelling, ...(usage === undefined ? {} : { usage }) };
    const attempt = attemptOf(path);
    desk.apply({ do: 'failStep', at: desk.now(), path, attempt, step, error, random: desk.deps.random(), ...spent });
  }

  /** `usage`: of calls that no step inside has made. */
  type Finished = { readonly output: Json; readonly labelling: Labelling; readonly usage?: Usage };

  /** @param inner Rails of the body's own program on what it gives. */
  function finish(
    at: At,
    scope: Scope,
    lookup: Lookup,
    { output: made, labelling: carried, usage: before }: Finished,
    inner: readonly RailsAt[] = [],
  ): void {
    const { path, step, frame } = at;
    const secrets = secretsOfCall(state, frame, step.id);
    const given = secrets === undefined ? made : hiddenFromAgent(textsOfCall(secrets, lookup))(made);
    desk.drop(`${path}!`);
    const labelling = trusted(step, carried);
    const { linked } = desk.contexts.of(frame);
    const own = { rails: railsBehind(step, frame), render: renderIn(linked, { ...scope, output: given }) };
    judgeRailsOf({
      at,
      attempt: attemptOf(path),
      place: 'output',
      from: [...inner, own],
      value: given,
      input: null,
      sources: sourcesOf(state, frame, step.reads, lookup),
      labelling: () => labelling,
      onApprove: step.gate === undefined ? 'succeed' : 'go_on',
      onPass: (output, usage) => pass(at, scope, lookup, { output, labelling }, sumOf(before, usage)),
      onBlock: (error, usage) => fail(at, error, sumOf(before, usage), labelling),
    });
  }

  /** What a block gives has passed its rails: its gate, if it has one, and the end. */
  function pass(
    at: At,
    scope: Scope,
    lookup: Lookup,
    { output, labelling }: Finished,
    railed: Usage | undefined,
  ): void {
    const { path, step, frame } = at;
    const { gate } = step;
    if (gate === undefined) {
      const spent = railed === undefined ? {} : { usage: railed };
      desk.store(output, (payload) => succeed(at, payload, labelling, spent));
      return;
    }
    const attempt = attemptOf(path);
    const sources = sourcesOf(state, frame, step.reads, lookup);
    const judgement: Judgement<GateResult> = {
      at,
      attempt,
      scope,
      output,
      labelling,
      sources,
      onEnd: (judged, ofGate) => {
        const usage = ofGate === undefined ? railed : addUsage(ofGate, railed);
        if ('error' in judged) {
          fail(at, judged.error, usage, labelling);
          return;
        }
        const spent = usage === undefined ? {} : { usage };
        desk.store(output, (payload) => {
          if (judged.passed) succeed(at, payload, labelling, { gate: judged, ...spent });
          else
            rejectOutput(desk, {
              path,
              step,
              frame,
              attempt,
              output: payload,
              gate: judged,
              scope,
              labelling,
              ...spent,
            });
        });
      },
    };
    judge(desk, active, gate, judgement, purse);
  }

  function succeed(
    { path }: At,
    output: Payload,
    labelling: Labelling,
    judged: { readonly gate?: GateResult; readonly usage?: Usage } = {},
  ): void {
    desk.apply({ do: 'succeedStep', at: desk.now(), path, attempt: attemptOf(path), output, labelling, ...judged });
  }

  /** Gives the scope inside a frame of the block, values of the block's own scope seen from there. */
  function scopeWithin(scope: Scope, frame: Frame, reads: readonly string[], lookup: Lookup): Scope {
    const inner = scopeOf(state, desk.contexts.of(frame), {}, frame, reads, lookup);
    return { ...scope, ...inner, vars: scope['vars'] ?? {} };
  }

  function advanceIn(
    at: At & { readonly step: LoopStep },
    { round, frames }: Extract<Action, { do: 'advance' }>,
    scope: Scope,
    lookup: Lookup,
  ): void {
    const { path, step } = at;
    const inner = frames[0]?.frame;
    const seen = inner === undefined ? scope : scopeWithin(scope, inner, step.nextReads, lookup);
    const ended = endLoopRound(desk, at, { round, frames, seen, lookup });
    if ('result' in ended) finish(at, scope, lookup, ended.result);
    else
      desk.store(ended.after, (payload) => {
        const labelling = ended.carried;
        desk.apply({ do: 'advanceLoop', at: desk.now(), path, round: round + 1, state: payload, labelling });
      });
  }

  /** A round of an agent has ended: its answer, the reason why it ends, or the calls of another. */
  function advanceAgent(
    at: At & { readonly step: AgentStep },
    { round, frames }: Extract<Action, { do: 'advance' }>,
    scope: Scope,
    lookup: Lookup,
  ): void {
    const { path, step } = at;
    const inner = frames[0]?.frame;
    if (inner === undefined) return;
    const labelling = labellingOfConversation(state, path, inner);
    const after = followRound(state, step, round, inner, lookup);
    if (after.next === 'answer') finish(at, scope, lookup, { output: after.output, labelling });
    else if (after.next === 'fail') fail(at, after.error, undefined, trusted(step, labelling));
    else {
      const { conversation } = after;
      const calls = madeCalls(conversation);
      desk.store(conversation, (payload) => {
        desk.apply({ do: 'advanceLoop', at: desk.now(), path, round: round + 1, state: payload, labelling, calls });
      });
    }
  }

  function advancePlan(at: PlanAt, frames: readonly EndedFrame[]): void {
    const [ended] = frames;
    try {
      if (ended !== undefined) planRounds.advance(at, ended);
    } catch (error) {
      fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
    }
  }

  return {
    start(at, scope) {
      const leave = leaveForCall(desk, at, scope);
      if (leave !== 'given' && 'ask' in leave) {
        askLeave(desk, at, leave.shown, leave.ask);
        return;
      }
      const { path } = at;
      const labelling = labellingOfStart(desk, at);
      if (!desk.apply({ do: 'startStep', at: desk.now(), path, attempt: 1, labelling })) return;
      if (leave === 'given') opening.open(at, scope);
      else fail(at, errorRecordOf(leave.refused), undefined, labelling);
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
          fail(at, errorRecordOf(leave.refused), undefined, labellingOfStart(desk, at));
        else opening.open(at, scope, written);
      });
    },
    advance(action) {
      const { path, step, frame, frames } = action;
      if (!hasRounds(step)) return;
      if (step.kind === 'plan') {
        advancePlan({ path, step, frame }, frames);
        return;
      }
      const inner = frames[0]?.frame;
      const more = [
        ...bodyOutputs(state, frames),
        ...vaultsOfCall(state, frame, step.id),
        ...(inner === undefined
          ? []
          : payloadsOf(
              state,
              desk.contexts.of(inner),
              inner,
              step.kind === 'loop' ? step.nextReads : agentReads(inner),
            )),
      ];
      desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
        try {
          if (step.kind === 'agent') advanceAgent({ path, step, frame }, action, scope, lookup);
          else advanceIn({ path, step, frame }, action, scope, lookup);
        } catch (error) {
          fail(action, errorRecordOf(error, 'EXPRESSION_FAILED'));
        }
      });
    },
    close(at, frames, outcome) {
      const { path, step, frame } = at;
      if (step.kind === 'plan') {
        // It may have been closed while it was scored or planned anew.
        desk.drop(path);
        active.get(path)?.stop(new TelosError('CANCELLED', `${path} ends.`));
        active.delete(path);
      }
      const spent = outcome.status === 'failed' && outcome.error.code === 'BUDGET_EXCEEDED';
      if (spent && step.kind === 'plan' && planRounds.settleForBest({ path, step, frame })) return;
      if (outcome.status === 'failed') {
        fail(at, outcome.error, undefined, trusted(step, labellingOfAll(state, path, frames)));
        return;
      }
      if (outcome.status === 'cancelled') {
        desk.apply({ do: 'cancelStep', at: desk.now(), path, attempt: attemptOf(path) });
        return;
      }
      const reads = step.kind === 'foreach' ? step.yieldReads : [];
      const body = programBody(desk, path, frames);
      const bodyContext = body === undefined ? undefined : desk.contexts.of(body.frame);
      const more = [
        ...bodyOutputs(state, frames),
        ...vaultsOfCall(state, frame, step.id),
        ...frames.flatMap((ended) =>
          reads.length === 0 ? [] : payloadsOf(state, desk.contexts.of(ended.frame), ended.frame, reads),
        ),
        ...(body === undefined || bodyContext === undefined
          ? []
          : payloadsOf(state, bodyContext, body.frame, body.outputReads)),
      ];
      desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
        const { linked } = desk.contexts.of(frame);
        try {
          const yielded = (inner: Frame): Json =>
            step.kind === 'foreach' && step.yield !== undefined
              ? linked.render(step.yield, scopeWithin(scope, inner, reads, lookup))
              : null;
          const last = blockOutput(state, step, frames, lookup, yielded);
          const labelling = labellingOfResult(desk, at, frames, body?.outputs);
          if (body === undefined || bodyContext === undefined) {
            finish(at, scope, lookup, { output: last, labelling });
            return;
          }
          const { outputs, outputReads } = body;
          const given =
            Object.keys(outputs).length === 0
              ? last
              : bodyContext.linked.render(outputs, scopeWithin(scope, body.frame, outputReads, lookup));
          const rails = bodyContext.linked.program.rails?.output ?? [];
          const seen = scopeWithin(scope, body.frame, outputReads, lookup);
          const { permissions } = bodyContext.linked.program;
          const inner = {
            rails,
            render: renderIn(bodyContext.linked, { ...seen, output: given }),
            inner: { permissions },
          };
          finish(at, scope, lookup, { output: given, labelling }, [inner]);
        } catch (error) {
          fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
        }
      });
    },
    abort(path, reason) {
      const step = active.get(path);
      if (step === undefined) return false;
      step.stop(reason);
      active.delete(path);
      return true;
    },
    stopAll(reason) {
      for (const step of active.values()) step.stop(reason());
      active.clear();
    },
    busy: () => active.size,
  };
}

function sumOf(left: Usage | undefined, right: Usage | undefined): Usage | undefined {
  return left === undefined ? right : addUsage(left, right);
}
