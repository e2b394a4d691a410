/** The types of what tools take and give, read from their zod schemas when a workflow uses them. */
import type { AnyTool, Json } from '@telos/core';
import { anyJson as anyJsonSchema } from '@telos/core';
import { z } from 'zod';
import { typeOfJsonSchema } from './of-json-schema.ts';
import { anyJson } from './type.ts';
import type { Type } from './type.ts';

type Schema = AnyTool['input'];

const read = { input: new WeakMap<Schema, Type>(), output: new WeakMap<Schema, Type>() };

/** `input`: of what the schema takes. `output`: of what it gives. */
export function typeOfZod(schema: Schema, io: 'input' | 'output'): Type {
  if (schema === anyJsonSchema) return anyJson;
  const known = read[io].get(schema);
  if (known !== undefined) return known;
  const type = madeOf(schema, io);
  read[io].set(schema, type);
  return type;
}

function madeOf(schema: Schema, io: 'input' | 'output'): Type {
  try {
    // A JSON Schema document is JSON.
    return typeOfJsonSchema(z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json);
  } catch {
    return anyJson; // a schema that cannot be written down says nothing before it is asked
  }
}
