/** What a `plan` block may cost: drafting the plan, and doing what it says, which nobody knows yet. */
import { addUsage, noUsage } from '@telos/core';
import type { BudgetSpec, PlanStep, Usage } from '@telos/core';
import { isList, isObject } from '@telos/language/text';
import { modelOf, otherMs, timed, usualAnswer } from './attempt-cost.ts';
import type { Assumed, EstimateDeps } from './attempt-cost.ts';
import { plus, scaled, times } from './cost.ts';
import type { Sample } from './sample-input.ts';

/** Of the prompt that asks for a plan, in characters, and of a plan, in tokens. */
const promptText = 12_000;
const planTokens = 1000;
const draftMs = 20_000;
const mostDrafts = 3;

/** Steps of a plan: usually, of which so many ask a model, and the most that are accepted. */
const usualSteps = 5;
const usuallyAsking = 3;
const mostSteps = 60;
/** In characters: what a step of a plan shows a model. */
const stepPrompt = 2000;

export async function plannedCost(deps: EstimateDeps, { budget }: PlanStep, { value }: Sample): Promise<Assumed> {
  const { models } = deps;
  const draft = await models.estimate({
    model: modelOf(value),
    messages: [{ role: 'user', text: `${JSON.stringify(value)}${'x'.repeat(promptText)}` }],
    maxTokens: planTokens,
  });
  const candidates = candidatesOf(value);
  // To place them it takes two more.
  const placing = candidates === 1 ? 0 : 2;
  const drafting = times(both({ ...draft, ms: draftMs }), {
    expected: candidates + placing,
    most: candidates * mostDrafts + placing,
  });

  const asking = mayAsk(value) ? usuallyAsking : 0;
  const messages = [{ role: 'user', text: 'x'.repeat(stepPrompt) }] as const;
  const asked = async (maxTokens?: number): Promise<Usage> =>
    timed(
      await models.estimate({ model: 'auto', messages, ...(maxTokens === undefined ? {} : { maxTokens }) }),
      'auto',
    );
  const other: Usage = { ...noUsage, calls: 1, ms: otherMs };
  const expected = addUsage(scaled(await asked(usualAnswer), asking), scaled(other, usualSteps - asking));
  const most = bounded(scaled(asking === 0 ? other : await asked(), mostSteps), budget);
  return {
    cost: plus(drafting, { expected: bounded(expected, budget), most }),
    assumes: [
      `a plan of ${usualSteps} steps, of which ${asking} ask a model, and at most of ${mostSteps}${budget === undefined ? '' : ' within its budget'}: what they are is known when it is drafted`,
    ],
  };
}

/** Plans that are drafted for one. */
function candidatesOf(request: Sample['value']): number {
  const wanted = isObject(request) ? request['best_of'] : undefined;
  return typeof wanted === 'number' ? wanted : 1;
}

/** Whether the tools that it names let a plan ask a model; without any named it has all. */
function mayAsk(request: Sample['value']): boolean {
  const tools = isObject(request) ? request['tools'] : undefined;
  return !isList(tools) || tools.some((tool) => tool === 'llm' || tool === '*');
}

function both(usage: Usage) {
  return { expected: usage, most: usage };
}

/** No more than the block may spend. */
function bounded(usage: Usage, budget: BudgetSpec | undefined): Usage {
  const tokens = usage.input_tokens + usage.output_tokens;
  const part = tokens === 0 ? 1 : Math.min(1, (budget?.tokens ?? tokens) / tokens);
  return {
    input_tokens: Math.floor(usage.input_tokens * part),
    output_tokens: Math.floor(usage.output_tokens * part),
    usd: Math.min(usage.usd, budget?.usd ?? usage.usd),
    ms: Math.min(usage.ms, budget?.wallMs ?? usage.ms),
    calls: Math.min(usage.calls, budget?.calls ?? usage.calls),
  };
}
