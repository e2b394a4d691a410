import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createChecks } from './create-checks.ts';

const checks = createChecks({
  models: {
    generate: () => Promise.reject(new Error('no model')),
    embed: async () => undefined,
    problem: async () => undefined,
    list: async () => [],
  },
  schemas: { issues: () => [] },
  evaluateCondition: () => true,
});

describe('the catalogue of checks', () => {
  it('names each check as workflows do', () => {
    expect([...checks.keys()]).toEqual([
      'contains',
      'regex',
      'json_schema',
      'length',
      'cel',
      'overlap',
      'quotes',
      'faithfulness',
      'judge',
      'secrets',
    ]);
    for (const [name, check] of checks) expect(check.name).toBe(name);
  });

  it('says which checks ask a model', () => {
    expect([...checks.values()].filter(({ needs }) => needs === 'model').map(({ name }) => name)).toEqual(['judge']);
  });

  it.each([...checks.values()])(
    'describes the parameters of $name as JSON Schema that refuses unknown keys',
    (check) => {
      expect(z.toJSONSchema(check.params, { io: 'input' })).toMatchObject({
        type: 'object',
        additionalProperties: false,
      });
      expect(check.params.safeParse({ no_such_parameter: 1 }).success).toBe(false);
    },
  );
});
