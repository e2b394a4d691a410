/**
 * The type of what fits a JSON Schema. A keyword that is not read here only
 * narrows, so leaving it out leaves the type too wide and never too narrow.
 */
import type { Json } from '@telos/core';
import { fieldOf, isList, isObject, textField } from '../text/json-shape.ts';
import { join, meet } from './join.ts';
import { anyJson, listOf, mapOf, never, nothing, number, ofKind, oneOf, text, truth } from './type.ts';
import type { Field, Type } from './type.ts';

/** Deeper, and behind more schemas than these, it is anything: a schema may refer to itself. */
const deepest = 12;
const most = 5000;

const byWord: { readonly [word: string]: Type } = {
  null: nothing,
  boolean: truth,
  number,
  integer: number,
  string: text,
  array: ofKind('list'),
  object: ofKind('map'),
};

export function typeOfJsonSchema(schema: Json): Type {
  let left = most;

  function read(at: Json | undefined, depth: number): Type {
    if (at === false) return never;
    if (!isObject(at) || depth > deepest || --left < 0) return anyJson;
    let type = ownType(at, depth);
    for (const keyword of ['anyOf', 'oneOf']) {
      const branches = fieldOf(at, keyword);
      if (isList(branches)) type = meet(type, join(branches.map((branch) => read(branch, depth + 1))));
    }
    for (const part of listOrNone(fieldOf(at, 'allOf'))) type = meet(type, read(part, depth + 1));
    const reference = textField(at, '$ref');
    if (reference !== undefined) type = meet(type, read(behind(reference), depth + 1));
    return type;
  }

  function ownType(at: Json, depth: number): Type {
    const values = fieldOf(at, 'const') === undefined ? fieldOf(at, 'enum') : [fieldOf(at, 'const') ?? null];
    if (isList(values)) return join(values.map(typeOfValue));
    const written = fieldOf(at, 'type');
    const kinds = join(
      (isList(written) ? written : [written]).map((word) =>
        typeof word === 'string' ? (byWord[word] ?? anyJson) : anyJson,
      ),
    ).kinds;
    return {
      kinds,
      ...(kinds.has('list') ? itemsOf(at, depth) : {}),
      ...(kinds.has('map') ? shapeOf(at, depth) : {}),
    };
  }

  function itemsOf(at: Json, depth: number): Pick<Type, 'items'> {
    const items = fieldOf(at, 'items');
    const first = fieldOf(at, 'prefixItems');
    if (items === undefined) return {};
    const all = [...listOrNone(first), items].map((item) => read(item, depth + 1));
    return { items: join(all) };
  }

  function shapeOf(at: Json, depth: number): Pick<Type, 'shape'> {
    const properties = fieldOf(at, 'properties');
    const others = fieldOf(at, 'additionalProperties');
    const isClosed = others === false && fieldOf(at, 'patternProperties') === undefined;
    const required = new Set(listOrNone(fieldOf(at, 'required')));
    if (!isObject(properties) && required.size === 0 && others === undefined) return {};
    const fields = new Map<string, Field>();
    for (const [name, property] of Object.entries(isObject(properties) ? properties : {}))
      fields.set(name, { type: read(property, depth + 1), optional: !required.has(name) });
    const rest = isObject(others) && fieldOf(at, 'patternProperties') === undefined ? read(others, depth + 1) : anyJson;
    for (const name of required)
      if (typeof name === 'string' && !fields.has(name))
        fields.set(name, { type: isClosed ? never : rest, optional: false });
    const { shape } = mapOf(fields, isClosed ? undefined : rest);
    return shape === undefined ? {} : { shape };
  }

  /** What a reference within the schema points to; anything else is not looked up. */
  function behind(reference: string): Json | undefined {
    if (!reference.startsWith('#')) return undefined;
    let at: Json | undefined = schema;
    for (const part of reference.split('/').slice(1)) {
      const key = part.replaceAll('~1', '/').replaceAll('~0', '~');
      at = isList(at) ? at[Number(key)] : fieldOf(at, key);
    }
    return at;
  }

  return read(schema, 0);
}

/** The type that only this value is of, as far as types tell values apart. */
export function typeOfValue(value: Json): Type {
  if (typeof value === 'string') return oneOf([value]);
  if (typeof value === 'number') return number;
  if (typeof value === 'boolean') return truth;
  if (isList(value)) return listOf(join(value.map(typeOfValue)));
  if (!isObject(value)) return nothing;
  return mapOf(
    new Map(Object.entries(value).map(([name, item]) => [name, { type: typeOfValue(item), optional: false }])),
  );
}

function listOrNone(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
