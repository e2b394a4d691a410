/** A planner on scripted models, and what it recorded. */
import { TelosError } from '@telos/core';
import type { Json, JsonObject, PlanSurroundings, ToolCallReport, ToolContext } from '@telos/core';
import type { Catalog } from '@telos/language';
import { createFakeClock } from '@telos/testkit';
import { createPlanner } from '../create-planner.ts';
import type { PlannerSettings } from '../create-planner.ts';
import type { DraftedPlan } from '../drafted-plan.ts';
import { testCatalog } from './catalogue.ts';
import { scriptedModels } from './scripted-models.ts';
import type { Scripted, ScriptedModels } from './scripted-models.ts';

export type Planning = {
  readonly models: ScriptedModels;
  readonly recorded: readonly ToolCallReport[];
  plan(request: JsonObject, signal?: AbortSignal): Promise<DraftedPlan>;
  /** Inside a workflow with these permissions. */
  planWithin(permissions: PlanSurroundings['permissions'], request: JsonObject): Promise<DraftedPlan>;
};

type Options = Partial<Pick<PlannerSettings, 'attempts' | 'model'>> & {
  readonly ref?: string;
  readonly catalog?: Catalog;
};

export function planning(
  script: readonly Scripted[],
  { ref, catalog = testCatalog, ...settings }: Options = {},
): Planning {
  const models = scriptedModels(script, ref);
  const recorded: ToolCallReport[] = [];
  const planner = createPlanner({ models, catalog, clock: createFakeClock(), ...settings });
  return {
    models,
    recorded,
    plan: (request, signal = new AbortController().signal) =>
      planner.plan(
        request,
        contextOf(signal, (call) => void recorded.push(call)),
      ),
    planWithin: (permissions, request) =>
      planner.plan(
        request,
        contextOf(new AbortController().signal, (call) => void recorded.push(call)),
        { permissions },
      ),
  };
}

export function contextOf(signal: AbortSignal, record: ToolContext['record']): ToolContext {
  return {
    run: 'run',
    path: 'work',
    attempt: 1,
    signal,
    idempotencyKey: 'run:work',
    sources: {},
    connection: () => undefined,
    emitText: () => {},
    progress: () => {},
    record,
  };
}

/** A scripted answer that holds this plan, every step of it serving one objective. */
export function planAnswer(yaml: string, more: { readonly [key: string]: Json } = {}): Scripted {
  const ids = [...yaml.matchAll(/\bid: *([a-z_0-9]+)/g)].map(([, id]) => id ?? '').slice(1);
  return {
    answer: {
      objectives: [{ id: 'o1', objective: 'Answer the question.', criterion: 'The answer quotes a sentence.' }],
      yaml,
      steps: (ids.length === 0 ? ['none'] : ids).map((step) => ({ step, serves: 'o1', why: `It needs ${step}.` })),
      ...more,
    },
  };
}

export async function failureOf(promise: Promise<unknown>): Promise<TelosError> {
  try {
    await promise;
  } catch (error) {
    if (error instanceof TelosError) return error;
    throw error;
  }
  throw new Error('It was expected to fail, and did not.');
}

/** The faults of a PLAN_INVALID. */
export function faultsOf(
  error: TelosError,
): readonly { readonly code: string; readonly line: number; readonly message: string }[] {
  // what the planner puts there
  return error.details['faults'] as unknown as readonly { code: string; line: number; message: string }[];
}
