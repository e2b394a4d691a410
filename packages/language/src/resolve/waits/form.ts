/**
 * A form: a JSON Schema, or the short form that `inputs:` has too.
 *
 *   form: { type: object, properties: { ... } }                     a schema
 *   form: { verdict: string, note: { type: string, required: false } }   its fields
 */
import type { InputSpec, Json, JsonObject, JsonSchema } from '@telos/core';
import { namePattern } from '../../document/scalars.ts';
import { isList, isObject, kindOf } from '../../text/json-shape.ts';
import type { Place } from '../../text/place.ts';
import { isTypeWord, resolveField } from '../inputs.ts';
import { literalSchema } from '../json-schema.ts';
import type { Resolution } from '../resolution.ts';

export function resolveForm(written: Json, place: Place, resolution: Resolution): JsonSchema {
  if (!isObject(written) || isSchema(written)) return literalSchema(written, place, resolution);
  const properties: { [name: string]: JsonSchema } = {};
  const required: string[] = [];
  for (const [name, field] of Object.entries(written)) {
    const at = [...place, name];
    if (!namePattern.test(name)) {
      const message = `\`${name}\` is no name for a field`;
      const hint = 'lower-case letters, digits and `_`; the words for people go into `title`';
      resolution.report({ code: 'INVALID_VALUE', place: at, at: 'key', message, hint });
    }
    const spec = fieldSpec(field, at, resolution);
    if (spec === undefined) continue;
    if (spec.private === true) {
      const message = '`private` marks inputs; what a person fills in carries no such mark';
      resolution.report({ code: 'UNKNOWN_KEY', place: [...at, 'private'], at: 'key', message });
    }
    const { schema, default: standard } = spec;
    properties[name] = standard === undefined ? schema : { ...schema, default: standard };
    if (spec.required) required.push(name);
  }
  const form = { type: 'object', properties, required, additionalProperties: false };
  return literalSchema(form, place, resolution);
}

function fieldSpec(field: Json, place: Place, resolution: Resolution): InputSpec | undefined {
  if (typeof field === 'string' && !isTypeWord(field, place, resolution)) return undefined;
  if (typeof field === 'string' || isObject(field)) return resolveField(field, place, resolution);
  const message = `a field is the word for its type, or a JSON Schema, and this is ${kindOf(field)}`;
  resolution.report({ code: 'WRONG_TYPE', place, message, hint: 'such as `note: string`' });
  return undefined;
}

/** A map that says something only a schema says. A field named `type` that is text needs the long form. */
function isSchema(map: JsonObject): boolean {
  if (Object.keys(map).length === 0) return true;
  const { type, properties, $ref: ref, anyOf, oneOf, allOf, enum: allowed } = map;
  return (
    typeof type === 'string' ||
    isList(type) ||
    typeof ref === 'string' ||
    [anyOf, oneOf, allOf, allowed].some(isList) ||
    (isObject(properties) && typeof properties['type'] !== 'string')
  );
}
