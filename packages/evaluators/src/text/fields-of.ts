import type { Json } from '@telos/core';

/** A piece of text in a structured value, and the name of the field it stands in ('' outside objects; a list's items have the list's). */
export type TextField = { readonly name: string; readonly text: string };

/** Every text in a value, in document order. */
export function* fieldsOf(value: Json, name = ''): Generator<TextField> {
  if (typeof value === 'string') {
    yield { name, text: value };
  } else if (Array.isArray(value)) {
    for (const item of value) yield* fieldsOf(item, name);
  } else if (typeof value === 'object' && value !== null) {
    for (const [key, field] of Object.entries(value)) yield* fieldsOf(field, key);
  }
}
