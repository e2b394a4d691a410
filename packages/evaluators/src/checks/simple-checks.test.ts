import { describe, expect, it } from 'vitest';
import { TelosError } from '@telos/core';
import type { AnyCheck, Json, Schemas } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { cel } from './cel.ts';
import { contains } from './contains.ts';
import { jsonSchema } from './json-schema.ts';
import { length } from './length.ts';
import { regex } from './regex.ts';

const on = (check: AnyCheck, value: Json, params: Json) => score(check, subjectOf(value), params);

describe('contains', () => {
  it('passes when all are there, one of any, and none of none', async () => {
    expect(
      await on(contains, 'red and blue', { all: ['red', 'blue'], any: ['x', 'and'], none: ['green'] }),
    ).toMatchObject({
      score: 1,
      verdict: 'pass',
    });
  });

  it('fails with the part that is met and says what to add and what to take out', async () => {
    expect(await on(contains, 'red', { all: ['red', 'blue'], none: ['re'], any: ['x', 'y'] })).toEqual({
      score: 0.25,
      verdict: 'fail',
      reason: 'It lacks "blue". It holds none of "x", "y". It must not hold "re".',
      evidence: { missing: ['blue', 'x', 'y'], unwanted: ['re'] },
    });
  });

  it('heeds case unless told otherwise, and composes characters before it compares', async () => {
    expect((await on(contains, 'RED', { all: ['red'] })).verdict).toBe('fail');
    expect((await on(contains, 'RED', { all: ['red'], ignore_case: true })).verdict).toBe('pass');
    expect((await on(contains, 'Cafe\u0301', { all: ['Café'] })).verdict).toBe('pass');
  });

  it.each([{}, { all: [] }, { all: [''] }, { every: ['a'] }, { all: 'a' }])('refuses the parameters %j', (params) => {
    expect(contains.params.safeParse(params).success).toBe(false);
  });
});

describe('regex', () => {
  it('passes when the pattern matches somewhere, and shows where', async () => {
    expect(await on(regex, 'Order 4711 shipped', { pattern: '\\d+' })).toMatchObject({
      score: 1,
      verdict: 'pass',
      evidence: { match: '4711', start: 6 },
    });
  });

  it('fails when nothing matches, or when what matches must not', async () => {
    expect(await on(regex, 'none', { pattern: '^\\d+$' })).toMatchObject({ score: 0, verdict: 'fail' });
    const forbidden = await on(regex, 'Call 555-0100', { pattern: '\\d{3}-\\d{4}', match: false });
    expect(forbidden).toMatchObject({
      verdict: 'fail',
      reason: 'The output must not match "\\d{3}-\\d{4}", but "555-0100" does.',
    });
  });

  it('knows the flags i, m and s', async () => {
    expect((await on(regex, 'a\nB', { pattern: '^b$', flags: 'im' })).verdict).toBe('pass');
    expect((await on(regex, 'a\nb', { pattern: 'a.b', flags: 's' })).verdict).toBe('pass');
    expect(regex.params.safeParse({ pattern: 'a', flags: 'g' }).success).toBe(false);
  });

  it('ends on a pattern that makes backtracking engines run for ever', async () => {
    expect((await on(regex, `${'a'.repeat(50_000)}!`, { pattern: '^(a+)+$' })).verdict).toBe('fail');
  });

  it('gives an error for a pattern that cannot be read, and for a text that is too long', async () => {
    expect(await on(regex, 'a', { pattern: '(' })).toMatchObject({ score: 0, verdict: 'error' });
    expect(await on(regex, 'a', { pattern: '(?<=a)b' })).toMatchObject({ verdict: 'error' });
    expect(await on(regex, 'a'.repeat(2_000_001), { pattern: 'b' })).toMatchObject({ verdict: 'error' });
  });
});

