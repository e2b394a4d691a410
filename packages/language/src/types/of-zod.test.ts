import type { Json } from '@telos/core';
import { anyJson as anyJsonSchema, anyJsonObject } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { jsonKinds } from './type.ts';
import type { Type } from './type.ts';
import { typeOfJsonSchema } from './of-json-schema.ts';
import { typeOfZod } from './of-zod.ts';

const lines = z.object({ text: z.string(), at: z.int().optional(), tags: z.array(z.enum(['a', 'b'])).default([]) });

/** The same type in a form that can be compared. */
function plain(type: Type): unknown {
  const { kinds, texts, items, shape } = type;
  const isOpen =
    shape !== undefined && [...shape.fields.keys()].length === 0 && shape.rest?.kinds.size === jsonKinds.length;
  return {
    kinds: [...kinds].sort(),
    ...(texts === undefined ? {} : { texts: [...texts].sort() }),
    ...(items === undefined || items.kinds.size === jsonKinds.length ? {} : { items: plain(items) }),
    ...(shape === undefined || isOpen
      ? {}
      : {
          fields: [...shape.fields.keys()].sort().map((name) => {
            const field = shape.fields.get(name);
            return [name, field?.optional, field === undefined ? undefined : plain(field.type)];
          }),
          rest: shape.rest === undefined ? 'none' : plain(shape.rest),
        }),
  };
}

describe('the type of a zod schema', () => {
  it.each<[string, z.ZodType]>([
    ['text', z.string().min(1)],
    ['a whole number', z.int().min(1)],
    ['one of some texts', z.enum(['GET', 'POST'])],
    ['one value', z.literal('all')],
    ['several', z.literal([1, 'x', null])],
    ['true or false, or nothing', z.boolean().nullable()],
    ['a list', z.array(z.union([z.string(), z.number()]))],
    ['an object that drops what it does not know', lines],
    ['an object that takes nothing else', z.strictObject({ q: z.string(), more: lines.exactOptional() })],
    ['an object that keeps what it does not know', z.looseObject({ q: z.string() })],
    ['a record', z.record(z.string(), z.array(z.int()))],
    ['one of several objects', z.union([z.strictObject({ a: z.string() }), z.strictObject({ b: z.int() })])],
    ['any JSON', z.json()],
    ['a refined object', z.strictObject({ a: z.string().optional() }).refine(() => true)],
    ['anything', z.unknown()],
  ])('%s is that of its JSON Schema', (_title, schema) => {
    for (const io of ['input', 'output'] as const) {
      const written = z.toJSONSchema(schema, { io, unrepresentable: 'any' }) as Json; // a JSON Schema is JSON
      expect(plain(typeOfZod(schema, io))).toEqual(plain(typeOfJsonSchema(written)));
    }
  });

  it('is anything where the schema does not tell what it takes', () => {
    const anything = [...jsonKinds].sort();
    for (const schema of [z.coerce.number(), z.preprocess(String, z.string()), anyJsonSchema])
      expect([...typeOfZod(schema, 'input').kinds].sort()).toEqual(anything);
    expect([...typeOfZod(z.string().transform(Number), 'output').kinds].sort()).toEqual(anything);
    expect([...typeOfZod(z.string().transform(Number), 'input').kinds]).toEqual(['string']);
    expect([...typeOfZod(anyJsonObject, 'output').kinds]).toEqual(['map']);
  });

  it('of a schema that refers to itself ends', () => {
    type Tree = { readonly name: string; readonly below: readonly Tree[] };
    const tree: z.ZodType<Tree> = z.lazy(() => z.strictObject({ name: z.string(), below: z.array(tree) }));
    expect(typeOfZod(tree, 'output').shape?.fields.get('below')?.type.kinds).toEqual(new Set(['list']));
  });
});
