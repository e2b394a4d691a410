/**
 * The rounds of a plan block.
 *
 *   draft ─> (a person decides) ─> begin ─> its steps end ─> score ─┬─> the end: the best round is the result
 *     ^                                                             │
 *     └────── an objective is missed, or a step failed ─────────────┘   while rounds and budget are left
 *
 * Each arrow is an event, so an owner that dies is followed by one that goes on
 * from the last of them. See docs/objectives.md.
 */
import { bestRound, errorRecordOf, hasRoundsLeft, planOutcome, TelosError } from '@telos/core';
import type { EndedFrame, ErrorRecord, JsonObject, ObjectiveScore, ObjectiveSpec } from '@telos/core';
import type { Scope } from '@telos/language';
import { renderIn } from '../beside/block-end.ts';
import type { BlockEnd } from '../beside/block-end.ts';
import type { Judgement } from '../beside/judging.ts';
import type { Purse } from '../budget/purse.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import { labellingOfClosing } from '../gates/reasons.ts';
import { labellingOfResult } from '../labels/block-labelling.ts';
import { labellingOfAll, trusted } from '../labels/labelling.ts';
import type { Beside } from '../running/beside.ts';
import { sourcesOf } from '../scope/scope.ts';
import { createNextPlan } from './next-plan.ts';
import type { NextPlanDeps, WhyNone } from './next-plan.ts';
import { hasRoomForDraft } from './room-for-draft.ts';
import { createRoundsSeen } from './rounds-seen.ts';
import type { PlanAt, Seen } from './rounds-seen.ts';
import { scoreObjective, untested } from './scoring.ts';

export type PlanRoundsDeps = Pick<NextPlanDeps, 'keepPlan' | 'request'> & {
  readonly beside: Beside;
  readonly purse: Purse;
  readonly end: BlockEnd;
};

export interface PlanRoundsOf {
  /** The block is not open: its first plan is drafted, or an approved one taken up. */
  open(at: PlanAt, scope: Scope, request: JsonObject): void;
  /** The steps of a round have ended, or a person has decided about the next plan. */
  advance(at: PlanAt, ended: EndedFrame | undefined): void;
  /** What was achieved before the block's budget was used up is its result; false when that is nothing. */
  settleForBest(at: PlanAt): boolean;
}

