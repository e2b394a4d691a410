/** What an expression can name, by how far it is written: `steps.draft.output.` */
import type { Entry, Path } from './outline.ts';
import { named } from './option.ts';
import type { Option, Vocabulary } from './option.ts';
import { aboutSchema, keysOf, schemasAt } from './schema-at.ts';
import { listsAround, namesBelow, stepsBefore, valueAt } from './scope.ts';

/** The names at the end of an expression: what is before the last dot, and what is typed after it. */
export type Chain = { readonly before: readonly string[]; readonly typed: string };

/** @returns undefined where a name cannot stand: inside a text, after a number. */
export function chainAt(expression: string): Chain | undefined {
  const outside = expression.replaceAll(/"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*'/g, '""');
  if (/["'][^"']*$/.test(outside.replaceAll('""', ''))) return undefined;
  const written = /(?:[A-Za-z_]\w*(?:\[[^\][]*\])?\.)*(?:[A-Za-z_]\w*)?$/.exec(outside)?.[0] ?? '';
  const before = outside.slice(0, outside.length - written.length);
  if (/[\w.\])]$/.test(before)) return undefined;
  const parts = written.split('.');
  return { before: parts.slice(0, -1).map((part) => part.replace(/\[.*$/, '')), typed: parts.at(-1) ?? '' };
}

const ofStep: readonly (readonly [string, string])[] = [
  ['output', 'What the step gave.'],
  ['status', 'succeeded, failed, skipped, …'],
  ['error', 'Why it failed: code, message.'],
  ['usage', 'Tokens, money, time and calls.'],
  ['gate', 'What its checks said: passed, score.'],
  ['attempt', 'Which attempt it was, from 1.'],
];

const ofRun: readonly (readonly [string, string])[] = [
  ['id', 'The run.'],
  ['started_at', 'When it began.'],
  ['usage', 'What it has spent so far.'],
  ['workflow', 'The id of its workflow.'],
];

const functions: readonly (readonly [string, string])[] = [
  ['size(', 'Length of a list, a map or a text.'],
  ['has(', 'Whether a field is there: has(x.y).'],
  ['string(', 'As text.'],
  ['double(', 'Text as a number.'],
  ['int(', 'As a whole number.'],
  ['json(', 'Reads JSON text.'],
  ['toJson(', 'Writes JSON text.'],
  ['batches(', 'A list in pieces of n: batches(list, 20).'],
  ['now()', 'The time as the run has it.'],
];

export function expressionOptions(
  { before }: Chain,
  path: Path,
  entries: readonly Entry[],
  { tools }: Vocabulary,
): readonly Option[] {
  const [root, name, part, ...way] = before;
  if (root === undefined) return rootsAt(path, entries);
  if (root === 'inputs' || root === 'vars') {
    return name === undefined ? namesBelow(entries, [root]).map((one) => named(one, aboutValue(entries, [root, one]))) : [];
  }
  if (root === 'run') return name === undefined ? pairs(ofRun) : [];
  if (root !== 'steps') return [];
  const steps = stepsBefore(entries, path);
  if (name === undefined) return steps.map(({ id, about }) => named(id, about));
  if (part === undefined) return pairs(ofStep);
  const tool = tools.find((one) => one.name === steps.find(({ id }) => id === name)?.uses);
  if (part !== 'output' || tool === undefined) return [];
  const keys = keysOf(schemasAt(tool.output, way));
  return [...keys].map(([key, schema]) => named(key, aboutSchema(tool.output, schema)));
}

function rootsAt(path: Path, entries: readonly Entry[]): readonly Option[] {
  const has = (part: string) => path.includes(part);
  const beforeRun = path[0] === 'triggers';
  const around = listsAround(path).map(({ list, index }) => [...list, index]);
  const loops = around.filter((step) => namesBelow(entries, step).includes('loop'));
  const items = around.flatMap((step) =>
    namesBelow(entries, step).includes('foreach') ? [valueAt(entries, [...step, 'as']) ?? 'item'] : [],
  );
  const roots: readonly (readonly [string, string, boolean])[] = [
    ['inputs', 'What went into the run.', !beforeRun && namesBelow(entries, ['inputs']).length > 0],
    ['vars', 'Values made from the inputs.', !beforeRun && path[0] !== 'vars' && namesBelow(entries, ['vars']).length > 0],
    ['steps', 'Steps that have ended before.', stepsBefore(entries, path).length > 0],
    ...items.map((item) => [item, 'The item of the list.', true] as const),
    ['state', 'What the round before left.', loops.length > 0],
    ['index', 'Which item or round, from 0.', loops.length > 0 || items.length > 0],
    ['output', 'What the step gave.', has('gate')],
    ['score', 'Mean of the scores.', path.at(-1) === 'pass'],
    ['scores', 'By check.', path.at(-1) === 'pass'],
    ['error', 'Why the run has failed.', path[0] === 'catch'],
    ['event', 'What fired the trigger.', beforeRun],
    ['secrets', 'Of this server, by name.', path[0] === 'tools' || has('headers') || has('auth')],
    ['run', 'This run.', !beforeRun],
  ];
  return [...pairs(roots.filter(([, , isThere]) => isThere)), ...pairs(functions)];
}

function aboutValue(entries: readonly Entry[], path: Path): string {
  return valueAt(entries, [...path, 'description']) ?? valueAt(entries, path) ?? valueAt(entries, [...path, 'type']) ?? '';
}

function pairs(list: readonly (readonly [string, string, ...unknown[]])[]): readonly Option[] {
  return list.map(([label, about]) => named(label, about));
}
