import type { InputSpec, Json, JsonSchema } from '@telos/core';
import { meant } from '../document/habits.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, objectField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import type { Resolution } from './resolution.ts';

/** What `type` of JSON Schema may be. */
const schemaTypes: readonly string[] = ['string', 'number', 'integer', 'boolean', 'object', 'array', 'null'];

/**
 * Reads `inputs:`. An input is required unless it has a default or says
 * `required: false`; `required: [...]` is JSON Schema's own.
 */
export function resolveInputs(document: Json, resolution: Resolution): { readonly [name: string]: InputSpec } {
  const specs: { [name: string]: InputSpec } = {};
  for (const [name, written] of Object.entries(objectField(document, 'inputs') ?? {})) {
    const spec = resolveField(written, ['inputs', name], resolution);
    if (spec !== undefined) specs[name] = spec;
  }
  return specs;
}

/** One input, or one field of a form: a JSON Schema, or the word for its type. Undefined when it is at fault. */
export function resolveField(written: Json, place: Place, resolution: Resolution): InputSpec | undefined {
  if (typeof written === 'string') return { schema: { type: written }, required: true };
  if (!isObject(written)) return undefined;
  const { default: standard, private: hidden, ...rest } = written;
  const flag = fieldOf(rest, 'required');
  const schema = typeof flag === 'boolean' ? without(rest, 'required') : rest;
  const { type } = schema;
  if (typeof type === 'string' && !isTypeWord(type, [...place, 'type'], resolution)) return undefined;
  try {
    const issues = resolution.schemas.issues(schema, standard ?? null);
    if (standard !== undefined) {
      for (const issue of issues) {
        const at = issue.path === '' ? '' : ` at ${issue.path}`;
        resolution.report({
          code: 'INVALID_VALUE',
          place: [...place, 'default'],
          message: `the default does not fit its own schema${at}: ${issue.message}`,
        });
      }
    }
  } catch (error) {
    resolution.report({
      code: 'SCHEMA_INVALID',
      place,
      message: error instanceof Error ? error.message : String(error),
    });
  }
  return defined({
    schema,
    required: standard === undefined && flag !== false,
    default: standard,
    private: hidden === true ? true : undefined,
  });
}

/** Whether it is a word for a type; reported when not. */
export function isTypeWord(word: string, place: Place, resolution: Resolution): boolean {
  if (schemaTypes.includes(word)) return true;
  resolution.report({
    code: 'INVALID_VALUE',
    place,
    message: `expected one of ${schemaTypes.map((known) => `\`${known}\``).join(', ')}, found \`${word}\``,
    hint: word === 'text' ? 'text is `string`' : meant(word, schemaTypes),
  });
  return false;
}

function without(schema: JsonSchema, key: string): JsonSchema {
  return Object.fromEntries(Object.entries(schema).filter(([name]) => name !== key));
}