export function createPlanRounds(deps: PlanRoundsDeps): PlanRoundsOf {
  const { beside, purse } = deps;
  const { desk } = beside;
  const { state } = desk;
  const rounds = createRoundsSeen(desk);
  const { roundsOf, roundOf, frameOf, see, specsOf, scoresOf } = rounds;
  const next = createNextPlan({ ...deps, rounds, fail: deps.end.fail, end });

  function advance(at: PlanAt, ended: EndedFrame): void {
    const { path } = at;
    const { begun, proposed } = roundsOf(path);
    if (proposed?.approved !== undefined) {
      next.takeUp(at, proposed, ended);
      return;
    }
    const { scores } = roundOf(at, begun.length);
    const untold = specsOf(at, begun.length).find(({ id, check }) => check !== undefined && !scores.has(id));
    if (ended.error === undefined && untold?.check !== undefined) scoreNext(at, untold, ended);
    else follow(at, ended);
  }

  /** All is said of the round: another one, or the end. */
  function follow(at: PlanAt, ended: EndedFrame): void {
    const known = roundsOf(at.path);
    const scores = scoresOf(at, known.begun.length) ?? [];
    const missed = ended.error !== undefined || scores.some(({ verdict }) => verdict === 'fail');
    if (missed && hasRoundsLeft(known, at.step.rounds) && hasRoomForDraft(desk, at)) next.redraft(at, ended);
    else end(at, ended);
  }

  function scoreNext(at: PlanAt, { id, check, reads }: ObjectiveSpec, ended: EndedFrame): void {
    const { path } = at;
    if (check === undefined) return;
    const attempt = attemptOf(state, path);
    const round = roundsOf(path).begun.length;
    const score = ({ frame, scope, output, lookup }: Seen): void => {
      const { body } = roundOf(at, round);
      const leansOn = reads.length > 0 ? reads : body.outputReads;
      const judgement: Judgement<ObjectiveScore> = {
        at,
        attempt,
        scope,
        output,
        labelling: labellingOfResult(desk, at, [{ frame }], body.outputs),
        sources: sourcesOf(state, frame, leansOn, lookup),
        onEnd: (scored, usage) => {
          const result = 'error' in scored ? { ...untested, reason: `Not tested: ${scored.error.message}` } : scored;
          const spent = usage === undefined ? {} : { usage };
          desk.apply({ do: 'scoreObjective', at: desk.now(), path, attempt, round, objective: id, result, ...spent });
          desk.whenGoing(path, () => advance(at, ended));
        },
      };
      scoreObjective(beside, purse, { check, frame, reads: leansOn }, judgement);
    };
    // What a plan cannot give it has not reached.
    see(at, round, score, (error) => follow(at, { ...ended, error }));
  }

  /** No other plan follows: the best round is the result; where none came to its end, the failure of the last one. */
  function end(at: PlanAt, ended: EndedFrame, { error: why, usage }: WhyNone = {}): void {
    const { path, step } = at;
    const { begun } = roundsOf(path);
    const scores = begun.map((_, index) =>
      index === begun.length - 1 && ended.error !== undefined ? undefined : scoresOf(at, index + 1),
    );
    const best = bestRound(scores);
    const fail = (error: ErrorRecord): void => {
      const frames = begun.map((_, index) => ({ frame: frameOf(at, index + 1) }));
      deps.end.fail(at, error, usage, trusted(step, labellingOfAll(state, path, frames)));
    };
    const said = best === undefined ? undefined : scores[best];
    if (best === undefined || said === undefined) {
      const failed = ended.error ?? errorRecordOf(new TelosError('BUG', `The plan of ${path} came to no end.`));
      const replanning = why === undefined ? {} : { replanning: { code: why.code, message: why.message } };
      fail({ ...failed, details: { ...failed.details, ...replanning } });
      return;
    }
    const round = best + 1;
    const { program, body } = roundOf(at, round);
    const objectives = specsOf(at, round).map(({ id, objective, criterion }): JsonObject => {
      const score = said.find((one) => one.id === id) ?? untested;
      return { objective, criterion, uses: null, evidence: null, ...score, id };
    });
    const given = {
      plan: program,
      outcome: planOutcome(said),
      objectives,
      rounds: begun.length,
      round,
      notes: why === undefined ? [] : [`No other plan was made: ${why.code}: ${why.message}`],
    };
    const finish = ({ frame, scope, outer, output, lookup }: Seen): void => {
      const labelling = labellingOfResult(desk, at, [{ frame }], body.outputs);
      const { linked } = desk.contexts.of(frame);
      const inner = { rails: linked.program.rails?.output ?? [], render: renderIn(linked, { ...scope, output }) };
      deps.end.finish(at, { output: { ...given, output }, labelling, scope: outer, lookup, usage }, [inner]);
    };
    see(at, round, finish, fail);
  }

  return {
    open(at, scope, request) {
      const { proposed } = roundsOf(at.path);
      if (proposed?.approved === undefined) next.first(at, scope, request);
      else next.takeUp(at, proposed);
    },
    advance(at, ended) {
      if (ended === undefined) return;
      try {
        advance(at, ended);
      } catch (error) {
        const read = trusted(at.step, labellingOfClosing(desk, at, [ended]));
        deps.end.fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'), undefined, read);
      }
    },
    settleForBest(at) {
      const { begun } = roundsOf(at.path);
      if (!begun.some((_, index) => scoresOf(at, index + 1) !== undefined)) return false;
      end(at, { frame: frameOf(at, begun.length) });
      return true;
    },
  };
}
