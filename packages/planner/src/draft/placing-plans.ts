/** Placing plans: a model says which is likeliest to reach the objective, once in each order of the list. */
import { addUsage, noUsage, TelosError } from '@telos/core';
import type { Exchange, JsonSchema, ToolContext, Usage } from '@telos/core';
import { z } from 'zod';
import type { DraftedPlan } from '../drafted-plan.ts';
import { bestOfPart, bestOfVersion } from '../prompt/best-of-prompt.ts';
import { fenced } from '../prompt/fence.ts';
import type { ReadRequest } from '../request/plan-request.ts';
import type { ModelDrafting } from './draft-with-model.ts';
import { isExtractive } from './is-extractive.ts';

const form = z.strictObject({
  ranking: z
    .array(z.strictObject({ plan: z.string().min(1).max(3), reason: z.string().min(1).max(1000) }))
    .min(1)
    .max(20)
    .describe('Every plan once, the best first.'),
});

/** In [0, 1]: 1 is the first in both orders. */
export type PlacedPlan = { readonly score: number; readonly reason: string };

export type Placed = {
  /** By the index of each plan; undefined of those that were not placed. */
  readonly places: readonly (PlacedPlan | undefined)[];
  readonly usage: Usage;
};

const planCharacters = 8000;

/**
 * An answer that does not place every plan once places none; neither does a model that fails.
 *
 * @param plans At least two.
 */
export async function placed(
  request: ReadRequest,
  plans: readonly DraftedPlan[],
  costs: readonly Usage[],
  context: ToolContext,
  drafting: ModelDrafting,
): Promise<Placed> {
  const indices = [...plans.keys()];
  const sums = plans.map(() => ({ points: 0, times: 0, reason: '' }));
  let usage = noUsage;
  for (const order of [indices, indices.toReversed()]) {
    const asked = await ask(
      request,
      order.flatMap((index) => plans[index] ?? []),
      order.map((index) => costs[index]),
      { context, drafting },
    );
    usage = addUsage(usage, asked.usage);
    for (const [rank, { at, reason }] of asked.ranking.entries()) {
      const sum = sums[order[at] ?? -1];
      if (sum === undefined) continue;
      sum.points += 1 - rank / (plans.length - 1);
      sum.times += 1;
      if (sum.reason === '') sum.reason = reason;
    }
  }
  const places = sums.map(({ points, times, reason }) => (times === 0 ? undefined : { score: points / times, reason }));
  return { places, usage };
}

type Ranked = readonly { readonly at: number; readonly reason: string }[];

async function ask(
  { objective, criteria }: ReadRequest,
  plans: readonly DraftedPlan[],
  costs: readonly (Usage | undefined)[],
  { context, drafting }: { readonly context: ToolContext; readonly drafting: ModelDrafting },
): Promise<{ readonly ranking: Ranked; readonly usage: Usage }> {
  const { models, model, clock } = drafting;
  const text = bestOfPart('rank', {
    objective: fenced(objective),
    criteria: criteria.length === 0 ? 'none' : fenced(criteria.map((one) => `- ${one}`).join('\n')),
    plans: plans.map(({ source }, index) => planText(source, index, costs[index])).join('\n\n'),
  });
  const exchanges: Exchange[] = [];
  let ranking: Ranked = [];
  try {
    const { value, model: ref } = await models.generate(
      {
        model,
        messages: [
          { role: 'system', text: bestOfPart('system') },
          { role: 'user', text },
        ],
        schema: schema(),
      },
      {
        signal: context.signal,
        sharing: context.sharing,
        onExchange: (exchange) => void exchanges.push(exchange),
      },
    );
    if (!isExtractive(ref)) ranking = readRanking(value, plans.length);
  } catch (error) {
    // Without an order what costs less comes first; a plan that nobody wants any more is not made.
    if (context.signal.aborted || !(error instanceof TelosError)) throw error;
  }
  for (const { model: name, startedAt, messages, text: said, usage, finish } of exchanges) {
    context.record({
      kind: 'chat',
      name,
      startedAt,
      ms: usage.ms > 0 ? usage.ms : Math.max(0, clock.now() - startedAt),
      input: { messages: messages.map(({ role, text: content }) => ({ role, content })) },
      output: { text: said },
      usage,
      attributes: { finish, prompt: bestOfVersion, placed: ranking.length },
    });
  }
  return { ranking, usage: exchanges.reduce((sum, exchange) => addUsage(sum, exchange.usage), noUsage) };
}

function planText(source: string, index: number, cost: Usage | undefined): string {
  const expected =
    cost === undefined ? '' : ` (expected: ${cost.calls} calls, ${cost.input_tokens + cost.output_tokens} tokens)`;
  return `Plan ${letterOf(index)}${expected}:\n${fenced(source.slice(0, planCharacters), 'yaml')}`;
}

/** Every plan once, or nothing. */
function readRanking(value: unknown, count: number): Ranked {
  const read = form.safeParse(value);
  if (!read.success) return [];
  const letters = Array.from({ length: count }, (_, index) => letterOf(index));
  const ranked = read.data.ranking.map(({ plan, reason }) => ({
    at: letters.indexOf(plan.trim().toUpperCase()),
    reason,
  }));
  const isWhole = ranked.length === count && new Set(ranked.map(({ at }) => at)).size === count;
  return isWhole && ranked.every(({ at }) => at !== -1) ? ranked : [];
}

function letterOf(index: number): string {
  return String.fromCharCode(65 + index);
}

function schema(): JsonSchema {
  const { $schema: _, ...json } = z.toJSONSchema(form, { io: 'input' });
  // a JSON Schema is JSON; the round trip drops zod's own symbols
  return JSON.parse(JSON.stringify(json)) as JsonSchema;
}
