/**
 * A value of a JSON Schema, as far as extraction allows.
 *
 *   objects    property by property, each from the sentences that fit its name and description best
 *   arrays     one item a fitting sentence (or row of data): at most `maxItems`, else five; of rows twenty
 *   strings    see fill-string.ts
 *   numbers    the first number in range in the fitting sentences; a row's field of the same name
 *   enums      the option that shares most words with question and sentences
 *   booleans   whether anything fits, for `answered`, `found`, `supported` and the like; else false
 *
 * A part for which the sources hold nothing takes its `default`, or null where
 * that fits, or is left out. What is required and not found makes the whole
 * undefined: nothing is ever made up.
 */
import type { Json, JsonObject } from '@telos/core';
import { isList, isObject } from '../json/json-kind.ts';
import { bestOf, fittingOf } from './extract.ts';
import { fillString } from './fill-string.ts';
import { numbersIn } from './found-in-text.ts';
import { rankPassages } from './rank-passages.ts';
import type { Passage } from './source.ts';
import { termsOf } from './terms.ts';
import type { Filling } from './filling.ts';

/** Deeper schemas than this, recursive ones above all, are not filled. */
const deepest = 8;
const usualItems = 5;
const usualRows = 20;
/** Passages in which the words of a choice are looked for. */
const heardPassages = 3;

/** Undefined: the sources hold nothing for it. The value still needs to be checked against the schema. */
export function fillSchema(schema: Json, filling: Filling): Json | undefined {
  if (!isObject(schema) || filling.depth > deepest) return undefined;
  if (typeof schema.$ref === 'string') {
    const target = pointed(filling.root, schema.$ref);
    return target === undefined ? undefined : fillSchema(target, { ...filling, depth: filling.depth + 1 });
  }
  if (schema.const !== undefined) return schema.const;
  const found = fillFound(schema, filling);
  if (found !== undefined) return found;
  if (schema.default !== undefined) return schema.default;
  return typesOf(schema).includes('null') ? null : undefined;
}

function fillFound(schema: JsonObject, filling: Filling): Json | undefined {
  if (schema.enum !== undefined && isList(schema.enum)) return fillEnum(schema, schema.enum, filling);
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices !== undefined && isList(choices)) {
    const solid = choices.filter((choice) => !(isObject(choice) && choice.type === 'null'));
    for (const choice of solid) {
      const value = fillSchema(choice, { ...filling, depth: filling.depth + 1 });
      if (value !== undefined) return value;
    }
    return solid.length < choices.length ? null : undefined;
  }
  if (schema.allOf !== undefined && isList(schema.allOf)) {
    return fillSchema(merged(schema, schema.allOf), { ...filling, depth: filling.depth + 1 });
  }
  switch (typesOf(schema).find((type) => type !== 'null')) {
    case 'object':
      return fillObject(schema, filling);
    case 'array':
      return fillArray(schema, filling);
    case 'string':
      return fillString(schema, filling, candidatesFor(schema, filling));
    case 'integer':
      return fillNumber(schema, filling, Number.isInteger);
    case 'number':
      return fillNumber(schema, filling, Number.isFinite);
    case 'boolean':
      return /answered|found|supported|grounded|relevant|sufficient/i.test(filling.name)
        ? filling.extraction.fitting.length > 0
        : false;
    default:
      return undefined;
  }
}

function fillObject(schema: JsonObject, filling: Filling): Json | undefined {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const required = schema.required !== undefined && isList(schema.required) ? schema.required : [];
  const value: Record<string, Json> = {};
  for (const [name, property] of Object.entries(properties)) {
    const field = filling.focus?.source.row?.[name];
    const filled = field ?? fillSchema(property, { ...filling, name, depth: filling.depth + 1 });
    if (filled !== undefined) value[name] = filled;
    else if (required.includes(name)) {
      filling.lacking.push(name);
      return undefined;
    }
  }
  return value;
}

