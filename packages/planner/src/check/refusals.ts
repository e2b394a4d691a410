/**
 * What a plan that compiles may still not do.
 *
 * A plan is written by a model that has read pages, documents and whatever else
 * was put into the objective. So each of these is decided here, from the
 * program, and nothing that a text says can change it.
 */
import type { ActionStep, AnyTool, Effect, ErrorCode, Json, ModelSpec, Step } from '@telos/core';
import type { Compiled, Fault } from '@telos/language';
import { strictness } from './grant.ts';
import type { Grant } from './grant.ts';
import { planFault } from './plan-fault.ts';
import { walkSteps } from './walk-steps.ts';

export const mostSteps = 60;

type Refusal = { readonly code: ErrorCode; readonly key: string; readonly message: string; readonly hint: string };

export function refusals(compiled: Compiled, grant: Grant): readonly Fault[] {
  const { program, positions } = compiled;
  const placed = walkSteps(program.steps);
  const whole = wholeRefusals(compiled, placed.length, grant).map(({ key, ...found }) =>
    planFault({ ...found, path: key }),
  );
  const single = placed.flatMap(({ step, chain }) =>
    stepRefusals(step, grant).map(({ key, ...found }) =>
      planFault({ ...found, path: `${chain}.${key}` }, positions[chain]),
    ),
  );
  return [...whole, ...single];
}

function wholeRefusals({ program }: Compiled, steps: number, grant: Grant): readonly Refusal[] {
  const notInPlan = (key: string, message: string, hint: string): Refusal => ({
    code: 'NOT_IN_PLAN',
    key,
    message,
    hint,
  });
  return [
    ...(steps > mostSteps
      ? [
          {
            code: 'PLAN_TOO_LARGE' as const,
            key: 'steps',
            message: `the plan has ${steps} steps, and at most ${mostSteps} are accepted`,
            hint: 'use `foreach` for what repeats',
          },
        ]
      : []),
    ...['inputs', 'vars']
      .filter((key) => Object.keys(key === 'inputs' ? program.inputs : program.vars).length > 0)
      .map((key) =>
        notInPlan(key, `a plan may not have \`${key}\`: nobody gives them`, 'write the values into the steps'),
      ),
    ...program.requires.models
      .filter((ref) => ref !== 'auto' && !refsOf(grant.model).includes(ref))
      .map((ref) => notInPlan('steps', `a plan may not choose the model \`${ref}\``, 'leave `model` out')),
  ];
}

function refsOf(model: ModelSpec): readonly string[] {
  return typeof model === 'string' ? [model] : model.fallback;
}

function stepRefusals(step: Step, grant: Grant): readonly Refusal[] {
  const refused: Refusal[] = [];
  if (step.kind === 'plan') {
    refused.push({ code: 'NOT_IN_PLAN', key: 'plan', message: 'a plan may not plan again', hint: 'write the steps' });
  }
  if (step.trust !== undefined) {
    const message = 'only a person may vouch for what a step returns';
    refused.push({ code: 'NOT_IN_PLAN', key: 'trust', message, hint: 'leave `trust` out' });
  }
  const effect = effectOf(step, grant);
  if (strictness.indexOf(effect) > strictness.indexOf(grant.effects)) {
    refused.push({
      code: 'PLAN_EFFECT_REFUSED',
      key: step.kind === 'action' ? 'uses' : 'effect',
      message: `the effect of this step is \`${effect}\`, and this plan may only ${grant.effects}`,
      hint: 'use a tool, or a way to call it, that only reads',
    });
  }
  return step.kind === 'action' ? [...refused, ...actionRefusals(step, grant)] : refused;
}

function actionRefusals({ uses, with: given }: ActionStep, grant: Grant): readonly Refusal[] {
  const refused: Refusal[] = [];
  const allowed = [...grant.tools.keys()].join(', ');
  if (!grant.tools.has(uses)) {
    const message = `the tool \`${uses}\` was not given to this plan`;
    refused.push({ code: 'PLAN_TOOL_REFUSED', key: 'uses', message, hint: `it may use ${allowed}` });
  }
  if (fieldOf(given, 'connection') !== undefined) {
    const message = 'a plan has no connections: those of the workflow around it were not granted to it';
    refused.push({ code: 'NOT_IN_PLAN', key: 'with.connection', message, hint: 'give a `url`' });
  }
  const model = fieldOf(given, 'model');
  if (model !== undefined && holdsExpression(model)) {
    const message = 'a plan may not choose a model by an expression';
    refused.push({ code: 'NOT_IN_PLAN', key: 'with.model', message, hint: 'leave `model` out' });
  }
  // `llm` reads files by itself, which is what `file.read` is granted for.
  if (uses === 'llm' && fieldOf(given, 'files') !== undefined && !grant.tools.has('file.read')) {
    const message = '`files` reads files, and `file.read` was not given to this plan';
    refused.push({ code: 'PLAN_TOOL_REFUSED', key: 'with.files', message, hint: 'leave `files` out' });
  }
  return refused;
}

/** The strictest of what the step states and what its tool does for this input. */
function effectOf(step: Step, grant: Grant): Effect {
  const stated = step.effect ?? 'read';
  const tool = step.kind === 'action' ? grant.catalog.tools.get(step.uses) : undefined;
  if (step.kind !== 'action' || tool === undefined) return stated;
  const actual = effectOfCall(tool, step.with);
  return strictness.indexOf(actual) > strictness.indexOf(stated) ? actual : stated;
}

/** As the tool says of this call, if the input can be told now; else the strictest that it has. */
function effectOfCall(tool: AnyTool, given: Json): Effect {
  if (tool.effectOf === undefined) return tool.effect;
  const read = tool.input.safeParse(given);
  return read.success ? tool.effectOf(read.data, { connection: () => undefined }) : tool.effect;
}

function holdsExpression(value: Json): boolean {
  return JSON.stringify(value).includes('${{');
}

function fieldOf(value: Json, key: string): Json | undefined {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? // neither null nor a list: an object of JSON
      (value as { readonly [key: string]: Json })[key]
    : undefined;
}
