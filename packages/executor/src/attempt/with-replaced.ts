/** What a call is given once a person or a rail has written something in place of what may be seen of its input. */
import { isDeepStrictEqual } from 'node:util';
import type { Json, JsonObject, TelosError } from '@telos/core';
import { mask } from '../scope/hide-secrets.ts';
import type { Rendered } from '../scope/rendering.ts';

/**
 * Where a text was left alone, its secrets stand in it for the tool; what was written is what is shown.
 *
 * @param refusal Why a text with a secret in it may not be changed: nobody could put the secret back.
 * @throws TelosError What `refusal` gives.
 */
export function withReplaced(rendered: Rendered, value: Json, refusal: () => TelosError): Rendered {
  return { shown: value, input: unmasked(value, rendered.shown, rendered.input, refusal) };
}

function unmasked(value: Json, shown: Json, input: Json, refusal: () => TelosError): Json {
  if (shown === input) return value;
  if (isDeepStrictEqual(value, shown)) return input;
  if (typeof value === 'string') {
    if (!value.includes(mask)) return value;
    throw refusal();
  }
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value))
    return value.map((item: Json, index) => unmasked(item, itemOf(shown, index), itemOf(input, index), refusal));
  return Object.fromEntries(
    // Neither a list nor null: an object.
    Object.entries(value as JsonObject).map(([key, field]) => [
      key,
      unmasked(field, fieldOf(shown, key), fieldOf(input, key), refusal),
    ]),
  );
}

function itemOf(value: Json, index: number): Json {
  return Array.isArray(value) ? ((value as readonly Json[])[index] ?? null) : null;
}

function fieldOf(value: Json, key: string): Json {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return null;
  return Object.hasOwn(value, key) ? ((value as JsonObject)[key] ?? null) : null;
}
