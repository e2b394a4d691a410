/** The plan of the next round: drafted by what came of the one before, shown where a person decides about it, and begun. */
import { joinLabellings, keptSteps, planTextOf, stepPath, TelosError, unlabelled, wholeOf } from '@telos/core';
import type {
  EarlierPlan,
  EndedFrame,
  ErrorRecord,
  Json,
  JsonObject,
  Labelling,
  Plan,
  ProposedPlan,
  Usage,
  Wait,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { BlockEnd } from '../beside/block-end.ts';
import { draft } from '../beside/drafting.ts';
import type { Planned, PlannerCall } from '../beside/drafting.ts';
import { attemptOf } from '../desk/attempt-of.ts';
import { labellingOfAll } from '../labels/labelling.ts';
import type { Beside } from '../running/beside.ts';
import type { Lookup } from '../scope/values.ts';
import { earlierPlan } from './earlier-plan.ts';
import type { PlanAt, RoundsSeen } from './rounds-seen.ts';

export type NextPlanDeps = {
  readonly beside: Beside;
  readonly rounds: RoundsSeen;
  readonly keepPlan: (plan: Plan) => Promise<void>;
  /** What the block asks for, as it has passed its rails. */
  readonly request: (at: PlanAt, scope: Scope, then: (request: JsonObject) => void) => void;
  /** There is no first plan. */
  readonly fail: BlockEnd['fail'];
  /** No plan follows the round that has ended so. */
  readonly end: (at: PlanAt, ended: EndedFrame, why: WhyNone) => void;
};

/** Why no other plan follows although one was wanted, and what finding that out has cost. */
export type WhyNone = { readonly error?: ErrorRecord; readonly usage?: Usage | undefined };

export interface NextPlan {
  first(at: PlanAt, scope: Scope, request: JsonObject): void;
  /** Another one, by what came of the one before. */
  redraft(at: PlanAt, ended: EndedFrame): void;
  /** A person has approved one, perhaps another than was shown. @param ended Absent: it is the first. */
  takeUp(at: PlanAt, proposed: ProposedPlan, ended?: EndedFrame): void;
}

export function createNextPlan({ beside, rounds, keepPlan, request, fail, end }: NextPlanDeps): NextPlan {
  const { desk } = beside;
  const { state } = desk;
  const { roundsOf, roundOf, frameOf, see, scoresOf, gaveIn } = rounds;

  function redraft(at: PlanAt, ended: EndedFrame): void {
    const round = roundsOf(at.path).begun.length;
    const { body, program } = roundOf(at, round);
    const { error } = ended;
    const failed = error === undefined ? undefined : `${error.code}: ${error.message}`;
    const draftIn = (outer: Scope, lookup: Lookup): void => {
      const told = { frame: frameOf(at, round), program: body, scores: scoresOf(at, round) ?? [], error: failed };
      const known = earlierPlan(state, told, lookup, desk.deps.privateHosts);
      request(at, outer, (asked) =>
        ask(at, outer, asked, ended, async () => {
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
    asked: JsonObject,
    ended: EndedFrame | undefined,
    make: (call: PlannerCall) => Promise<Planned>,
  ): void {
    const { path, step } = at;
    draft(beside, {
      at,
      step,
      attempt: attemptOf(state, path),
      scope,
      request: asked,
      make,
      keep: keepPlan,
      onEnd: (drafted, usage) => {
        if ('error' in drafted) {
          if (ended === undefined) fail(at, drafted.error, usage);
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

  function takeUp(at: PlanAt, proposed: ProposedPlan, ended?: EndedFrame): void {
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

  return { first: (at, scope, asked) => ask(at, scope, asked, undefined), redraft, takeUp };
}
