import type { Json, JsonObject } from '@telos/core';
import type { Catalog, CompileOptions } from '../compiled.ts';
import { isList, isObject, objectField } from '../text/json-shape.ts';

/**
 * A document with the shared definitions that it uses, before its own, which go
 * before a shared one of the same name. One that nothing names stays out, so that
 * it is no part of the program, and no secret of it is asked for. A plan may grant
 * nothing: it is given no connections here.
 */
export function withShared(
  document: JsonObject,
  { shared }: Pick<Catalog, 'shared'>,
  subset?: CompileOptions['subset'],
): JsonObject {
  if (shared === undefined) return document;
  const parts = subset === 'plan' ? (['models', 'evaluators'] as const) : (['models', 'tools', 'evaluators'] as const);
  const named = namesIn(document);
  const used: { [part: string]: { [name: string]: Json } } = {};
  // A definition may name others.
  for (let found = true; found;) {
    found = false;
    for (const part of parts) {
      for (const [name, definition] of Object.entries(shared[part])) {
        if (!named.has(name) || used[part]?.[name] !== undefined) continue;
        used[part] = { ...used[part], [name]: definition };
        for (const other of namesIn(definition)) named.add(other);
        found = true;
      }
    }
  }
  const merged: { [key: string]: Json } = { ...document };
  for (const [part, definitions] of Object.entries(used)) {
    // What is of the wrong form has been reported, and stays as it is.
    if (document[part] === undefined) merged[part] = definitions;
    else if (objectField(document, part) !== undefined)
      merged[part] = { ...definitions, ...objectField(document, part) };
  }
  return merged;
}

/** Every text and key in a value that could be a name or begin with one, as `sales.query` begins with `sales`. */
function namesIn(value: Json): Set<string> {
  const names = new Set<string>();
  const add = (text: string): void => {
    const [, name] = /^([a-z][a-z0-9_]{0,200})(?:\.|$)/.exec(text) ?? [];
    if (name !== undefined) names.add(name);
  };
  const visit = (inside: Json): void => {
    if (typeof inside === 'string') add(inside);
    else if (isList(inside)) for (const item of inside) visit(item);
    else if (isObject(inside)) {
      for (const [key, field] of Object.entries(inside)) {
        add(key);
        visit(field);
      }
    }
  };
  visit(value);
  return names;
}
