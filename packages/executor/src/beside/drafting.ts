/** Drafting a plan: asking the planner, outside any slot; what holds a slot is the model call that it makes. */
import type {
  At,
  ErrorRecord,
  Json,
  JsonObject,
  Plan,
  Planner,
  PlanRequest,
  PlanStep,
  PlanSurroundings,
  ToolContext,
  Usage,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { Beside } from '../running/beside.ts';
import { StepContext } from '../running/step-context.ts';

export type Planned = { readonly plan: Plan; readonly shown?: Json };

/** What the planner is asked, and with what. */
export type PlannerCall = {
  readonly planner: Planner;
  readonly request: PlanRequest;
  readonly context: ToolContext;
  readonly permissions: PlanSurroundings['permissions'];
};

export type Drafting = {
  readonly at: At;
  readonly step: PlanStep;
  readonly attempt: number;
  readonly scope: Scope;
  /** Its `with`, as it passed its rails. */
  readonly request: JsonObject;
  /** Asks the planner for a plan, or has it read one. */
  readonly make: (call: PlannerCall) => Promise<Planned>;
  /** Makes a plan's program durable and known before it is accepted. */
  readonly keep: (plan: Plan) => Promise<void>;
  readonly onEnd: (drafted: Planned | { readonly error: ErrorRecord }, usage: Usage | undefined) => void;
};

export function draft(beside: Beside, drafting: Drafting): void {
  const { desk } = beside;
  const { at, step, attempt, scope, request, make, keep, onEnd } = drafting;
  const { path } = at;
  const { deps, state } = desk;
  const { planner } = deps;
  if (planner === undefined) {
    const message = 'This worker has no planner.';
    onEnd({ error: { code: 'TOOL_UNKNOWN', kind: 'terminal', message } }, undefined);
    return;
  }
  const context = desk.contexts.of(at.frame);
  const { permissions } = context.linked.program;
  beside.begin<Planned>({
    path,
    attempt,
    timeoutMs: step.timeoutMs,
    onText: (text) => deps.live.publish(state.id, { type: 'text', path, attempt, text }),
    async run(hooks) {
      const idempotencyKey = `${state.id}:${path}`;
      const spec = { path, attempt, idempotencyKey, scope, rendering: context.rendering, sources: () => ({}) };
      const planned = await make({ planner, request, context: new StepContext(desk, hooks, spec), permissions });
      await keep(planned.plan);
      return planned;
    },
    onEnd: (ended, usage) => onEnd('came' in ended ? ended.came : ended, usage),
  });
}