describe('json_schema', () => {
  /** Knows `type` and `required`, which is enough to see what the check does with issues. */
  const schemas: Schemas = {
    issues(schema, value) {
      if (schema.type === 'nonsense') throw new TelosError('SCHEMA_INVALID', 'There is no type "nonsense".');
      const type = Array.isArray(value) ? 'array' : typeof value;
      if (schema.type !== type)
        return [{ path: '', message: `expected ${JSON.stringify(schema.type)}, found ${type}` }];
      const required = Array.isArray(schema.required) ? schema.required : [];
      return required
        .filter((key) => typeof value === 'object' && value !== null && !Object.hasOwn(value, String(key)))
        .map((key) => ({ path: String(key), message: 'is missing' }));
    },
  };
  const check = jsonSchema(schemas);

  it('passes a value that fits, also when it is spelled as JSON text', async () => {
    const schema = { type: 'object', required: ['a'] };
    expect((await on(check, { a: 1 }, { schema })).verdict).toBe('pass');
    expect((await on(check, '{"a": 1}', { schema })).verdict).toBe('pass');
    expect((await on(check, '{"a": 1}', { schema: { type: 'string' } })).verdict).toBe('pass');
  });

  it('names what does not fit', async () => {
    expect(await on(check, { b: 1 }, { schema: { type: 'object', required: ['a', 'c'] } })).toEqual({
      score: 0,
      verdict: 'fail',
      reason: 'The output does not fit the schema: a: is missing; c: is missing.',
      evidence: [
        { path: 'a', message: 'is missing' },
        { path: 'c', message: 'is missing' },
      ],
    });
    expect((await on(check, 'not json', { schema: { type: 'object' } })).verdict).toBe('fail');
  });

  it('gives an error for a schema that is none', async () => {
    const verdict = await on(check, 1, { schema: { type: 'nonsense' } });
    expect(verdict).toMatchObject({ score: 0, verdict: 'error' });
    expect(verdict.reason).toContain('There is no type "nonsense"');
  });
});

describe('length', () => {
  it.each([
    ['characters', 'héllo 👩‍👩‍👧', 7],
    ['words', 'Two words, 漢字.', 3],
    ['sentences', 'One. Two, e.g. this? Three!', 3],
    ['items', '- a\n- b\n2. c\ntext', 3],
    ['items', ['a', 'b'], 2],
  ] as const)('counts %s of %j as %d', async (unit, value, count) => {
    const exact = await on(length, value, { min: count, max: count, unit });
    expect(exact).toMatchObject({ score: 1, verdict: 'pass', evidence: { count, unit } });
  });

  it('says how much is missing or too much, and scores the ratio', async () => {
    expect(await on(length, 'one two', { min: 4, unit: 'words' })).toMatchObject({
      score: 0.5,
      verdict: 'fail',
      reason: 'The output has 2 words; at least 4 are wanted, 2 more.',
    });
    expect(await on(length, 'abcd', { max: 1 })).toMatchObject({ score: 0.25, verdict: 'fail' });
    expect(await on(length, '', { min: 1 })).toMatchObject({ score: 0, verdict: 'fail' });
    expect(await on(length, '', { max: 0 })).toMatchObject({ score: 1, verdict: 'pass' });
  });

  it.each([{}, { min: -1 }, { min: 1.5 }, { min: 3, max: 2 }, { min: 1, unit: 'bytes' }])(
    'refuses the parameters %j',
    (params) => {
      expect(length.params.safeParse(params).success).toBe(false);
    },
  );
});

describe('cel', () => {
  it('asks whether the expression holds for the output, the input and the sources', async () => {
    const seen: unknown[] = [];
    const check = cel((expression, scope) => {
      seen.push(expression, scope);
      return true;
    });
    const subject = subjectOf({ n: 3 }, { input: { q: 'x' }, sources: { find: [1] } });
    expect(await score(check, subject, { expression: 'output.n > 2' })).toMatchObject({ score: 1, verdict: 'pass' });
    expect(seen).toEqual(['output.n > 2', { output: { n: 3 }, input: { q: 'x' }, sources: { find: [1] } }]);
  });

  it('fails when it does not hold, and is an error when it cannot be evaluated', async () => {
    expect(
      await on(
        cel(() => false),
        1,
        { expression: 'output > 2' },
      ),
    ).toMatchObject({
      verdict: 'fail',
      reason: 'The output must satisfy "output > 2", and does not.',
    });
    const broken = cel(() => {
      throw new TelosError('EXPRESSION_FAILED', 'no such field: n');
    });
    expect(await on(broken, 1, { expression: 'output.n' })).toMatchObject({
      verdict: 'error',
      reason: 'cel could not be carried out: no such field: n',
    });
  });

  it('rejects instead of judging when it is aborted', async () => {
    const signal = AbortSignal.abort(new Error('stop'));
    await expect(
      score(
        cel(() => true),
        subjectOf(1),
        { expression: 'true' },
        { signal },
      ),
    ).rejects.toThrow('stop');
  });
});
