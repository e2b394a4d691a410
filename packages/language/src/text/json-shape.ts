import { isJsonObject } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';

/** What kind of value this is, in the words that faults use. */
export function kindOf(value: unknown): string {
  if (value === null || value === undefined) return 'nothing';
  if (Array.isArray(value)) return 'a list';
  switch (typeof value) {
    case 'object':
      return 'a map';
    case 'string':
      return 'text';
    case 'boolean':
      return 'true or false';
    default:
      return 'a number';
  }
}

/** What zod calls a kind of value, in the same words. */
export const kindWords: { readonly [expected: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'a map',
  record: 'a map',
};

export const isObject = isJsonObject;

export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

/** The field of an object, ignoring what it inherits; undefined for anything else. */
export function fieldOf(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) && Object.hasOwn(value, key) ? value[key] : undefined;
}

export function textField(value: Json | undefined, key: string): string | undefined {
  const field = fieldOf(value, key);
  return typeof field === 'string' ? field : undefined;
}

export function objectField(value: Json | undefined, key: string): JsonObject | undefined {
  const field = fieldOf(value, key);
  return isObject(field) ? field : undefined;
}

export function listField(value: Json | undefined, key: string): readonly Json[] | undefined {
  const field = fieldOf(value, key);
  return isList(field) ? field : undefined;
}
