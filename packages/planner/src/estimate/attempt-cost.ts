import { judgingCost, noUsage } from '@telos/core';
import type { ActionStep, CheckUse, CostDeps, Json, ModelSpec, Models, Program, Template, Usage } from '@telos/core';
import type { Catalog } from '@telos/language';
import { isObject } from '@telos/language/text';
import { noCost, plus } from './cost.ts';
import type { Cost } from './cost.ts';
import type { Sample } from './sample-input.ts';

export type EstimateDeps = {
  readonly catalog: Catalog;
  readonly models: Pick<Models, 'estimate' | 'list'>;
  /** Another workflow that a step runs; undefined when it cannot be found. */
  readonly workflow?: (id: string) => Promise<Program | undefined>;
};

/** A cost, and what had to be assumed for it. */
export type Assumed = { readonly cost: Cost; readonly assumes: readonly string[] };

/** Of an answer, in tokens, when nothing bounds it: usually, and of a judge's verdict. */
export const usualAnswer = 300;
const verdictTokens = 200;
/** Of what a judge is shown, in characters: the output and what it leans on. */
const judgedText = 4000;

/** Milliseconds: until a model answers, for each token that it writes, and of other calls by the family of the tool. */
const firstTokenMs = 1000;
const perTokenMs = 20;
const offlineMs = 100;
const usualMs: { readonly [family: string]: number } = {
  web: 1500,
  http: 1000,
  db: 200,
  knowledge: 300,
  script: 200,
  file: 20,
  transform: 0,
};
export const otherMs = 1000;

/** What is assumed of every step, told once. */
export const generalAssumptions: readonly string[] = [
  `an answer has ${usualAnswer} tokens, and at most \`max_tokens\`, or 1,000 without it`,
  'a token is four characters; what an earlier step gives has 500 tokens, any other value that is not known yet 50',
  `a model takes ${firstTokenMs / 1000} s and writes ${1000 / perTokenMs} tokens a second; web pages take ${(usualMs['web'] ?? 0) / 1000} s, APIs ${(usualMs['http'] ?? 0) / 1000} s, queries ${usualMs['db']} ms`,
  'expected: nothing fails and every gate passes at once; at most: every retry, remedy and round is used up',
];

/** One attempt of an action, its gate not counted. */
export async function attemptCost({ catalog }: EstimateDeps, step: ActionStep, sample: Sample): Promise<Assumed> {
  // What a server's tool costs nobody knows: one call.
  const tool = catalog.tools.get(step.uses);
  const ms = usualMs[step.uses.split('.')[0] ?? ''] ?? otherMs;
  const oneCall: Usage = { ...noUsage, calls: 1, ms };
  if (tool?.estimate === undefined) return { cost: { expected: oneCall, most: oneCall }, assumes: [] };
  const parsed = tool.input.safeParse(sample.value);
  if (!parsed.success) {
    return {
      cost: { expected: oneCall, most: oneCall },
      assumes: ['its input is not known yet: its tokens are not counted'],
    };
  }
  const model = modelOf(sample.value);
  const most = await tool.estimate(parsed.data);
  const usual = isObject(sample.value)
    ? tool.input.safeParse({ ...sample.value, max_tokens: Math.min(usualAnswer, most.output_tokens) })
    : undefined;
  const expected = usual?.success === true ? await tool.estimate(usual.data) : most;
  return { cost: { expected: timed(expected, model), most: timed(most, model) }, assumes: [] };
}

/** One question to each of these checks about something of the usual length. Checks that ask no model cost nothing. */
export async function checksCost(
  { catalog: { checks } }: Pick<EstimateDeps, 'catalog'>,
  uses: readonly CheckUse[],
  sample: (template: Template) => Sample,
): Promise<Cost> {
  const text = 'x'.repeat(judgedText);
  const subject = { value: text, text, input: null, sources: {} };
  const render = (template: Template): Json => sample(template).value;
  let cost = noCost;
  for (const use of uses) {
    const model = modelOf(render(use.with));
    const told = async (deps: Partial<CostDeps>): Promise<Usage> => {
      const usage = await judgingCost([use], subject, { checks, render, ...deps });
      return usage.calls === 0 ? usage : timed(usage, model);
    };
    cost = plus(cost, { expected: await told({ answerTokens: verdictTokens }), most: await told({}) });
  }
  return cost;
}

/** The model that an input names. */
export function modelOf(input: Json): ModelSpec {
  const written = isObject(input) ? input['model'] : undefined;
  if (typeof written === 'string') return written;
  const list = isObject(written) ? written['fallback'] : undefined;
  const refs = Array.isArray(list) ? list.filter((ref) => typeof ref === 'string') : [];
  return refs.length === 0 ? 'auto' : { fallback: refs };
}

export function timed(usage: Usage, model: ModelSpec): Usage {
  const isOffline = typeof model === 'string' && model.startsWith('offline/');
  return { ...usage, ms: isOffline ? offlineMs : firstTokenMs + usage.output_tokens * perTokenMs };
}
