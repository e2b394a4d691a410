import type { ForeachStep, LoopStep, Program, Usage } from '@telos/core';
import { isList } from '@telos/language/text';
import type { EstimateDeps } from './attempt-cost.ts';
import type { Cost, Times } from './cost.ts';
import type { Sample } from './sample-input.ts';

/** Of a list that only a run gives. */
const usualItems = 5;

/** How many items there are likely to be: those of a list that is known, else as many as its input may have, or the usual number. */
export function itemsOf(
  step: ForeachStep,
  program: Program,
  { value }: Sample,
): { readonly items: Times; readonly assumes: readonly string[] } {
  if (isList(value)) return { items: { expected: value.length, most: value.length }, assumes: [] };
  const input =
    typeof step.items === 'string' ? /^\s*\$\{\{\s*inputs\.(\w+)\s*\}\}\s*$/.exec(step.items)?.[1] : undefined;
  const bound = input === undefined ? undefined : program.inputs[input]?.schema['maxItems'];
  const most = typeof bound === 'number' ? bound : usualItems;
  const expected = Math.min(most, usualItems);
  return {
    items: { expected, most },
    assumes: [
      `${expected} items${typeof bound === 'number' ? `, at most ${bound}` : ''}: how many there are is known when it runs`,
    ],
  };
}

/** A loop that ends by a condition is taken to end half way. */
export function roundsOf({ until, max }: LoopStep): Times {
  return { expected: until === undefined ? max : Math.ceil(max / 2), most: max };
}

/** Which models count for nothing because nobody knows what they cost, and which is not known yet. */
export async function modelAssumptions(
  programs: readonly Program[],
  { models }: EstimateDeps,
): Promise<readonly string[]> {
  const assumes: string[] = [];
  for (const model of new Set(programs.flatMap(({ requires }) => requires.models))) {
    if (model === 'auto') assumes.push('`auto` is what can be reached now');
    if (/^(?:offline|ollama)\//.test(model)) continue;
    const { usd } = await models.estimate({ model, messages: [], maxTokens: 1000 });
    if (usd === 0 && model !== 'auto') assumes.push(`no price is known for ${model}: it counts as nothing`);
  }
  return assumes;
}

/** Which bounds of the program's own budget are less than what it may cost. */
export function budgetWarnings({ budget }: Program, { expected, most }: Cost): readonly string[] {
  if (budget === undefined) return [];
  const tokens = (usage: Usage) => usage.input_tokens + usage.output_tokens;
  const bounds = [
    ['usd', budget.usd, expected.usd, most.usd],
    ['tokens', budget.tokens, tokens(expected), tokens(most)],
    ['calls', budget.calls, expected.calls, most.calls],
    ['wall', budget.wallMs, expected.ms, most.ms],
  ] as const;
  return bounds.flatMap(([name, bound, usual, largest]) => {
    if (bound === undefined || largest <= bound) return [];
    return [
      usual > bound
        ? `the budget \`${name}\` is less than what is expected`
        : `the budget \`${name}\` is less than what the run may cost at most`,
    ];
  });
}
