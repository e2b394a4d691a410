import type { Json, JsonSchema } from '@telos/core';
import { isList, isObject } from './json-kind.ts';

/** What OpenAI's strict mode understands of JSON Schema. */
const understood = new Set(
  [
    'type properties required additionalProperties items enum const anyOf $ref $defs title description',
    'minimum maximum exclusiveMinimum exclusiveMaximum multipleOf minItems maxItems pattern format',
  ].flatMap((names) => names.split(' ')),
);

/**
 * Whether a schema can be enforced token by token ("strict"): its root is an
 * object, every object lists all its properties as required and admits no
 * others, and only keywords that are understood occur.
 */
export function fitsStrictMode(schema: JsonSchema): boolean {
  return isObjectSchema(schema) && strict(schema);
}

/** Whether the root of a schema is an object, as OpenAI's `response_format` demands. */
export function isObjectSchema(schema: JsonSchema): boolean {
  return schema.type === 'object';
}

function strict(schema: Json | undefined): boolean {
  if (!isObject(schema)) return false;
  if (Object.keys(schema).some((key) => !understood.has(key))) return false;
  const parts: Json[] = [];
  if (schema.type === 'object' || schema.properties !== undefined) {
    const properties = isObject(schema.properties) ? schema.properties : {};
    const required = isList(schema.required) ? schema.required : [];
    if (schema.additionalProperties !== false) return false;
    if (Object.keys(properties).some((name) => !required.includes(name))) return false;
    parts.push(...Object.values(properties));
  }
  if (schema.items !== undefined) parts.push(schema.items);
  if (isList(schema.anyOf)) parts.push(...schema.anyOf);
  if (isObject(schema.$defs)) parts.push(...Object.values(schema.$defs));
  return parts.every(strict);
}
