/**
 * The rails behind the call of one attempt: what the tool gave is judged as its
 * result, then as the step's output. Each answer goes into the journal with
 * what comes of it, or before it where that takes time.
 *
 * Where the journal has an answer about this very attempt (its owner died at the
 * gate, or a person was asked), the call is not made again.
 */
import { judgeRails, railsResult, TelosError } from '@telos/core';
import type {
  Clock,
  ErrorCode,
  Json,
  JsonObject,
  Payload,
  RailPlace,
  RailsDeps,
  RailsResult,
  RailsSpec,
  RailUse,
  RunVault,
  StepPath,
  ToolCallReport,
  Turn,
} from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import type { AttemptHooks } from '../running/active-step.ts';
import type { MayHave } from '../labels/private-judging.ts';
import { Asked } from './asked.ts';
import type { Known } from './asked.ts';
import { afterCall, withholds } from './rails-of.ts';
import { judgeTurn } from './turn-rails.ts';
import type { TurnRails } from './turn-rails.ts';
import { ofRail, withoutValues } from './withheld-call.ts';

/** An answer, with the value that goes on: what it is about may be large, and is stored first. */
export type Answered = { readonly result: RailsResult; readonly value: Json | undefined };

export interface Railing {
  /** Whether the journal has what the call gave. */
  readonly isRecorded: boolean;
  /**
   * Judges what the call gave; nothing is given when the journal has it.
   *
   * @throws TelosError RAIL_BLOCKED, RAIL_FAILED; Asked.
   */
  judge(given: Json | undefined, input: Json): Promise<Json>;
  /** Answers that are not in the journal yet. */
  readonly answers: readonly Answered[];
  /** For the tool: until its rails have answered, what its calls give is seen by nobody. */
  readonly hooks: AttemptHooks;
}

export type RailingSpec = {
  readonly path: StepPath;
  readonly rails: RailsSpec | undefined;
  readonly sources: () => JsonObject;
  /** What the journal says of this attempt. */
  readonly known: { readonly [place in RailPlace]?: Known };
  readonly hooks: AttemptHooks;
  readonly checks: RailsDeps['checks'];
  readonly linked: Linked;
  readonly scope: Scope;
  readonly vault: RunVault;
  readonly clock: Clock;
  readonly turn: Turn;
  /** Where those who judge may send this value; absent: everywhere. */
  readonly mayHave?: (rails: readonly RailUse[], value: Json) => MayHave;
  /** Of the turn of an agent: what looks at its parts. */
  readonly says?: TurnRails | undefined;
  readonly keeping?: RailsDeps['keeping'];
  /** Puts the answers into the journal now, since what follows takes time. Absent: they go there with the outcome. */
  readonly record?: ((answers: readonly Answered[]) => Promise<void>) | undefined;
};

export const whatOf: { readonly [place in RailPlace]: string } = {
  input: 'the input',
  tool_arguments: 'the tool arguments',
  memory_write: 'the memory write',
  tool_result: 'the tool result',
  output: 'the output',
};

/** Undefined for a step that has no rails behind its call: nearly every one. */
export function createRailing(spec: RailingSpec): Railing | undefined {
  const { path, rails = {}, sources, known, hooks, record } = spec;
  if (afterCall.every((place) => (rails[place]?.length ?? 0) === 0)) return undefined;
  const answers: Answered[] = [];
  const last = afterCall.findLast((place) => (rails[place]?.length ?? 0) > 0);
  let withheld = withholds(rails);
  /** A call has given something, which the next may be asked about: a model is shown the answer that was no good. */
  let gave = false;

  function kept(call: ToolCallReport): ToolCallReport {
    if (!withheld) return call;
    const bare = withoutValues(call, gave);
    gave ||= call.output !== undefined;
    return bare;
  }

  async function answer(place: RailPlace, value: Json, input: Json): Promise<Json> {
    const list = rails[place] ?? [];
    const guarded = { place, what: `${whatOf[place]} of ${path}`, value, input, sources: sources() };
    const judging: RailsDeps = {
      checks: spec.checks,
      render: (template) => spec.linked.render(template, { ...spec.scope, output: value }),
      signal: hooks.signal,
      record: (call) => hooks.onCall(ofRail(call)),
      vault: spec.vault,
      clock: spec.clock,
      sharing: { turn: spec.turn, onWait: (limit) => hooks.onWait(limit) },
      mayHave: spec.mayHave?.(list, value),
      keeping: spec.keeping,
    };
    const judged =
      spec.says === undefined ? await judgeRails(list, guarded, judging) : await judgeTurn(spec.says, guarded, judging);
    // A turn that asks for nothing of which anything is to be hidden.
    if (judged.verdicts.length === 0) return value;
    const answered = { result: railsResult(place, judged), value: judged.value };
    answers.push(answered);
    // What is blocked or asked about ends the attempt: its answer goes with the outcome.
    if (place === last && judged.outcome === 'pass' && record !== undefined) await record(answers.splice(0));
    return act(place, { ...answered.result, value: judged.value });
  }

  return {
    isRecorded: afterCall.some((place) => known[place] !== undefined),
    answers,
    hooks: {
      get signal() {
        return hooks.signal;
      },
      onText: (text) => hooks.onText(text),
      onWork: (part) => hooks.onWork(part),
      onCall: (call) => hooks.onCall(kept(call)),
      onWait: (limit) => hooks.onWait(limit),
    },
    async judge(given, input) {
      let value = given;
      const reached = afterCall.findLastIndex((place) => known[place] !== undefined);
      for (const [index, place] of afterCall.entries()) {
        if (index < reached || (rails[place]?.length ?? 0) === 0) continue;
        const earlier = known[place];
        if (earlier !== undefined) value = act(place, earlier);
        else if (value !== undefined) value = await answer(place, value, input);
      }
      if (value === undefined) throw new TelosError('BUG', `Nothing is known of what ${path} gave.`);
      withheld = false;
      return value;
    },
  };
}

/**
 * As the journal has them: what goes on stands with the last answer alone, for what an earlier one let pass may hold
 * what a later one replaced.
 *
 * @param value Of the last one; undefined where what follows holds it.
 */
export function resultsOf(answers: readonly Answered[], value: Payload | undefined): readonly RailsResult[] {
  return answers.map(({ result }, index) =>
    index === answers.length - 1 && value !== undefined ? { ...result, value } : result,
  );
}

/** @throws TelosError RAIL_BLOCKED, RAIL_FAILED; Asked. */
export function act(place: RailPlace, { outcome, error, approved, value }: Known): Json {
  if (outcome === 'block') throw errorOf(error);
  if (outcome === 'ask' && approved !== true) throw new Asked(place);
  if (value === undefined) throw new TelosError('BUG', `The journal has lost what passed the rails of ${place}.`);
  return value;
}

function errorOf(error: Known['error']): TelosError {
  // A record that `judgeRails` made of a TelosError.
  const code = (error?.code ?? 'RAIL_BLOCKED') as ErrorCode;
  return new TelosError(code, error?.message ?? 'A rail does not let it pass.', { details: error?.details ?? {} });
}
