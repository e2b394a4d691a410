import { z } from 'zod';

/** Values that survive a round trip through JSON; the only kind of value that flows between steps. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/** A JSON object. */
export type JsonObject = { readonly [key: string]: Json };

/** Whether a JSON value is an object: neither a list nor null. */
export function isJsonObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A JSON Schema (draft 2020-12) document, as authors write it for inputs and structured outputs. */
export type JsonSchema = JsonObject;

/**
 * Lists and objects inside each other in a value that comes from outside, at
 * most. Steps put such values into others, so what is stored may be deeper.
 */
export const deepestValue = 200;

/** Of anything that is stored: an event with a value that steps have put into others. */
const deepestJson = 1000;

/** Whether lists and objects stand at most so many levels inside each other; looks no deeper than that. */
export function isWithinDepth(value: unknown, levels = deepestValue): boolean {
  if (typeof value !== 'object' || value === null) return true;
  if (levels === 0) return false;
  if (Array.isArray(value)) return value.every((entry) => isWithinDepth(entry, levels - 1));
  for (const key in value)
    if (!isWithinDepth((value as { readonly [key: string]: unknown })[key], levels - 1)) return false;
  return true;
}

/** Whether a value is JSON: finite numbers, plain objects and arrays, nothing undefined, at most so many levels deep. */
export function isJson(value: unknown, levels = deepestJson): value is Json {
  switch (typeof value) {
    case 'string':
    case 'boolean':
      return true;
    case 'number':
      return Number.isFinite(value);
    case 'object': {
      if (value === null) return true;
      if (levels === 0) return false;
      if (Array.isArray(value)) return value.every((entry) => isJson(entry, levels - 1));
      const prototype: unknown = Object.getPrototypeOf(value);
      if (prototype !== Object.prototype && prototype !== null) return false;
      // A plain object inherits no enumerable field, so `for in` sees exactly its own, without making a list of them.
      for (const key in value)
        if (!isJson((value as { readonly [key: string]: unknown })[key], levels - 1)) return false;
      return true;
    }
    default:
      return false;
  }
}

/** The schema of any JSON value. Like `z.json()`, without copying what it reads; in JSON Schema it is `{}`. */
// The refinement lets only JSON through, which is what the type says.
export const anyJson = z.unknown().refine((value) => isJson(value), 'expected a JSON value') as z.ZodType<Json>;

/** The schema of any JSON object. */
export const anyJsonObject = z.record(z.string(), anyJson) as z.ZodType<JsonObject>; // z.record infers a mutable record; ours is the same, readonly
