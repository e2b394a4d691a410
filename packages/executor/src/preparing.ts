/** Preparing an attempt: everything it needs that can be read before it starts, wherever it will run. */
import { errorRecordOf, escalatedModel } from '@telos/core';
import type { ActionStep, At, Feedback, Json, JsonObject, Labels, ModelSpec, Payload, StepPath } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Context } from './contexts.ts';
import type { Desk } from './desk.ts';
import { givenInput } from './given-input.ts';
import type { Rendering } from './rendering.ts';
import { labelsOf, sourcesOf } from './scope.ts';

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
  /** Of everything that the step reads. */
  readonly labels: Labels;
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
      labels: labelsOf(state, context, frame, step.reads),
      sources: () => sourcesOf(state, frame, step.reads, lookup),
      given: given === undefined ? undefined : lookup(given),
      feedback: rejected === undefined ? undefined : { output: lookup(rejected.output), gate: rejected.gate },
      model,
    });
  });
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
