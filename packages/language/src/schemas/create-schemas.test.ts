import * as fc from 'fast-check';
import type { Json, JsonSchema } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { createSchemas, schemaLimits } from './create-schemas.ts';
import { isPlainSchema } from './plain-schema.ts';

const schemas = createSchemas();
/** Keeps a schema from the plain path: the compiler ignores the keyword. */
const compiled = (schema: JsonSchema): JsonSchema => ({ ...schema, $comment: 'compiled' });

const plainSchema = fc.letrec<{ schema: JsonSchema }>((tie) => ({
  schema: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom<JsonSchema>(
      { type: 'string' },
      { type: 'integer' },
      { type: 'number', minimum: 0 },
      { type: 'boolean' },
      { type: 'null' },
      {},
    ),
    fc.record({ type: fc.constant('string'), minLength: fc.nat(2), maxLength: fc.nat(4) }),
    fc.record({
      enum: fc.uniqueArray(fc.oneof(fc.string({ maxLength: 1 }), fc.nat(2), fc.constant(null)), {
        minLength: 1,
        maxLength: 3,
      }),
    }),
    fc.record({ type: fc.constant('array'), items: tie('schema'), maxItems: fc.nat(3) }),
    fc.record({
      type: fc.constant('object'),
      properties: fc.dictionary(fc.constantFrom('a', 'b'), tie('schema'), { noNullPrototype: true }),
      required: fc.subarray(['a', 'b']),
      additionalProperties: fc.boolean(),
    }),
  ),
})).schema;

const smallValue = fc.letrec<{ value: Json }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    fc.constantFrom<Json>(null, true, 0, 1.5, -1, 2, '', 'a', 'abc'),
    fc.array(tie('value'), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3, noNullPrototype: true }),
  ),
})).value;

describe('schemas', () => {
  it('judge a plain schema as the compiler of schemas does', () => {
    fc.assert(
      fc.property(plainSchema, smallValue, (schema, value) => {
        fc.pre(isPlainSchema(schema));
        expect(isPlainSchema(compiled(schema))).toBe(false);
        expect(schemas.issues(schema, value).length === 0).toBe(schemas.issues(compiled(schema), value).length === 0);
      }),
      { numRuns: 500 },
    );
  });

  it.each([false, true])('name the place and the reason of every issue (compiled: %s)', (whole) => {
    const schema: JsonSchema = {
      type: 'object',
      required: ['title'],
      additionalProperties: false,
      properties: { citations: { type: 'array', items: { type: 'object', properties: { url: { type: 'string' } } } } },
    };
    const issues = schemas.issues(whole ? compiled(schema) : schema, {
      citations: [{ url: 'x' }, { url: 3 }],
      extra: 1,
    });
    expect(issues.map((issue) => issue.path).sort()).toEqual(['', '', 'citations[1].url']);
    expect(issues.map((issue) => issue.message).join('; ')).toMatch(/`title` is missing/);
    expect(issues.map((issue) => issue.message).join('; ')).toMatch(/`extra` is not known/);
    expect(issues.map((issue) => issue.message).join('; ')).toMatch(/expected string/);
  });

  it('know draft 2020-12', () => {
    const schema: JsonSchema = {
      $defs: { n: { type: 'integer' } },
      prefixItems: [{ $ref: '#/$defs/n' }],
      items: false,
      dependentRequired: { a: ['b'] },
    };
    expect(schemas.issues(schema, [1])).toEqual([]);
    expect(schemas.issues(schema, ['x', 2])).not.toEqual([]);
    expect(schemas.issues(schema, { a: 1 })).not.toEqual([]);
  });

  it('run patterns in linear time', () => {
    const schema: JsonSchema = { type: 'string', pattern: '^(a+)+$' };
    expect(schemas.issues(schema, 'a'.repeat(50_000))).toEqual([]);
    expect(schemas.issues(schema, `${'a'.repeat(50_000)}b`)).toHaveLength(1);
  });

  it('may use one `$id` for different schemas', () => {
    const $id = 'https://example.org/a.json';
    expect(schemas.issues({ $id, type: 'string', pattern: 'a' }, 'a')).toEqual([]);
    expect(schemas.issues({ $id, type: 'string', pattern: 'b' }, 'a')).toHaveLength(1);
  });

  it('may refer to themselves', () => {
    const tree: JsonSchema = { type: 'object', properties: { child: { $ref: '#' } }, additionalProperties: false };
    expect(schemas.issues(tree, { child: { child: {} } })).toEqual([]);
    expect(schemas.issues(tree, { child: { x: 1 } })).toHaveLength(1);
  });

  const deep = (levels: number): Json => (levels === 0 ? {} : { not: deep(levels - 1) });
  it.each<readonly [string, JsonSchema]>([
    ['an unknown type', { type: 'strnig' }],
    ['a pattern that RE2 cannot read', { pattern: '(a)\\1' }],
    ['a reference to nowhere', { $ref: '#/$defs/none' }],
    ['a reference to the network', { $ref: 'https://example.org/schema.json' }],
    ['a reference to itself alone', { $ref: '#' }],
    ['an asynchronous schema', { $async: true, type: 'string' }],
    ['too many values', { enum: Array.from({ length: schemaLimits.values + 1 }, (_, index) => [index]) }],
    ['too deep a nesting', { allOf: [deep(schemaLimits.depth)] }],
    ['too long a text', { $comment: 'x'.repeat(schemaLimits.characters) }],
  ])('refuse %s', (_title, schema) => {
    expect(() => schemas.issues(schema, null)).toThrow(expect.objectContaining({ code: 'SCHEMA_INVALID' }));
  });
});
