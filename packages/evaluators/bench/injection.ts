/**
 * What the table of docs/evaluators.md does not show of `injection`,
 * `jailbreak` and `tool_poisoning`, on held-out rows (training/injection/parts.ts):
 * whether they lean on length, which kinds they call an attack, how they do when
 * rows are written in other forms, how long they take.
 *
 *   node --conditions=source packages/evaluators/bench/injection.ts <folder of sets> [--kinds] [--forms] [--times]
 */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import type { Json, JsonObject } from '@telos/core';
import { documents, jailbreaks, messages, planted, tools, wishes } from './injection-rows.ts';
import { inForms } from './injection-forms.ts';
import { leaning } from './injection-length.ts';
import type { Risky } from './injection-length.ts';
import { timed } from './injection-times.ts';
import { localChecks } from './local-checks.ts';

const [folder] = process.argv.slice(2).filter((word) => !word.startsWith('--'));
if (folder === undefined) throw new Error('Name the folder that holds the sets.');

const linesOf = (set: string): readonly string[] =>
  readFileSync(path.join(folder, set, 'data.jsonl'), 'utf8')
    .trim()
    .split('\n');

type Row = Risky & { readonly value: Json; readonly kind: string };

const measurements: readonly (readonly [title: string, check: string, params: JsonObject, lines: readonly string[]])[] =
  [
    ['injection, messages', 'injection', { in: 'message' }, [...messages(linesOf), ...wishes(linesOf)]],
    ['injection, pages, mails, logs', 'injection', { in: 'document' }, documents(linesOf)],
    ['injection, tables', 'injection', { in: 'document' }, planted(linesOf, 'table')],
    ['injection, code', 'injection', { in: 'document' }, planted(linesOf, 'code')],
    ['jailbreak', 'jailbreak', {}, jailbreaks(linesOf)],
    ['tool_poisoning', 'tool_poisoning', {}, tools(linesOf)],
  ];

for (const [title, check, params, lines] of measurements) {
  const rows = lines.map(readRow);
  const risk = (value: Json): Promise<number> => riskOf(check, params, value);
  const { area, areaOfLength, alike, pairs, withinAttacks, withinHarmless, padded, found, mistaken, cutMistaken } =
    await leaning(rows, ({ text }) => risk(text));
  const shown = (value: number): string => value.toFixed(3);
  console.log(
    `${title}: ${rows.filter(({ attack }) => attack).length} attacks, ${rows.filter(({ attack }) => !attack).length} harmless`,
  );
  console.log(`  area of the risk ${shown(area)}, of the length alone ${shown(areaOfLength)}`);
  console.log(`  pairs of like length ${pairs}, the attack riskier in ${shown(alike)}`);
  console.log(
    `  rank correlation of risk and length: attacks ${shown(withinAttacks)}, harmless ${shown(withinHarmless)}`,
  );
  console.log(
    `  called an attack: attacks ${shown(found)}, harmless ${shown(mistaken)}, harmless cut to half ${shown(cutMistaken)}`,
  );
  console.log(
    `  amid 2,000 characters of neutral text: area ${shown(padded.area)}, attacks ${shown(padded.found)}, harmless ${shown(padded.mistaken)}`,
  );
  if (process.argv.includes('--kinds')) await printKinds(rows, risk);
  if (process.argv.includes('--forms') && rows.every(({ value }) => typeof value === 'string')) {
    for (const { form, at1, area: areaInForm, ...called } of await inForms(rows, risk)) {
      console.log(
        `    ${form.padEnd(32)} at 1 % ${shown(at1)}, area ${shown(areaInForm)}, attacks ${shown(called.found)}, harmless ${shown(called.mistaken)}`,
      );
    }
  }
}
if (process.argv.includes('--times')) {
  console.log('\ncheck                text          p50 ms   p99 ms');
  for (const { check, text, p50, p99 } of await timed()) {
    console.log(`${check.padEnd(20)} ${text.padEnd(12)} ${p50.toFixed(2).padStart(7)}  ${p99.toFixed(2).padStart(7)}`);
  }
}

function readRow(line: string): Row {
  const row = JSON.parse(line) as JsonObject; // a line of a set
  const { name, description, input_schema: schema = {} } = row;
  const value = row.text ?? row.content ?? { name: name ?? '', description: description ?? '', input_schema: schema };
  return {
    value,
    text: typeof value === 'string' ? value : JSON.stringify(value),
    attack: row.label === 1,
    kind:
      [row.attack_category, row.kind, row.family, row.category, row.type].find((kind) => typeof kind === 'string') ??
      '',
  };
}

async function riskOf(name: string, params: JsonObject, value: Json): Promise<number> {
  const check = localChecks.get(name);
  if (check === undefined) throw new Error(`There is no check ${name}.`);
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const context = { signal: new AbortController().signal, record: () => {} };
  const parsed: unknown = check.params.parse(params);
  const { score, verdict, reason } = await check.score({ value, text, input: null, sources: {} }, parsed, context);
  if (verdict === 'error') throw new Error(reason);
  return 1 - score;
}

async function printKinds(rows: readonly Row[], risk: (value: Json) => Promise<number>): Promise<void> {
  for (const [kind, some] of Map.groupBy(rows, ({ attack, kind }) => `${attack ? 'attack' : 'harmless'} ${kind}`)) {
    let called = 0;
    for (const { value } of some) if ((await risk(value)) > 0.5 + 1e-9) called += 1;
    console.log(`    ${kind.padEnd(44)} ${String(called).padStart(3)} of ${some.length}`);
  }
}
