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
import {
  bestRound,
  errorRecordOf,
  hasRoundsLeft,
  joinLabellings,
  keptSteps,
  planOutcome,
  planTextOf,
  stepPath,
  TelosError,
  unlabelled,
  wholeOf,
} from '@telos/core';
import type {
  EarlierPlan,
  EndedFrame,
  ErrorRecord,
  Json,
  JsonObject,
  Labelling,
  ObjectiveScore,
  ObjectiveSpec,
  Plan,
  ProposedPlan,
  Usage,
  Wait,
} from '@telos/core';
import type { Scope } from '@telos/language';
import { renderIn } from '../beside/block-end.ts';
import type { BlockEnd } from '../beside/block-end.ts';
import type { Beside } from '../running/beside.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import { labellingOfResult } from '../labels/block-labelling.ts';
import { draft } from '../beside/drafting.ts';
import type { Asked, Planned } from '../beside/drafting.ts';
import type { Judgement } from '../beside/judging.ts';
import { labellingOfAll, trusted } from '../labels/labelling.ts';
import type { Purse } from '../budget/purse.ts';
import { sourcesOf } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';
import { earlierPlan } from './earlier-plan.ts';
import { hasRoomForDraft } from './room-for-draft.ts';
import { createRoundsSeen } from './rounds-seen.ts';
import type { PlanAt, Seen } from './rounds-seen.ts';
import { scoreObjective, untested } from './scoring.ts';

export type PlanRoundsDeps = {
  readonly beside: Beside;
  readonly purse: Purse;
  readonly end: BlockEnd;
  readonly keepPlan: (plan: Plan) => Promise<void>;
  /** What the block asks for, as it has passed its rails. */
  readonly request: (at: PlanAt, scope: Scope, then: (request: JsonObject) => void) => void;
};

