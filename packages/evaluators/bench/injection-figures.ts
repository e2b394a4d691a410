/** How the checks against attacks do on the held-out halves of the labelled sets, set by set. */
import type { AnyCheck, Json, JsonObject } from '@telos/core';
import { TelosError } from '@telos/core';
import { createChecks } from '../src/create-checks.ts';
import { readSharedSets } from '../training/injection/shared-sets.ts';
import { areaUnder, highest, partAbove } from '../training/injection/separation.ts';

export type Figures = {
  readonly name: string;
  readonly attacks: number;
  readonly harmless: number;
  readonly area: number;
  readonly recallAt1: number;
  readonly recallAt3: number;
  /** At the check's own threshold: attacks found, harmless rows taken for attacks. */
  readonly found: number;
  readonly mistaken: number;
  /** Rank correlations of risk and length. */
  readonly lengthOfAttacks: number;
  readonly lengthOfHarmless: number;
  /** Of pairs whose lengths differ by a tenth at most, the part in which the attack has the higher risk. */
  readonly sameLength: number;
};

type Row = { readonly value: Json; readonly input: Json; readonly length: number; readonly attack: boolean; readonly group: string; readonly set: string };

const checks = createChecks({
  models: {
    generate: () => Promise.reject(new TelosError('MODEL_UNAVAILABLE', 'There is no model here.')),
    estimate: () => Promise.resolve({ input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 1 }),
    embed: async () => undefined,
    problem: async () => undefined,
    list: async () => [],
  },
  schemas: { issues: () => [] },
  evaluateCondition: () => true,
});

export async function measured(folder: string): Promise<readonly Figures[]> {
  const sets = readSharedSets(folder, (tool) => [JSON.stringify(tool)]);
  const rows = (examples: ReturnType<typeof sets.messages>, input: Json): readonly Row[] =>
    examples.map(({ texts, attack, group, set }) => {
      const [text = ''] = texts;
      return { value: set === 'tool_poisoning' ? toolOf(text) : text, input, length: text.length, attack, group, set };
    });
  const messages = rows(sets.messages('held out'), null);
  const wishes = rows(sets.wishes('held out'), null);
  const ordinary = messages.filter(({ attack }) => !attack);
  const jailbreaks = rows(sets.jailbreaks('held out'), null);
  const documents = rows(sets.documents('held out'), 'What does it say?');
  const tools = rows(sets.tools('held out'), null);
  const bipia = documents.filter(({ set }) => set === 'injection_indirect_bipia');
  const [tables, code] = ['table', 'code'].map((kind) => bipia.filter(({ group, attack }) => group.startsWith(attack ? kind : `clean ${kind}`)));
  const pages = documents.filter(({ set }) => set === 'injection_indirect_docs');

  return [
    await figures('injection: messages', 'injection', messages),
    await figures('injection: messages and wishes', 'injection', [...messages, ...wishes]),
    await figures('injection: wishes', 'injection', wishes),
    await figures('jailbreak: all, against wishes, messages', 'jailbreak', [...jailbreaks, ...wishes, ...ordinary]),
    await figures('jailbreak: PAIR', 'jailbreak', [...jailbreaks.filter(({ group }) => group.startsWith('pair')), ...wishes, ...ordinary]),
    await figures('jailbreak: suffixes', 'jailbreak', [...jailbreaks.filter(({ group }) => group.startsWith('suffix')), ...wishes, ...ordinary]),
    await figures('jailbreak: template', 'jailbreak', [...jailbreaks.filter(({ group }) => group.startsWith('rule')), ...wishes, ...ordinary]),
    await figures('injection: pages, mails, logs', 'injection', pages),
    await figures('injection: tables', 'injection', tables ?? []),
    await figures('injection: code', 'injection', code ?? []),
    await figures('injection: all documents', 'injection', documents),
    await figures('tool_poisoning', 'tool_poisoning', tools),
  ];
}

function toolOf(text: string): Json {
  const { name, description, input_schema: schema } = JSON.parse(text) as { name: string; description: string; input_schema: JsonObject }; // as it was written above
  return { name, description, input_schema: schema };
}

async function figures(name: string, check: string, rows: readonly Row[]): Promise<Figures> {
  const risks = await Promise.all(rows.map((row) => riskOf(checks.get(check) as AnyCheck, row))); // the names above are names of checks
  const of = (attack: boolean): readonly number[] => risks.filter((_, at) => rows[at]?.attack === attack);
  const lengthsOf = (attack: boolean): readonly number[] => rows.filter((row) => row.attack === attack).map(({ length }) => length);
  const [attacks, harmless] = [of(true), of(false)];
  const above = (part: number): number => attacks.filter((risk) => risk > highest(harmless, part)).length / attacks.length;
  return {
    name,
    attacks: attacks.length,
    harmless: harmless.length,
    area: areaUnder(attacks, harmless),
    recallAt1: above(0.01),
    recallAt3: above(0.03),
    found: partAbove(attacks, 0.5 + 1e-9),
    mistaken: partAbove(harmless, 0.5 + 1e-9),
    lengthOfAttacks: rankCorrelation(attacks, lengthsOf(true)),
    lengthOfHarmless: rankCorrelation(harmless, lengthsOf(false)),
    sameLength: higherInPairs(rows, risks),
  };
}

async function riskOf(check: AnyCheck, { value, input }: Row): Promise<number> {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const context = { signal: new AbortController().signal, record: () => {} };
  const { score, verdict, reason } = await check.score({ value, text, input, sources: {} }, check.params.parse({}), context);
  if (verdict === 'error') throw new Error(reason);
  return 1 - score;
}

function higherInPairs(rows: readonly Row[], risks: readonly number[]): number {
  let pairs = 0;
  let higher = 0;
  for (const [at, attack] of rows.entries()) {
    if (!attack.attack) continue;
    for (const [other, harmless] of rows.entries()) {
      if (harmless.attack || Math.abs(attack.length - harmless.length) > 0.1 * Math.max(attack.length, harmless.length)) continue;
      pairs += 1;
      const [risk = 0, otherRisk = 0] = [risks[at], risks[other]];
      higher += risk > otherRisk ? 1 : risk === otherRisk ? 0.5 : 0;
    }
  }
  return higher / pairs;
}

function rankCorrelation(left: readonly number[], right: readonly number[]): number {
  const [a, b] = [ranks(left), ranks(right)];
  const mean = (a.length - 1) / 2;
  let [both, ofA, ofB] = [0, 0, 0];
  for (const [at, rank] of a.entries()) {
    const [x, y] = [rank - mean, (b[at] ?? 0) - mean];
    both += x * y;
    ofA += x * x;
    ofB += y * y;
  }
  return both / Math.sqrt(ofA * ofB);
}

/** Ranks from 0; equal values share the mean of theirs. */
function ranks(values: readonly number[]): readonly number[] {
  const order = values.map((_, at) => at).toSorted((left, right) => (values[left] ?? 0) - (values[right] ?? 0));
  const found = values.map(() => 0);
  for (let from = 0; from < order.length;) {
    let to = from;
    while (to < order.length && values[order[to] ?? 0] === values[order[from] ?? 0]) to += 1;
    for (const at of order.slice(from, to)) found[at] = (from + to - 1) / 2;
    from = to;
  }
  return found;
}
