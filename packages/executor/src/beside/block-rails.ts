/**
 * Rails around a block: on what goes into a workflow that runs as a step, and on
 * what a block gives, before its gate. Judged outside any slot, as gates of
 * blocks are: what costs is the model calls that checks make.
 */
import { errorRecordOf, joinAll, judgeRails, railsResult, turnOf, unlabelled, wholeOf } from '@telos/core';
import type {
  At,
  ErrorRecord,
  Json,
  JsonObject,
  Labelling,
  Payload,
  PermissionsSpec,
  RailPlace,
  RailsJudged,
  RailUse,
  StepPath,
  Template,
  Usage,
} from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { mayHaveOf } from '../labels/private-judging.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { hasPassed, waitFor } from '../rails/asked.ts';
import { keepingOf } from '../rails/keeping.ts';
import { whatOf } from '../rails/railing.ts';
import type { Purse } from '../budget/purse.ts';
import type { Beside, Ended } from '../running/beside.ts';
import { ofRail } from '../rails/withheld-call.ts';

/** Rails with what renders their parameters: those of a workflow that runs as a step see other things than the step's own. */
export type RailsAt = {
  readonly rails: readonly RailUse[];
  readonly render: (template: Template) => Json;
  /**
   * Of another workflow that runs as the step: what may be sent where is what its file lets and the file around it
   * lets too, and what it says of its inputs is private as well.
   */
  readonly inner?: { readonly permissions: PermissionsSpec; readonly labelling?: Labelling };
};

export type BlockRails = {
  readonly at: At;
  readonly attempt: number;
  readonly place: RailPlace;
  /** Those that look first come first. */
  readonly from: readonly RailsAt[];
  readonly value: Json;
  readonly input: Json;
  readonly sources: JsonObject;
  /** Of the value. */
  readonly labelling: () => Labelling;
  /** What follows when a person approves. */
  readonly onApprove: 'go_on' | 'succeed';
  /** Called with the value that goes on; not when it is blocked or a person is asked. `usage`: of the rails. */
  readonly onPass: (value: Json, usage: Usage | undefined) => void;
  readonly onBlock: (error: ErrorRecord, usage: Usage | undefined) => void;
};

/** Judges what goes into a block or comes out of it. */
export function judgeBlock(beside: Beside, purse: Purse, blockRails: BlockRails): void {
  const { desk } = beside;
  const { at, attempt, place, from, value, labelling, onPass, onBlock } = blockRails;
  const { path } = at;
  const rails = from.flatMap((one) => one.rails);
  if (rails.length === 0) {
    onPass(value, undefined);
    return;
  }
  const known = desk.state.rails.get(path)?.[place];
  // What a block is given is judged once, whichever attempt it is given to.
  const isOurs = place === 'input' || known?.attempt === attempt;
  if (hasPassed(known) && isOurs && known.value !== undefined) {
    const passed = known.value;
    // Nothing of the frame is read, only the value.
    desk.read({ path, frame: at.frame, reads: [], more: [passed] }, (_scope, lookup) =>
      onPass(lookup(passed), undefined),
    );
    return;
  }
  const { input, sources } = blockRails;
  const render = renderBy(from);
  const judge = (): void => ask(beside, blockRails, { rails, render }, answered);
  purse.reserveJudging(at, { uses: rails, value, input, sources, render }, judge, (error) => onBlock(error, undefined));

  function answered(ended: Ended<RailsJudged>, usage: Usage | undefined): void {
    purse.release(path);
    if (!('came' in ended)) {
      onBlock(ended.error, usage);
      return;
    }
    const judged = ended.came;
    desk.store(judged.value ?? null, (payload) => {
      // What is spent before anything begins stands with the answer; what comes later is the step's.
      const before = place === 'input';
      record(desk, path, attempt, place, judged, payload, before ? judged : {});
      const own = before ? undefined : usage;
      if (judged.outcome === 'block') onBlock(judged.error ?? errorRecordOf(undefined, 'RAIL_BLOCKED'), own);
      else if (judged.outcome === 'pass') onPass(judged.value ?? null, own);
      else {
        const wait = waitFor(place, rails, judged.verdicts, payload, blockRails.onApprove);
        const spent = own === undefined ? {} : { usage: own };
        desk.apply({ do: 'openWait', at: desk.now(), path, attempt, wait, labelling: labelling(), ...spent });
      }
    });
  }
}

/** Each rail's parameters by what they see. */
function renderBy(from: readonly RailsAt[]): RailsAt['render'] {
  const owners = new Map(from.flatMap((one) => one.rails.map((rail) => [rail.with, one.render] as const)));
  return (template) => owners.get(template)?.(template) ?? template;
}

/** Where each rail may send what it is shown. */
function mayHaveBy(
  desk: Desk,
  { frame, step }: At,
  from: readonly RailsAt[],
  labelling: () => Labelling,
): (rail: RailUse) => MayHave {
  const outer = desk.contexts.of(frame).permissions.slice(0, 1);
  const uses = from.flatMap(({ rails }) => rails);
  const whole = wholeOf(labelling());
  const owners = new Map(
    from.flatMap(({ rails, inner }) => {
      const values = [joinAll([whole, inner?.labelling ?? unlabelled])];
      const bound = inner === undefined ? outer : [inner.permissions, ...outer];
      const mayHave = mayHaveOf(desk, { frame, reads: step.reads, values, uses }, bound);
      return rails.map((rail) => [rail, mayHave] as const);
    }),
  );
  return (rail) => owners.get(rail);
}

function ask(
  beside: Beside,
  { at, attempt, place, from, value, input, sources, labelling }: BlockRails,
  { rails, render }: RailsAt,
  then: (ended: Ended<RailsJudged>, usage: Usage | undefined) => void,
): void {
  const { desk } = beside;
  const { path } = at;
  beside.begin<RailsJudged>({
    path,
    attempt,
    // What is judged before the block begins belongs to no attempt of it.
    kept: (call) => (place === 'input' ? undefined : ofRail(call)),
    async run(hooks) {
      const guarded = { place, what: `${whatOf[place]} of ${path}`, value, input, sources };
      return judgeRails(rails, guarded, {
        checks: desk.deps.checks,
        render,
        signal: hooks.signal,
        record: (call) => hooks.onCall(call),
        vault: desk.vault,
        clock: desk.deps.clock,
        sharing: { turn: turnOf(desk.state), onWait: (limit) => hooks.onWait(limit) },
        mayHaveOf: mayHaveBy(desk, at, from, labelling),
        keeping: keepingOf(desk, at),
      });
    },
    onEnd: then,
  });
}

function record(
  desk: Desk,
  path: StepPath,
  attempt: number,
  place: RailPlace,
  judged: RailsJudged,
  payload: Payload,
  { usage, calls }: Partial<Pick<RailsJudged, 'usage' | 'calls'>>,
): void {
  const result = {
    ...railsResult(place, judged),
    ...(judged.value === undefined ? {} : { value: payload }),
  };
  desk.apply({ do: 'judgeRails', at: desk.now(), path, attempt, result, usage, calls });
}
