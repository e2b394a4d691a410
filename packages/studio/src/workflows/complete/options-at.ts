/**
 * What can be written where the cursor is: keys by the schema of the language or
 * of the tool, values that it names, tools, checks, models and steps, and in an
 * expression what is in scope there.
 */
import { chainAt, expressionOptions } from './expression-options.ts';
import { checkNames, isCheckItem, nameOptions } from './name-options.ts';
import { fitting, named } from './option.ts';
import type { Option, Vocabulary } from './option.ts';
import type { Entry, Path, Place } from './outline.ts';
import { aboutSchema, keysOf, schemasAt, shapeOf, valuesOf } from './schema-at.ts';
import type { Schema } from './schema-at.ts';
import { namesBelow, valueAt } from './scope.ts';
import { readOutline } from './yaml-outline.ts';

export type Completion = {
  /** What is written between here and the cursor is replaced. */
  readonly start: number;
  readonly typed: string;
  readonly options: readonly Option[];
};

const bare: ReadonlySet<unknown> = new Set(['when', 'pass', 'found']);
const mostOptions = 60;

/** @returns undefined where nothing can be proposed. */
export function optionsAt(text: string, cursor: number, vocabulary: Vocabulary): Completion | undefined {
  const { end } = readOutline(text.slice(0, cursor));
  const { entries } = readOutline(text);
  const expression = expressionAt(text, cursor, end);
  if (expression !== undefined) {
    const chain = chainAt(expression);
    if (chain === undefined) return undefined;
    return completion(cursor, chain.typed, expressionOptions(chain, end.path, entries, vocabulary));
  }
  if (end.kind === 'text') return undefined;
  const typed = end.prefix.replace(/^["']/, '');
  const names = nameOptions(end.path, entries, vocabulary);
  const about = schemaFor(end.path, entries, vocabulary);
  const schemas = about === undefined ? [] : schemasAt(about.root, about.path);
  const values = [...names, ...valuesOf(schemas).map((value) => named(value, ''))];
  const keys = end.kind === 'key' ? keyOptions(text, cursor, end, entries, vocabulary, about, schemas) : [];
  return completion(cursor, typed, [...keys, ...values]);
}

function completion(cursor: number, typed: string, all: readonly Option[]): Completion | undefined {
  const options = fitting(all, typed).slice(0, mostOptions);
  return options.length === 0 ? undefined : { start: cursor - typed.length, typed, options };
}

/** The text of the expression that the cursor is in, up to it. */
function expressionAt(text: string, cursor: number, end: Place): string | undefined {
  const open = text.lastIndexOf('${{', cursor - 1);
  if (open !== -1 && open + 3 <= cursor) {
    const written = text.slice(open + 3, cursor);
    if (!written.includes('}}') && (end.kind === 'text' || !written.includes('\n'))) return written;
  }
  const last = end.path.at(-1);
  const isBare = bare.has(last) || (last === 'until' && end.path.at(-2) === 'loop');
  return isBare && end.kind === 'value' ? end.prefix.replace(/^["']/, '') : undefined;
}

type Described = { readonly root: Schema; readonly path: Path };

/** The schema that tells of a path: of a tool or a check inside their parameters, else of the language. */
function schemaFor(path: Path, entries: readonly Entry[], { schema, tools, checks }: Vocabulary): Described | undefined {
  const at = path.lastIndexOf('with');
  if (at > 0) {
    const holder = path.slice(0, at);
    const uses = valueAt(entries, [...holder, 'uses']);
    const check = holder[0] === 'evaluators' ? uses : valueAt(entries, [...holder, 'check']);
    const [connection = '', ...rest] = uses?.split('.') ?? [];
    const [kind] = namesBelow(entries, ['tools', connection]);
    const tool = tools.find(({ name }) => name === uses) ?? tools.find(({ name }) => name === [kind, ...rest].join('.'));
    const root = check === undefined ? tool?.input : checks.find(({ name }) => name === check)?.params;
    return root === undefined ? undefined : { root, path: path.slice(at + 1) };
  }
  const item = path.findIndex((_, index) => isCheckItem(path.slice(0, index + 1)));
  const name = item === -1 ? undefined : path[item + 1];
  const params = checks.find((check) => check.name === name)?.params;
  return params === undefined ? { root: schema, path } : { root: params, path: path.slice(item + 2) };
}

function keyOptions(
  text: string,
  cursor: number,
  place: Place,
  entries: readonly Entry[],
  vocabulary: Vocabulary,
  about: Described | undefined,
  schemas: readonly Schema[],
): readonly Option[] {
  const taken = new Set(namesBelow(entries, place.path).filter((name) => name !== place.prefix));
  const root = about?.root ?? vocabulary.schema;
  // Between a list and its first item, the keys of an item.
  const items = schemas.flatMap((schema) => (schema['type'] === 'array' ? schemasAt(root, [...(about?.path ?? []), 0]) : []));
  const dash = items.length > 0 && !place.inFlow ? '- ' : '';
  const isBefore = /^\s*:/.test(text.slice(cursor));
  // What begins with $ is for editors that have no server.
  const written = [...keysOf([...schemas, ...(dash === '' ? [] : items)])].filter(([key]) => !taken.has(key) && !key.startsWith('$'));
  const checks = isCheckItem(place.path) ? checkNames(entries, vocabulary) : [];
  return [
    ...written.map(([key, schema]) => ({
      label: key,
      about: aboutSchema(root, schema),
      insert: `${dash}${key}${isBefore ? '' : after(shapeOf(root, schema), place, dash)}`,
    })),
    ...checks,
  ];
}

/** What a key is followed by: a space for a value, a deeper line for a map or a list. */
function after(shape: 'map' | 'list' | undefined, { inFlow, column }: Place, dash: string): string {
  if (shape === undefined) return ': ';
  if (inFlow) return shape === 'map' ? ': { ' : ': [';
  const indent = ' '.repeat(column + dash.length + 2);
  return `:\n${indent}${shape === 'list' ? '- ' : ''}`;
}
