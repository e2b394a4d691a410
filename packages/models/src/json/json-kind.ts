import type { Json, JsonObject } from '@telos/core';

/** Narrows to an array; Array.isArray does not narrow a readonly one away. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export function isObject(value: Json | undefined): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