function fillArray(schema: JsonObject, filling: Filling): Json | undefined {
  const { extraction, focus } = filling;
  const candidates = focus === undefined ? candidatesFor(schema, filling) : [focus];
  const rows = candidates.some(({ source }) => source.row !== undefined);
  const least = typeof schema.minItems === 'number' ? schema.minItems : 0;
  const most = Math.max(least, typeof schema.maxItems === 'number' ? schema.maxItems : rows ? usualRows : usualItems);
  // Nearly as good as the best, and more of them only where the schema asks for more.
  const near = rows ? candidates : bestOf(extraction.fitting, most);
  const chosen = near.length >= least && near.length > 0 ? near : candidates;
  const items: Json[] = [];
  for (const passage of chosen) {
    if (items.length >= most) break;
    const item = fillSchema(schema.items ?? {}, { ...filling, focus: passage, depth: filling.depth + 1 });
    const text = JSON.stringify(item);
    if (item !== undefined && !items.some((other) => JSON.stringify(other) === text)) items.push(item);
  }
  return items.length < least ? undefined : items;
}

function fillNumber(schema: JsonObject, filling: Filling, admits: (value: number) => boolean): number | undefined {
  const { minimum = -Infinity, maximum = Infinity } = schema;
  const fits = (value: number): boolean => admits(value) && value >= Number(minimum) && value <= Number(maximum);
  if (/^(confidence|score|coverage|relevance)$/i.test(filling.name) && maximum === 1) {
    const coverage = filling.extraction.fitting[0]?.coverage ?? 0;
    return fits(coverage) ? Math.round(coverage * 100) / 100 : undefined;
  }
  for (const passage of candidatesFor(schema, filling)) {
    const named = passage.source.row?.[filling.name];
    if (typeof named === 'number' && fits(named)) return named;
    const number = numbersIn(passage.text).find(fits);
    if (number !== undefined) return number;
  }
  return undefined;
}

/** The option with most words in common with the question and what fits it; undefined when none has any. */
function fillEnum(schema: JsonObject, options: readonly Json[], filling: Filling): Json | undefined {
  const passages = candidatesFor(schema, filling).slice(0, heardPassages);
  const heard = new Set([...filling.extraction.query, ...passages.flatMap(({ terms }) => terms)]);
  let best: { readonly option: Json; readonly shared: number } | undefined;
  for (const option of options) {
    const shared = termsOf(textOf(option).replaceAll('_', ' ')).filter((term) => heard.has(term)).length;
    if (shared > (best?.shared ?? 0)) best = { option, shared };
  }
  return best?.option;
}

/**
 * The passages a part may be filled from, best first: the one in focus; else those that
 * fit the property's own words together with the question; else those that fit the question.
 */
function candidatesFor(schema: JsonObject, filling: Filling): readonly Passage[] {
  const { extraction, focus, name } = filling;
  if (focus !== undefined) return [focus];
  const description = typeof schema.description === 'string' ? schema.description : '';
  const own = termsOf(`${name.replaceAll(/[_-]/g, ' ').replaceAll(/([a-z])([A-Z])/g, '$1 $2')} ${description}`);
  const fitting = extraction.fitting.map(({ passage }) => passage);
  if (own.length === 0) return fitting;
  const ranked = fittingOf(rankPassages(extraction.passages, own), own).map(({ passage }) => passage);
  // A property's own words find facts that the question does not name; the question's passages come after them.
  return [...ranked, ...fitting.filter((passage) => !ranked.includes(passage))];
}

function typesOf(schema: JsonObject): readonly string[] {
  if (typeof schema.type === 'string') return [schema.type];
  if (schema.type !== undefined && isList(schema.type)) return schema.type.map(String);
  return isObject(schema.properties) ? ['object'] : schema.items === undefined ? [] : ['array'];
}

/** One schema of several that all hold: properties and required names are joined, of the rest the last counts. */
function merged(schema: JsonObject, parts: readonly Json[]): JsonObject {
  const { allOf: _allOf, ...base } = schema;
  let whole: JsonObject = base;
  for (const part of parts) {
    if (!isObject(part)) continue;
    const required = [whole.required, part.required].flatMap((names) =>
      names !== undefined && isList(names) ? names : [],
    );
    whole = {
      ...whole,
      ...part,
      properties: {
        ...(isObject(whole.properties) ? whole.properties : {}),
        ...(isObject(part.properties) ? part.properties : {}),
      },
      required,
    };
  }
  return whole;
}

/** The part of a document at a JSON pointer (`#/$defs/item`). */
function pointed(root: JsonObject, pointer: string): Json | undefined {
  if (!pointer.startsWith('#')) return undefined;
  let at: Json | undefined = root;
  for (const key of pointer.split('/').slice(1)) {
    const name = key.replaceAll('~1', '/').replaceAll('~0', '~');
    at = isObject(at) ? at[name] : undefined;
  }
  return at;
}

function textOf(value: Json): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
