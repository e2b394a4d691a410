import { isJsonObject } from '@telos/core';
import type { Json } from '@telos/core';

/** Narrows to an array; Array.isArray does not narrow a readonly one away. */
export function isList(value: Json | undefined): value is readonly Json[] {
  return Array.isArray(value);
}

export const isObject = isJsonObject;