/** Why no other plan follows although one was wanted, and what finding that out has cost. */
type Why = { readonly error?: ErrorRecord; readonly usage?: Usage | undefined };

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

  const { roundsOf, roundOf, frameOf, see, specsOf, scoresOf, gaveIn } = createRoundsSeen(desk);

  function advance(at: PlanAt, ended: EndedFrame): void {
    const { path } = at;
    const { begun, proposed } = roundsOf(path);
    if (proposed?.approved !== undefined) {
      takeUp(at, proposed, ended);
      return;
    }
    const { scores } = roundOf(at, begun.length);
    const next = specsOf(at, begun.length).find(({ id, check }) => check !== undefined && !scores.has(id));
    if (ended.error === undefined && next?.check !== undefined) scoreNext(at, next, ended);
    else follow(at, ended);
  }

  /** All is said of the round: another one, or the end. */
  function follow(at: PlanAt, ended: EndedFrame): void {
    const rounds = roundsOf(at.path);
    const scores = scoresOf(at, rounds.begun.length) ?? [];
    const missed = ended.error !== undefined || scores.some(({ verdict }) => verdict === 'fail');
    if (missed && hasRoundsLeft(rounds, at.step.rounds) && hasRoomForDraft(desk, at)) redraft(at, ended);
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

  /** Another plan, by what came of the one before. */
  function redraft(at: PlanAt, ended: EndedFrame): void {
    const round = roundsOf(at.path).begun.length;
    const { body, program } = roundOf(at, round);
    const { error } = ended;
    const failed = error === undefined ? undefined : `${error.code}: ${error.message}`;
    const draftIn = (outer: Scope, lookup: Lookup): void => {
      const told = { frame: frameOf(at, round), program: body, scores: scoresOf(at, round) ?? [], error: failed };
      const known = earlierPlan(state, told, lookup, desk.deps.privateHosts);
      deps.request(at, outer, (request) =>
        ask(at, outer, request, ended, async () => {
          const stored = await desk.deps.store.programs.get(program);
          return { ...known, source: stored?.source ?? '' };
        }),
      );
    };
    see(
      at,
      round,
      ({ outer, lookup }) => draftIn(outer, lookup),
      // Only its outputs could not be made: what its steps gave is read once more without them.
      () => {
        const gave = gaveIn(frameOf(at, round));
        desk.read({ path: at.path, frame: at.frame, reads: at.step.reads, more: gave }, draftIn);
      },
    );
  }

  /** Has a plan drafted, and, where a person is to decide about it, shown. */
  function ask(
    at: PlanAt,
    scope: Scope,
    asked: JsonObject,
    ended: EndedFrame | undefined,
    earlier?: () => Promise<EarlierPlan>,
  ): void {
    const notes = roundsOf(at.path).rejected.map(({ note }) => note ?? 'no reason was given');
    plan(at, scope, asked, ended, async ({ planner, request, context, permissions }) => {
      const before = await earlier?.();
      const drafted = await planner.plan(request, context, {
        permissions,
        ...(before === undefined ? {} : { earlier: before }),
        ...(notes.length === 0 ? {} : { rejected: notes }),
      });
      if (at.step.approve === undefined) return { plan: drafted };
      return { plan: drafted, shown: await planner.show(drafted, before?.program) };
    });
  }

  function plan(
    at: PlanAt,
    scope: Scope,
    request: JsonObject,
    ended: EndedFrame | undefined,
    make: (asked: Asked) => Promise<Planned>,
  ): void {
    const { path, step } = at;
    draft(beside, {
      at,
      step,
      attempt: attemptOf(state, path),
      scope,
      request,
      make,
      keep: deps.keepPlan,
      onEnd: (drafted, usage) => {
        if ('error' in drafted) {
          if (ended === undefined) deps.end.fail(at, drafted.error, usage);
          else end(at, ended, { error: drafted.error, usage });
        } else if (drafted.shown !== undefined) propose(at, drafted.plan, drafted.shown, usage);
        else begin(at, drafted.plan, ended, usage);
      },
    });
  }

  function propose(at: PlanAt, drafted: Plan, shown: Json, usage: Usage | undefined): void {
    const { path, step } = at;
    const { approve } = step;
    if (approve === undefined) return;
    const { begun, rejected } = roundsOf(path);
    const round = begun.length + rejected.length + 1;
    const last = round >= (step.rounds ?? 1) && !begun.some((_, index) => scoresOf(at, index + 1) !== undefined);
    const { hash: program, source, objectives, grant } = drafted;
    const labelling = labellingRead(at, drafted);
    desk.store(shown, (show) => {
      const now = desk.now();
      const of = { at: now, path, attempt: attemptOf(state, path) };
      const spent = usage === undefined ? {} : { usage };
      desk.apply({ do: 'proposePlan', ...of, program, source, objectives, grant, labelling, ...spent });
      const wait: Wait = {
        kind: 'approval',
        purpose: 'plan',
        who: [...approve.who],
        show,
        onTimeout: approve.onTimeout,
        ...(approve.timeoutMs === undefined ? {} : { dueAt: now + approve.timeoutMs }),
        plan: { round, last, grant, objectives },
      };
      desk.apply({ do: 'openWait', ...of, wait });
    });
  }

  /** A person has approved a plan, perhaps another one than was shown. */
  function takeUp(at: PlanAt, proposed: ProposedPlan, ended: EndedFrame | undefined): void {
    const { path, step, frame } = at;
    const { program, objectives, grant, approved } = proposed;
    const more = approved?.edited === undefined ? [] : [approved.edited];
    desk.read({ path, frame, reads: step.reads, more }, (scope, lookup) => {
      const text = approved?.edited === undefined ? undefined : planTextOf(lookup(approved.edited));
      // It is drafted already: nothing is asked for.
      plan(at, scope, {}, ended, async ({ planner }) => {
        if (text !== undefined) return { plan: planner.read(text, { grant, objectives }) };
        const stored = await desk.deps.store.programs.get(program);
        const body = desk.contexts.program(program);
        if (body === undefined) throw new TelosError('BUG', `The plan of ${path} that was approved is not loaded.`);
        return { plan: { program: body, hash: program, source: stored?.source ?? '', objectives, grant } };
      });
    });
  }

  function begin(at: PlanAt, drafted: Plan, ended: EndedFrame | undefined, usage: Usage | undefined): void {
    const { path } = at;
    const { hash: program, program: body, objectives } = drafted;
    const spent = usage === undefined ? {} : { usage };
    const labelling = labellingRead(at, drafted);
    const of = { at: desk.now(), path, attempt: attemptOf(state, path), program, objectives, labelling, ...spent };
    const before = roundsOf(path).begun.at(-1);
    if (before === undefined || ended === undefined) {
      desk.apply({ do: 'acceptPlan', ...of });
      desk.apply({ do: 'openBlock', at: desk.now(), path, opening: { plan: program } });
      return;
    }
    // The same steps would give the same again.
    if (before.program === program && ended.error === undefined) {
      end(at, ended, { usage });
      return;
    }
    const earlier = frameOf(at, roundsOf(path).begun.length);
    const holds = (id: string): boolean => {
      const known = state.steps.get(stepPath(earlier.path, id));
      return known?.status === 'succeeded' || known?.status === 'skipped';
    };
    desk.apply({ do: 'replacePlan', ...of, kept: keptSteps(earlier, body, holds) });
  }

  /** What the planner had read: what it says of itself, and from the second round on what the steps before gave. */
  function labellingRead(at: PlanAt, { labelling = unlabelled }: Plan): Labelling {
    const { length } = roundsOf(at.path).begun;
    if (length === 0) return labelling;
    const all = labellingOfAll(state, at.path, [{ frame: frameOf(at, length) }]);
    return all === unlabelled ? labelling : wholeOf(joinLabellings(wholeOf(labelling), all));
  }

  /** No other plan follows: the best round is the result; where none came to its end, the failure of the last one. */
  function end(at: PlanAt, ended: EndedFrame, { error: why, usage }: Why = {}): void {
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
      if (proposed?.approved === undefined) ask(at, scope, request, undefined);
      else takeUp(at, proposed, undefined);
    },
    advance(at, ended) {
      try {
        if (ended !== undefined) advance(at, ended);
      } catch (error) {
        deps.end.fail(at, errorRecordOf(error, 'EXPRESSION_FAILED'));
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
