/**
 * The types of what tools take and give. Their zod schemas are read as they are:
 * writing them down as JSON Schemas first takes a millisecond for each.
 *
 * As everywhere, a part that is not understood may be anything.
 */
import type { AnyTool, Json } from '@telos/core';
import type { z } from 'zod';
import { join, meet } from './join.ts';
import { typeOfValue } from './of-json-schema.ts';
import { anyJson, listOf, mapOf, never, nothing, number, oneOf, text, truth } from './type.ts';
import type { Field, Type } from './type.ts';

type Schema = AnyTool['input'];
/** `input`: of what the schema takes. `output`: of what it gives. */
type Side = 'input' | 'output';

const read = { input: new WeakMap<z.core.$ZodType, Type>(), output: new WeakMap<z.core.$ZodType, Type>() };

export function typeOfZod(schema: Schema, side: Side): Type {
  return typeOf(schema, side);
}

function typeOf(schema: z.core.$ZodType, side: Side): Type {
  const known = read[side].get(schema);
  if (known !== undefined) return known;
  // One that refers to itself finds this, and may be anything from there on.
  read[side].set(schema, anyJson);
  const type = madeOf(schema, side);
  read[side].set(schema, type);
  return type;
}

function madeOf(schema: z.core.$ZodType, side: Side): Type {
  // Every schema is one of these, or of a class of somebody's own, which no case below names.
  const { def } = (schema as z.core.$ZodTypes)._zod;
  if (side === 'input' && 'coerce' in def && def.coerce) return anyJson;
  switch (def.type) {
    case 'string':
      return text;
    case 'number':
      return number;
    case 'boolean':
      return truth;
    case 'null':
      return nothing;
    case 'never':
      return never;
    case 'literal':
      return join(def.values.map((value) => (isPlain(value) ? typeOfValue(value) : anyJson)));
    case 'enum':
      return join(Object.values(def.entries).map((value) => (typeof value === 'string' ? oneOf([value]) : number)));
    case 'array':
      return listOf(typeOf(def.element, side));
    case 'object':
      return typeOfObject(def, side);
    case 'record':
      return mapOf({}, typeOf(def.valueType, side));
    case 'union':
      return join(def.options.map((option) => typeOf(option, side)));
    case 'intersection':
      return meet(typeOf(def.left, side), typeOf(def.right, side));
    case 'nullable':
      return join([typeOf(def.innerType, side), nothing]);
    case 'optional':
    case 'nonoptional':
    case 'readonly':
    case 'default':
    case 'prefault':
      return typeOf(def.innerType, side);
    case 'lazy':
      return typeOf(def.getter(), side);
    case 'pipe':
      return typeOf(side === 'input' ? def.in : def.out, side);
    default:
      return anyJson;
  }
}

function typeOfObject({ shape, catchall }: z.core.$ZodObjectDef, side: Side): Type {
  const fields = new Map<string, Field>();
  for (const [name, field] of Object.entries(shape)) {
    const { optin, optout } = field._zod;
    fields.set(name, { type: typeOf(field, side), optional: (side === 'input' ? optin : optout) !== undefined });
  }
  // Without a word about other fields they are taken, and left out of what is given.
  if (catchall === undefined) return side === 'input' ? mapOf(fields, anyJson) : mapOf(fields);
  const rest = typeOf(catchall, side);
  return rest.kinds.size === 0 ? mapOf(fields) : mapOf(fields, rest);
}

function isPlain(value: unknown): value is Json {
  return value === null || ['string', 'number', 'boolean'].includes(typeof value);
}
