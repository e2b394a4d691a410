/** Preparing an attempt: everything it needs that can be read before it starts, wherever it will run. */
import { isDeepStrictEqual } from 'node:util';
import { errorRecordOf, escalatedModel, joinLabellings, labellingOf, marked, wholeOf, withMarks } from '@telos/core';
import type {
  ActionStep,
  At,
  Did,
  Json,
  JudgedPlace,
  JudgedPlaces,
  Labelling,
  Payload,
  RailPlace,
  RailsSpec,
  Rejected,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import { absentTool } from './absent-tool.ts';
import type { Context } from '../scope/contexts.ts';
import type { Desk, Holding } from '../desk/desk.ts';
import { didOf } from '../labels/effect.ts';
import { givenInput, withGiven } from './given-input.ts';
import { labellingOfInput } from '../labels/labelling.ts';
import { labellingOfReasons } from '../gates/reasons.ts';
import { hasPassed } from '../rails/asked.ts';
import type { Known } from '../rails/asked.ts';
import { withRailed } from './railed-input.ts';
import { afterCall, beforeCall, railsOf } from '../rails/rails-of.ts';
import type { StepContextSpec } from '../running/step-context.ts';
import { hidingFrom, inputRestored, secretsOfCall, textsOfCall } from '../scope/put-back.ts';
import type { CallTexts } from '../scope/put-back.ts';
import type { Rendered } from '../scope/rendering.ts';
import { sourcesOf } from '../scope/scope.ts';
import type { Lookup } from '../scope/values.ts';

/** An action step of one frame. */
export type ActionAt = At & { readonly step: ActionStep };

/** One attempt, with everything it needs that can be read before it starts: here, or as it has travelled. */
export type Attempt = StepContextSpec & {
  readonly step: ActionStep;
  /** Of the program that the step belongs to. */
  readonly linked: Linked;
  /** Stands in place of the rendered input. */
  readonly given: Json | undefined;
  /** The input as it passed the rails before the call. */
  readonly railed: Json | undefined;
  /** That hold for the step; undefined for most. */
  readonly rails: RailsSpec | undefined;
  /** What the journal has of this attempt's call, by what was judged of it. */
  readonly known: { readonly [place in RailPlace]?: Known };
  /** Of its input, argument by argument. */
  readonly labelling: Labelling;
  /** Of a call of an agent: what is hidden from that one, and is put back here. Undefined for most. */
  readonly texts: CallTexts | undefined;
};

/** An attempt at its run's owner, who knows where it stands. */
export type Prepared = Attempt & { readonly at: ActionAt; readonly context: Context };

/** Who an attempt is prepared for. One of the three is called; `onDrop` when the step is withdrawn meanwhile. */
export interface Preparing extends Holding {
  onReady(prepared: Prepared): void;
  onUnprepared(error: unknown): void;
}

/** Reads what an attempt needs. */
export function prepare(desk: Desk, at: ActionAt, attempt: number, hooks: Preparing): void {
  const { state } = desk;
  const { path, step, frame } = at;
  const known = state.steps.get(path);
  const history = known !== undefined && 'history' in known ? known.history : undefined;
  const rejected = history?.rejected;
  const given = givenInput(state, path, history);
  const rails = railsOf(desk, step, frame);
  const judged = rails === undefined ? undefined : state.rails.get(path);
  const railed = judged === undefined ? undefined : passedInput(judged);
  const gave = judged === undefined ? nothingGiven : gaveOf(judged, attempt);
  const secrets = secretsOfCall(state, frame, step.id);
  const vaults = secrets?.hidden.map(({ vault }) => vault);
  const more = furtherPayloads(railed, gave, rejected?.output, given, vaults);
  const context = desk.contexts.of(frame);
  const then = (scope: Scope, lookup: Lookup): void => {
    let idempotencyKey: string;
    try {
      idempotencyKey = keyOf(desk, at, context, scope);
    } catch (error) {
      hooks.onUnprepared(error);
      return;
    }
    const texts = secrets === undefined ? undefined : textsOfCall(secrets, lookup);
    const model = history === undefined ? undefined : escalatedModel(step.gate?.onFail ?? [], history.rejections);
    const ready: Prepared = {
      at,
      path,
      step,
      attempt,
      context,
      linked: context.linked,
      rendering: hidingFrom(context.rendering, texts),
      scope,
      idempotencyKey,
      labelling: readBy(desk, at, given !== undefined, rejected),
      texts,
      sources: () => sourcesOf(state, frame, step.reads, lookup),
      given: given === undefined ? undefined : lookup(given),
      railed: railed === undefined ? undefined : lookup(railed),
      rails,
      known: knownOf(gave, lookup),
      feedback: rejected === undefined ? undefined : { output: lookup(rejected.output), gate: rejected.gate },
      model,
    };
    hooks.onReady(texts === undefined ? ready : { ...ready, labelling: withRestored(ready, texts) });
  };
  desk.read({ path, frame, reads: step.reads, more }, then, hooks);
}

/** What is to be looked up beside what the step reads; undefined for most. */
function furtherPayloads(
  railed: Payload | undefined,
  gave: Gave,
  rejected: Payload | undefined,
  given: Payload | undefined,
  vaults: readonly Payload[] | undefined,
): readonly Payload[] | undefined {
  const isAlone = railed === undefined && rejected === undefined && given === undefined;
  if (isAlone && gave.length === 0 && vaults === undefined) return undefined;
  const values = [railed, ...gave.map(([, { value }]) => value), rejected, given, ...(vaults ?? [])];
  return values.filter((value) => value !== undefined);
}

/** What an attempt is given carries what its arguments do. What a person wrote in their place is told apart by nobody. */
export function readBy(
  desk: Desk,
  { path, step, frame }: ActionAt,
  isGiven: boolean,
  rejected: Rejected | undefined,
): Labelling {
  const { state, contexts } = desk;
  const context = contexts.of(frame);
  const own = labellingOfInput(state, context, frame, step);
  if (rejected === undefined || step.gate === undefined) return isGiven ? wholeOf(own) : own;
  // What did not pass goes back to the tool, and the reasons of its verdicts.
  const told = labellingOf(rejected.carried ?? {}, path);
  return wholeOf(joinLabellings(wholeOf(own), wholeOf(told), labellingOfReasons(desk, { step, frame })));
}

/** What is put back in it is private. */
function withRestored(prepared: Prepared, texts: CallTexts): Labelling {
  const { labelling } = prepared;
  try {
    const shown = shownInput(prepared);
    const from = texts.restored.filter(
      (one) => !isDeepStrictEqual(inputRestored(shown, { ...texts, restored: [one] }), shown),
    );
    return from.reduce((marks, { of }) => withMarks(marks, marked(['private'], of)), labelling);
  } catch {
    // What cannot be rendered is given to nobody.
    return labelling;
  }
}

/** What passed the last rail before the call so far: what the step is given from then on. */
function passedInput(judged: JudgedPlaces): Payload | undefined {
  const places = beforeCall.map((place) => judged[place]);
  return places.findLast((place) => hasPassed(place) && place.value !== undefined)?.value;
}

type Gave = readonly (readonly [RailPlace, JudgedPlace])[];

const nothingGiven: Gave = [];

/** What was judged behind the call of this attempt. */
export function gaveOf(judged: JudgedPlaces, attempt: number): Gave {
  return afterCall.flatMap((place) => {
    const known = judged[place];
    return known?.attempt === attempt ? [[place, known] as const] : [];
  });
}

function knownOf(gave: Gave, lookup: Lookup): Prepared['known'] {
  if (gave.length === 0) return nothing;
  return Object.fromEntries(
    gave.map(([place, known]) => [
      place,
      { ...known, value: known.value === undefined ? undefined : lookup(known.value) },
    ]),
  );
}

const nothing: Prepared['known'] = {};

/** What the call is given, and what may be seen of it. @throws TelosError EXPRESSION_FAILED, SECRET_MISSING, VALUE_INVALID, RAIL_FAILED. */
export function renderedInput({ step, rendering, scope, given, railed, texts }: Attempt): Rendered {
  let rendered = rendering.input(step, scope);
  if (given !== undefined) rendered = withGiven(rendered, given);
  if (railed !== undefined) rendered = withRailed(rendered, railed);
  return texts === undefined ? rendered : { ...rendered, input: inputRestored(rendered.input, texts) };
}

/** What may be seen of it; needs no secret. @throws TelosError EXPRESSION_FAILED. */
export function shownInput({ step, rendering, scope, given, railed }: Attempt): Json {
  return railed ?? given ?? rendering.shown(step, scope);
}

/** As `renderedInput`, of a call that is not made: nobody is given its secrets. */
export function withheldInput(attempt: Attempt): Rendered {
  const shown = shownInput(attempt);
  return { shown, input: shown };
}

/** What its call would do. Without its tool nobody can say, and it is taken for the strictest. */
export function didOfPrepared(prepared: Prepared): Did {
  const { uses } = prepared.step;
  return didOf(prepared, prepared.context.tool(uses) ?? absentTool(uses));
}

function keyOf(desk: Desk, at: ActionAt, { linked }: Context, scope: Scope): string {
  if (at.step.idempotencyKey === undefined) return `${desk.state.id}:${at.path}`;
  const key = linked.render(at.step.idempotencyKey, scope);
  return typeof key === 'string' ? key : JSON.stringify(key);
}

/** Why an attempt could not even be prepared. */
export function unprepared(error: unknown) {
  return errorRecordOf(error, 'EXPRESSION_FAILED');
}
