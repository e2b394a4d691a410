/** Planners whose model is played by a test: it answers with plans, and as a judge with verdicts. */
import { noUsage, TelosError } from '@telos/core';
import type {
  AnyCheck,
  AnyTool,
  Exchange,
  GenerateRequest,
  Generation,
  Json,
  JsonObject,
  Models,
  Planner,
} from '@telos/core';
import { createChecks } from '@telos/evaluators';
import { createSchemas } from '@telos/language';
import { createPlanner } from '@telos/planner';
import { createFakeClock } from '@telos/testkit';
import { noModels } from '@telos/testkit/models';
import { toolOf } from './engine.ts';
import type { Act, EngineOptions } from './engine.ts';

export type Asked = {
  /** All that the model is shown. */
  readonly text: string;
  /** From 1. */
  readonly times: number;
  readonly request: GenerateRequest;
};

/** What plays the model: a plan or any other JSON; undefined when it cannot be reached. */
export type Play = (asked: Asked) => Json | undefined;

export type Objective = {
  readonly id: string;
  readonly objective?: string;
  readonly criterion?: string;
  readonly check?: string;
};

/** A plan as a model answers with it, every step of it serving the first objective. */
export function planOf(steps: string, outputs: string, objectives: readonly Objective[] = [{ id: 'o1' }]): JsonObject {
  const yaml = `telos: 1\nid: p\nsteps:\n${steps}\noutputs: ${outputs}\n`;
  const ids = [...steps.matchAll(/\bid: *([a-z_0-9]+)/g)].map(([, id]) => id ?? '');
  return {
    objectives: objectives.map(({ id, objective = 'Reach it.', criterion = 'It is reached.', check }) => ({
      id,
      objective,
      criterion,
      ...(check === undefined ? {} : { check }),
    })),
    yaml,
    steps: ids.map((step, index) => ({
      step,
      serves: objectives[Math.min(index, objectives.length - 1)]?.id ?? 'o1',
      why: `It needs ${step}.`,
    })),
  };
}

const usage = { ...noUsage, input_tokens: 100, output_tokens: 20, usd: 0.001, ms: 5, calls: 1 };

export type Planned = {
  readonly planner: Planner;
  readonly tools: NonNullable<EngineOptions['tools']>;
  readonly checks: NonNullable<EngineOptions['checks']>;
  /** All that the model was asked for, plans and verdicts. */
  readonly asked: GenerateRequest[];
};

/** @param ref What the model is called; one of `offline/` only quotes. */
export function plannedBy(
  play: Play,
  acts: { readonly [name: string]: Act | Partial<AnyTool> },
  ref = 'openai/scripted',
): Planned {
  const asked: GenerateRequest[] = [];
  const models: Models = {
    ...noModels,
    hosts: () => Promise.resolve(ref.startsWith('offline/') ? [] : ['api.models.example']),
    generate: async (request, { signal, onExchange }): Promise<Generation> => {
      signal.throwIfAborted();
      asked.push(request);
      const text = request.messages.map((message) => message.text).join('\n');
      const value = play({ text, times: asked.length, request });
      if (value === undefined) throw new TelosError('MODEL_UNAVAILABLE', 'The model cannot be reached.');
      const said = JSON.stringify(value);
      const exchange: Exchange = {
        model: ref,
        startedAt: 0,
        messages: request.messages,
        text: said,
        toolCalls: [],
        finish: 'stop',
        usage,
      };
      onExchange?.(exchange);
      return { model: ref, text: said, value, toolCalls: [], finish: 'stop', usage };
    },
  };
  const clock = createFakeClock();
  const tools = new Map(Object.entries(acts).map(([name, act]) => [name, toolOf(name, act)]));
  const checks: ReadonlyMap<string, AnyCheck> = createChecks({
    models,
    schemas: createSchemas(),
    evaluateCondition: () => true,
  });
  return {
    planner: createPlanner({ models, catalog: { tools, checks }, clock }),
    tools: acts,
    checks: Object.fromEntries(checks),
    asked,
  };
}

/** Whether the model is asked to judge. */
export function isJudging({ text }: Asked): boolean {
  return text.startsWith('You judge an answer');
}

export function verdict(met: boolean, reason = met ? 'It is there.' : 'It is missing.'): Json {
  return { verdicts: [{ criterion: 0, reason, met }] };
}
