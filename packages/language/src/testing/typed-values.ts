/** JSON Schemas, and values that fit them, for property tests of types. */
import type { Json, JsonSchema } from '@telos/core';
import fc from 'fast-check';

export type TypedValue = { readonly schema: JsonSchema; readonly value: Json };

/** Names of fields, few, so that expressions meet them. */
export const fieldNames = ['a', 'b', 'c'] as const;
const texts = fc.constantFrom('', 'a', 'b', '3', 'x y', '2027-01-31T09:00:00Z');

/** A schema together with a value of it; the same schema comes with many values. */
export const typedValue: fc.Arbitrary<TypedValue> = fc
  .letrec<{ schema: JsonSchema }>((tie) => ({
    schema: fc.oneof(
      { maxDepth: 3, withCrossShrink: true },
      fc.constantFrom<JsonSchema>(
        { type: 'string' },
        { type: 'number' },
        { type: 'integer' },
        { type: 'boolean' },
        { type: 'null' },
        { type: ['string', 'null'] },
        { type: ['number', 'boolean'] },
        { enum: ['a', 'b'] },
        { const: 'a' },
        {},
      ),
      tie('schema').map((items) => ({ type: 'array', items })),
      fc
        .record({
          properties: fc.dictionary(fc.constantFrom(...fieldNames), tie('schema'), { maxKeys: 3 }),
          isClosed: fc.boolean(),
          isRequired: fc.boolean(),
        })
        .map(({ properties, isClosed, isRequired }) => ({
          type: 'object',
          properties,
          ...(isClosed ? { additionalProperties: false } : {}),
          ...(isRequired ? { required: Object.keys(properties) } : {}),
        })),
      tie('schema').map((rest) => ({ type: 'object', additionalProperties: rest })),
      fc.tuple(tie('schema'), tie('schema')).map((anyOf) => ({ anyOf })),
    ),
  }))
  .schema.chain((schema) => valueOf(schema).map((value) => ({ schema, value })));

const anything: fc.Arbitrary<Json> = fc.oneof(
  fc.constantFrom<Json>(null, true, 0, 2, 0.5, [], {}, [1], ['a'], { a: 1 }),
  texts,
);

function valueOf(schema: JsonSchema): fc.Arbitrary<Json> {
  const { anyOf, type, items, properties, required, additionalProperties: rest } = schema;
  if (Array.isArray(anyOf)) return fc.oneof(...anyOf.map((branch) => valueOf(branch as JsonSchema))); // made above
  if (Array.isArray(schema['enum'])) return fc.constantFrom(...(schema['enum'] as Json[]));
  if (schema['const'] !== undefined) return fc.constant(schema['const']);
  if (Array.isArray(type)) return fc.oneof(...type.map((one) => valueOf({ type: one as Json })));
  switch (type) {
    case 'string':
      return texts;
    case 'number':
      return fc.constantFrom(0, 1, 2, -1, 0.5);
    case 'integer':
      return fc.constantFrom(0, 1, 2, -1);
    case 'boolean':
      return fc.boolean();
    case 'null':
      return fc.constant(null);
    case 'array':
      return fc.array(valueOf(items as JsonSchema), { maxLength: 3 });
    case 'object': {
      const known = Object.entries((properties ?? {}) as { readonly [name: string]: JsonSchema });
      const fields = fc.record(Object.fromEntries(known.map(([name, field]) => [name, valueOf(field)])), {
        requiredKeys: (required ?? []) as never[],
      }) as fc.Arbitrary<{ [name: string]: Json }>;
      const others =
        rest === false
          ? fc.constant({})
          : fc.dictionary(fc.constantFrom('c', 'd'), rest === undefined ? anything : valueOf(rest as JsonSchema), {
              maxKeys: 2,
            });
      return fc
        .tuple(others, fields)
        .map(([more, own]) => ({ ...(rest === undefined ? without(more, known) : more), ...own }));
    }
    default:
      return anything;
  }
}

/** What a schema says of a field holds for it also where it is left out of `own`. */
function without(
  more: { [name: string]: Json },
  known: readonly (readonly [string, JsonSchema])[],
): { [name: string]: Json } {
  return Object.fromEntries(Object.entries(more).filter(([name]) => known.every(([other]) => other !== name)));
}

/** Expressions over the names `p`, `q` and `r`; some of them cannot be parsed, and many fail. */
export const expression: fc.Arbitrary<string> = fc.letrec<{ part: string }>((tie) => {
  const part = tie('part');
  const name = fc.constantFrom('p', 'q', 'r', 'x');
  const field = fc.constantFrom(...fieldNames, 'd');
  const operator = fc.constantFrom('+', '-', '*', '/', '%', '<', '>=', '==', '!=', '&&', '||', 'in');
  const call = fc.constantFrom(
    'size',
    'int',
    'double',
    'string',
    'bool',
    'timestamp',
    'duration',
    'toJson',
    'json',
    'dyn',
    'type',
    'uint',
  );
  const method = fc.constantFrom(
    'contains',
    'startsWith',
    'split',
    'join',
    'matches',
    'substring',
    'getHours',
    'indexOf',
    'size',
    'trim',
  );
  const loop = fc.constantFrom('map', 'filter', 'all', 'exists', 'exists_one');
  return {
    part: fc.oneof(
      { maxDepth: 4, withCrossShrink: true },
      name,
      fc.constantFrom('1', '0', '2.5', '"a"', 'true', 'null', '[]', '1u', 'now()', 'b"a"', '{}'),
      fc.tuple(part, field).map(([left, key]) => `${left}.${key}`),
      fc.tuple(name, field, field).map(([left, key, next]) => `${left}.${key}.${next}`),
      fc.tuple(part, part).map(([left, index]) => `${left}[${index}]`),
      fc.tuple(part, operator, part).map(([left, op, right]) => `(${left} ${op} ${right})`),
      fc.tuple(fc.constantFrom('!', '-'), part).map(([op, operand]) => `${op}(${operand})`),
      fc.tuple(part, part, part).map(([condition, yes, no]) => `(${condition} ? ${yes} : ${no})`),
      fc.tuple(call, part).map(([callee, argument]) => `${callee}(${argument})`),
      fc
        .tuple(part, method, fc.option(part))
        .map(([receiver, callee, argument]) => `${receiver}.${callee}(${argument ?? ''})`),
      fc.tuple(part, loop, part).map(([list, macro, body]) => `${list}.${macro}(x, ${body})`),
      fc.tuple(part, part, part).map(([list, condition, body]) => `${list}.map(x, ${condition}, ${body})`),
      fc.tuple(part, part).map(([value, body]) => `cel.bind(x, ${value}, ${body})`),
      fc
        .tuple(name, field, fc.option(field))
        .map(([left, key, next]) => `has(${left}.${key}${next === null ? '' : `.${next}`})`),
      fc.array(part, { maxLength: 3 }).map((items) => `[${items.join(', ')}]`),
      fc.tuple(part, part).map(([one, other]) => `{"a": ${one}, "b": ${other}}`),
      fc.tuple(part, part).map(([key, value]) => `{${key}: ${value}}`),
    ),
  };
}).part;
