import type { Feedback, JsonObject, ModelSpec, StepPath, ToolContext } from '@telos/core';
import type { Scope } from '@telos/language';
import type { AttemptHooks } from './active-step.ts';
import type { Desk } from './desk.ts';

export type StepContextSpec = {
  readonly path: StepPath;
  readonly attempt: number;
  readonly idempotencyKey: string;
  readonly scope: Scope;
  readonly feedback?: Feedback;
  readonly model?: ModelSpec;
  /** Worked out when first asked for: most tools never look. */
  readonly sources: () => JsonObject;
};

/** What a tool is given beside its input. */
export function stepContext(desk: Desk, hooks: AttemptHooks, spec: StepContextSpec): ToolContext {
  const { deps, state } = desk;
  const { path, attempt } = spec;
  const { hide } = desk.rendering;
  return {
    run: state.id,
    path,
    attempt,
    idempotencyKey: spec.idempotencyKey,
    get signal() {
      return hooks.signal;
    },
    get sources() {
      return spec.sources();
    },
    ...(spec.feedback === undefined ? {} : { feedback: spec.feedback }),
    ...(spec.model === undefined ? {} : { model: spec.model }),
    connection: (name) => desk.rendering.connection(name, spec.scope),
    emitText: (text) => hooks.onText(hide(text)),
    progress: (message, data) =>
      deps.live.publish(state.id, {
        type: 'progress',
        path,
        attempt,
        message: hide(message),
        ...(data === undefined ? {} : { data: hide(data) }),
      }),
    record: (call) => hooks.onCall(hide(call)),
  };
}
