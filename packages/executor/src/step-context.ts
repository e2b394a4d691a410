import type { Feedback, Json, JsonObject, ModelSpec, RunId, StepPath, ToolCallReport, ToolContext } from '@telos/core';
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

/**
 * What a tool is given beside its input. A class because one is made for every
 * attempt, and getters on a prototype cost nothing; its functions are fields,
 * so that a tool may take them out of it.
 */
export class StepContext implements ToolContext {
  readonly run: RunId;
  readonly path: StepPath;
  readonly attempt: number;
  readonly idempotencyKey: string;
  declare readonly feedback?: Feedback;
  declare readonly model?: ModelSpec;
  readonly connection: ToolContext['connection'];
  readonly emitText: ToolContext['emitText'];
  readonly progress: ToolContext['progress'];
  readonly record: ToolContext['record'];
  readonly #hooks: AttemptHooks;
  readonly #sources: () => JsonObject;

  constructor({ state, deps, rendering }: Desk, hooks: AttemptHooks, spec: StepContextSpec) {
    const { path, attempt } = spec;
    const { hide } = rendering;
    this.run = state.id;
    this.path = path;
    this.attempt = attempt;
    this.idempotencyKey = spec.idempotencyKey;
    if (spec.feedback !== undefined) this.feedback = spec.feedback;
    if (spec.model !== undefined) this.model = spec.model;
    this.#hooks = hooks;
    this.#sources = spec.sources;
    this.connection = (name) => rendering.connection(name, spec.scope);
    this.emitText = (text) => hooks.onText(hide(text));
    this.record = (call: ToolCallReport) => hooks.onCall(hide(call));
    this.progress = (message: string, data?: Json) =>
      deps.live.publish(state.id, {
        type: 'progress',
        path,
        attempt,
        message: hide(message),
        ...(data === undefined ? {} : { data: hide(data) }),
      });
  }

  get signal(): AbortSignal {
    return this.#hooks.signal;
  }

  get sources(): JsonObject {
    return this.#sources();
  }
}
