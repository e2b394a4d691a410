import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Schemas } from '@telos/core';
import { score, subjectOf } from '../fixtures/score.ts';
import { jsonSchema } from './json-schema.ts';

const schemas: Schemas = {
  issues(schema, value) {
    const issues = z.fromJSONSchema(schema).safeParse(value).error?.issues ?? [];
    return issues.map(({ path, message }) => ({ path: path.join('.'), message }));
  },
};
const check = jsonSchema(schemas);
const schema = { type: 'object', properties: { a: { type: 'integer' } }, required: ['a'] };

describe('json_schema', () => {
  it('offers the mended value of broken JSON where it fits, and does not let the text pass', async () => {
    const verdict = await score(check, subjectOf("Here: {'a': 1,}"), { schema });
    expect(verdict).toMatchObject({ verdict: 'fail', score: 0, replacement: { a: 1 } });
    expect(verdict.reason).toContain('once mended it fits');
  });

  it('says what does not fit in the mended value, and offers nothing', async () => {
    const verdict = await score(check, subjectOf("Here: {'b': 1,}"), { schema });
    expect(verdict).toMatchObject({ verdict: 'fail' });
    expect(verdict.replacement).toBeUndefined();
    expect(verdict.reason).toContain('a: ');
  });

  it('takes text that is JSON for what it spells', async () => {
    expect(await score(check, subjectOf('{"a": 1}'), { schema })).toMatchObject({ verdict: 'pass' });
  });

  it('takes a text as it is where that fits, unless it has to spell JSON', async () => {
    expect(await score(check, subjectOf('{"a": 1'), { schema: {} })).toMatchObject({ verdict: 'pass' });
    expect(await score(check, subjectOf('{"a": 1'), { schema: {}, parse: true })).toMatchObject({
      replacement: { a: 1 },
    });
    const prose = await score(check, subjectOf('no JSON'), { schema: {}, parse: true });
    expect(prose.reason).toBe('The output does not fit the schema: expected JSON, found text that is none.');
  });
});
