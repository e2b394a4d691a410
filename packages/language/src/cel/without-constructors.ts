import type { Json } from '@telos/core';

/**
 * A copy in which every object that has a key of its own named `constructor`
 * is a Map, which CEL reads in the same way. Rare, so it is made only after an
 * evaluation has stumbled over such an object.
 */
export function withoutConstructors(scope: { readonly [name: string]: Json }): { readonly [name: string]: never } {
  const copy = Object.entries(scope).map(([name, value]) => [name, copyOf(value)] as const);
  // the library takes Maps wherever it takes objects; its types and ours have no word for that
  return Object.fromEntries(copy) as { readonly [name: string]: never };
}

function copyOf(value: Json): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item: Json) => copyOf(item));
  const entries = Object.entries(value).map(([key, item]) => [key, copyOf(item)] as const);
  return Object.hasOwn(value, 'constructor') ? new Map(entries) : Object.fromEntries(entries);
}
