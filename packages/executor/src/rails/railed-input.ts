import { TelosError } from '@telos/core';
import type { Json, JsonObject } from '@telos/core';
import { isDeepStrictEqual } from 'node:util';
import { mask } from '../hide-secrets.ts';

type Rendered = { readonly shown: Json; readonly input: Json };

/**
 * What a call is given once rails have looked at what may be seen of it: where they left a text alone, its secrets
 * stand in it.
 *
 * @throws TelosError RAIL_FAILED when a text with a secret in it was changed: nobody could put the secret back.
 */
export function withRailed(rendered: Rendered, railed: Json): Rendered {
  return { shown: railed, input: unmasked(railed, rendered.shown, rendered.input) };
}

function unmasked(railed: Json, shown: Json, input: Json): Json {
  if (shown === input) return railed;
  if (isDeepStrictEqual(railed, shown)) return input;
  if (typeof railed === 'string') {
    if (!railed.includes(mask)) return railed;
    throw new TelosError('RAIL_FAILED', 'A rail replaced something in a text that holds a secret.', {
      next: 'Write the secret into a field of its own, or have the rail block instead.',
    });
  }
  if (typeof railed !== 'object' || railed === null) return railed;
  if (Array.isArray(railed))
    return railed.map((item: Json, index) => unmasked(item, itemOf(shown, index), itemOf(input, index)));
  return Object.fromEntries(
    // Neither a list nor null: an object.
    Object.entries(railed as JsonObject).map(([key, value]) => [
      key,
      unmasked(value, fieldOf(shown, key), fieldOf(input, key)),
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
