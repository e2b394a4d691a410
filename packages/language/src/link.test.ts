import * as fc from 'fast-check';
import type { Json } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { compiled } from './testing/sample-catalog.ts';
import { link } from './index.ts';
import type { Scope } from './index.ts';

const { program } = compiled(`telos: 1
id: linked
inputs:
  vendor: string
  limit: { type: integer, minimum: 1, default: 5 }
  tags: { type: array, items: { type: string }, required: false }
steps:
  - { id: a, uses: transform, with: { value: 1 } }
`);
const linked = link(program, { now: () => Date.UTC(2026, 0, 2, 3, 4, 5) });
const scope: Scope = {
  inputs: { vendor: 'Acme', n: 3, big: 1e300, none: null, list: [1, 'a', null, { z: true }], empty: {} },
  steps: { a: { output: { text: 'hello', score: 0.9 }, status: 'succeeded' } },
};

describe('rendering a template', () => {
  it.each<readonly [string, Json]>([
    ['${{ inputs.n }}', 3],
    ['${{ inputs.none }}', null],
    ['${{ inputs.list }}', [1, 'a', null, { z: true }]],
    ['${{ inputs.n > 2 }}', true],
    ['  ${{ inputs.n }}\n', 3],
    ['n=${{ inputs.n }}', 'n=3'],
    ['<${{ inputs.none }}>', '<>'],
    ['${{ inputs.list }} and ${{ inputs.empty }}', '[1,"a",null,{"z":true}] and {}'],
    ['${{ inputs.n + 1 }}', 4],
    ['${{ 7 / 2 }}', 3],
    ['${{ inputs.n / 2 }}', 1.5],
    ['${{ inputs.n % 2 }}', 1],
    ['${{ {"a": {"b": "}}"}} }}', { a: { b: '}}' } }],
    ["${{ '}} ${{' }}", '}} ${{'],
    ['${{ [1, 2.5, "x", null, inputs.n] }}', [1, 2.5, 'x', null, 3]],
    ['${{ size(inputs.list) }}', 4],
    ['${{ has(inputs.nope) ? inputs.nope : "none" }}', 'none'],
    ['${{ inputs.list.filter(x, x != null).map(x, x) }}', [1, 'a', { z: true }]],
    ['${{ json("[1, {\\"a\\": 2}]")[1].a + 1 }}', 3],
    ['${{ toJson({"b": [1, null]}) }}', '{"b":[1,null]}'],
    ['${{ now() }}', '2026-01-02T03:04:05.000Z'],
    ['${{ now() > timestamp("2025-01-01T00:00:00Z") }}', true],
    ['${{ duration("90s") }}', '90s'],
    ['$ {{ no }} $${ {{', '$ {{ no }} $${ {{'],
  ])('of %j gives %j', (template, expected) => {
    expect(linked.render(template, scope)).toEqual(expected);
  });

  it('keeps the type of a scalar that is one whole expression and makes text of anything longer', () => {
    const template = { whole: '${{ inputs.n }}', text: '${{ inputs.n }} items', list: ['${{ inputs.none }}', 1] };
    expect(linked.render(template, scope)).toEqual({ whole: 3, text: '3 items', list: [null, 1] });
  });

  it('hands out a template without expressions as it is', () => {
    const template = { a: [1, { b: 'text' }] };
    expect(linked.render(template, scope)).toBe(template);
  });

  it('of JSON without braces is the identity', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        fc.pre(!JSON.stringify(value).includes('${{'));
        expect(linked.render(value as Json, scope)).toEqual(value); // fast-check's JSON type is ours, mutable
      }),
    );
  });

  it('gives a value back through an expression as it was', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const around = { inputs: { value: value as Json } }; // as above
        const given = JSON.parse(JSON.stringify(value)) as Json;
        expect(linked.render('${{ inputs.value }}', { inputs: { value: given } })).toEqual(given);
        expect(linked.render('${{ [inputs.value][0] }}', { inputs: { value: given } })).toEqual(given);
        expect(linked.render('${{ json(toJson(inputs.value)) }}', around)).toEqual(given);
      }),
    );
  });

  it.each([
    ['a missing key', '${{ inputs.nope }}', 'No such key: nope'],
    ['types that do not go together', '${{ inputs.vendor + 1 }}', 'these types do not go together'],
    ['a number that JSON does not have', '${{ inputs.big * 1e300 }}', 'Infinity'],
    ['a division by zero', '${{ 1 / 0 }}', 'division by zero'],
    ['text that is no JSON', '${{ json("{") }}', 'JSON'],
    ['a type', '${{ type(inputs.n) }}', 'JSON cannot hold'],
    ['an expression that is none', '${{ 1 + }}', 'ends too early'],
    ['braces that nobody closes', 'a ${{ 1', 'never closed'],
  ])('fails for %s and names the expression', (_title, template, message) => {
    expect(() => linked.render(template, scope)).toThrow(
      expect.objectContaining({ code: 'EXPRESSION_FAILED', message: expect.stringContaining(message) }),
    );
  });
});

describe('testing a condition', () => {
  it.each([
    ['steps.a.output.score > 0.5 && inputs.vendor == "Acme"', true],
    ['inputs.none == null', true],
    ['inputs.vendor != null', true],
    ['"a" in inputs.list', true],
    ['inputs.n in [1, 2, 3]', true],
    ['inputs.list.exists(x, x == "a")', true],
    ['steps.a.output.text.matches("^hel+o$")', true],
    ['false', false],
  ])('%s is %s', (condition, expected) => {
    expect(linked.test(condition, scope)).toBe(expected);
  });

  it.each(['inputs.n', 'inputs.none', '"true"', 'inputs.list'])(
    'refuses %s, which is not true or false',
    (condition) => {
      expect(() => linked.test(condition, scope)).toThrow(expect.objectContaining({ code: 'EXPRESSION_FAILED' }));
    },
  );
});

describe('inputs', () => {
  it('are completed with defaults, and with null where they are optional', () => {
    expect(linked.inputs({ vendor: 'Acme' })).toEqual({ vendor: 'Acme', limit: 5, tags: null });
  });

  it('are refused when one is nested too deep', () => {
    const tags = JSON.parse(`${'['.repeat(5000)}${']'.repeat(5000)}`) as Json; // JSON.parse yields nothing but JSON
    expect(() => linked.inputs({ vendor: 'Acme', tags })).toThrow('tags: it is nested more than 200 levels deep');
  });

  it('are refused with every problem at once', () => {
    expect(() => linked.inputs({ limit: 0, tags: ['a', 1], vendro: 'x' })).toThrow(
      expect.objectContaining({
        code: 'INPUT_INVALID',
        details: {
          problems: [
            { input: 'vendro', path: '', message: 'there is no such input; did you mean `vendor`?' },
            { input: 'limit', path: '', message: 'expected at least 1, found 0' },
            { input: 'tags', path: '[1]', message: 'expected string, found number' },
            { input: 'vendor', path: '', message: 'it is required and was not given' },
          ],
        },
      }),
    );
  });
});
