/** A JSON Schema as the type of a tool's input: what does not fit is told field by field, as of every other tool. */
import { anyJson, isJsonObject } from '@telos/core';
import type { Json, JsonObject, JsonSchema, Schemas } from '@telos/core';
import { z } from 'zod';

/** The schema itself is what models, editors and lists are shown. */
export function inputType(schema: JsonSchema, schemas: Schemas): z.ZodType<JsonObject> {
  const properties = isJsonObject(schema['properties']) ? schema['properties'] : {};
  const names = Object.keys(properties).filter((name) => name !== '__proto__');
  const required = (Array.isArray(schema['required']) ? schema['required'] : []).filter(
    (name) => typeof name === 'string',
  );
  const isClosed = schema['additionalProperties'] === false && schema['patternProperties'] === undefined;
  const shape = Object.fromEntries(names.map((name) => [name, anyJson.optional()]));
  const type = z.looseObject(shape).superRefine((value, context) => {
    // Only JSON is given.
    const given = value as JsonObject;
    const before = context.issues.length;
    for (const name of required) {
      if (given[name] === undefined)
        context.addIssue({
          code: 'invalid_type',
          expected: 'nonoptional',
          input: undefined,
          path: [name],
          message: 'it is missing',
        });
    }
    const unknown = isClosed ? Object.keys(given).filter((name) => !names.includes(name)) : [];
    if (unknown.length > 0) context.addIssue({ code: 'unrecognized_keys', keys: unknown, input: given });
    for (const name of names) {
      const value = given[name];
      const message = value === undefined ? undefined : problemOf(properties[name], value, schema, schemas);
      if (message !== undefined) context.addIssue({ code: 'custom', path: [name], message, input: value });
    }
    if (context.issues.length > before) return;
    const whole = problem(schema, given, schemas);
    if (whole !== undefined) context.addIssue({ code: 'custom', message: whole, input: given });
  });
  return shown(type, schema) as unknown as z.ZodType<JsonObject>; // a loose object of JSON fields is an object of JSON
}

/** Any JSON, of which lists show this schema. */
export function outputType(schema: JsonSchema): z.ZodType<Json> {
  return shown(z.unknown() as unknown as z.ZodType<Json>, schema); // what is given was made from JSON
}

/** What a field has against a value. Definitions of the whole stand beside it, so that it may refer to them. */
function problemOf(
  field: Json | undefined,
  value: Json,
  { $defs, definitions }: JsonSchema,
  schemas: Schemas,
): string | undefined {
  if (!isJsonObject(field)) return undefined;
  return problem(
    { ...field, ...($defs === undefined ? {} : { $defs }), ...(definitions === undefined ? {} : { definitions }) },
    value,
    schemas,
  );
}

function problem(schema: JsonSchema, value: Json, schemas: Schemas): string | undefined {
  try {
    const [issue] = schemas.issues(schema, value);
    return issue === undefined ? undefined : `${issue.path === '' ? '' : `\`${issue.path}\`: `}${issue.message}`;
  } catch {
    // By itself it cannot be read, as when it refers to another field; the whole is looked at too.
    return undefined;
  }
}

/** zod lets a type say how it is written as JSON Schema. */
function shown<T extends z.ZodType>(type: T, schema: JsonSchema): T {
  // A copy: zod writes into what it is given.
  type._zod.toJSONSchema = () => structuredClone(schema);
  // It would look for how the type without its refinement is written, and finds none.
  delete type._zod.parent;
  return type;
}
