/** Preparing an attempt: everything it needs that can be read before it starts, wherever it will run. */
import { errorRecordOf, escalatedModel, joinAll, wholeOf } from '@telos/core';
import type { ActionStep, At, Feedback, Json, JsonObject, Labelling, ModelSpec, Payload, StepPath } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Context } from './contexts.ts';
import type { Desk } from './desk.ts';
import { givenInput } from './given-input.ts';
import { labellingOfInput, labellingOfTemplate } from './labelling.ts';
import type { Rendering } from './rendering.ts';
import { sourcesOf } from './scope.ts';

/** An action step of one frame. */
export type ActionAt = At & { readonly step: ActionStep };

export type Prepared = {
  readonly at: ActionAt;
  readonly path: StepPath;
  readonly attempt: number;
  readonly context: Context;
  readonly rendering: Rendering;
  readonly scope: Scope;
  readonly idempotencyKey: string;
  /** Stands in place of the rendered input. */
  readonly given: Json | undefined;
  /** Of its input, argument by argument. */
  readonly labelling: Labelling;
  /** Of the output that a repair is to better. */
  readonly feedback: Feedback | undefined;
  /** That the gate has escalated to. */
  readonly model: ModelSpec | undefined;
  /** Worked out when first asked for: most tools never look. */
  readonly sources: () => JsonObject;
};

/** Reads what an attempt needs; `onDrop` is called instead of `onReady` when the step is withdrawn meanwhile. */
export function prepare(
  desk: Desk,
  at: ActionAt,
  attempt: number,
  hooks: {
    readonly onDrop?: () => void;
    readonly onReady: (prepared: Prepared) => void;
    readonly onError: (error: unknown) => void;
  },
): void {
  const { state } = desk;
  const { path, step, frame } = at;
  const known = state.steps.get(path);
  const history = known !== undefined && 'history' in known ? known.history : undefined;
  const rejected = history?.rejected;
  const given = givenInput(state, path, history);
  const more: Payload[] = [];
  if (rejected !== undefined) more.push(rejected.output);
  if (given !== undefined) more.push(given);
  const context = desk.contexts.of(frame);
  desk.read({ path, frame, reads: step.reads, more, onDrop: hooks.onDrop }, (scope, lookup) => {
    let idempotencyKey: string;
    try {
      idempotencyKey = keyOf(desk, at, context, scope);
    } catch (error) {
      hooks.onError(error);
      return;
    }
    const model = history === undefined ? undefined : escalatedModel(step.gate?.onFail ?? [], history.rejections);
    hooks.onReady({
      at,
      path,
      attempt,
      context,
      rendering: context.rendering,
      scope,
      idempotencyKey,
      labelling: readBy(desk, at, given !== undefined, rejected !== undefined),
      sources: () => sourcesOf(state, frame, step.reads, lookup),
      given: given === undefined ? undefined : lookup(given),
      feedback: rejected === undefined ? undefined : { output: lookup(rejected.output), gate: rejected.gate },
      model,
    });
  });
}

/** What an attempt is given carries what its arguments do. What a person wrote in their place is told apart by nobody. */
export function readBy(desk: Desk, { step, frame }: ActionAt, isGiven: boolean, isRepair: boolean): Labelling {
  const { state, contexts } = desk;
  const context = contexts.of(frame);
  const own = labellingOfInput(state, context, frame, step);
  if (!isRepair || step.gate === undefined) return isGiven ? wholeOf(own) : own;
  // The reasons of verdicts, which quote what the gate reads, go back to the tool.
  const { checks, judge } = step.gate;
  const weighed = [...checks, ...(judge === undefined ? [] : [judge])].map((use) =>
    labellingOfTemplate(state, context, frame, use.with),
  );
  return wholeOf(joinAll([own, ...weighed].map(wholeOf)));
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
