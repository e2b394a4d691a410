import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createChecks } from './create-checks.ts';
import { scriptedModels } from './fixtures/scripted-models.ts';

const checks = createChecks({
  models: scriptedModels().models,
  schemas: { issues: () => [] },
  evaluateCondition: () => true,
});

describe('the catalogue of checks', () => {
  it('names each check as workflows do, says whether it asks a model, and whether it catches or rates', () => {
    const facts = [...checks].map(([name, check]) => [
      name,
      check.needs,
      check.catches === undefined ? 'rates' : 'catches',
    ]);
    expect(facts).toEqual([
      ['contains', 'local', 'rates'],
      ['regex', 'local', 'rates'],
      ['json_schema', 'local', 'rates'],
      ['length', 'local', 'rates'],
      ['cel', 'local', 'rates'],
      ['overlap', 'local', 'rates'],
      ['quotes', 'local', 'rates'],
      ['faithfulness', 'local', 'rates'],
      ['correctness', 'local', 'rates'],
      ['judge', 'model', 'rates'],
      ['pii', 'local', 'catches'],
      ['secrets', 'local', 'catches'],
      ['hidden_text', 'local', 'catches'],
      ['exfiltration', 'local', 'catches'],
      ['injection', 'local', 'catches'],
      ['jailbreak', 'local', 'catches'],
      ['tool_poisoning', 'local', 'catches'],
      ['topic', 'local', 'catches'],
      ['relevance', 'local', 'rates'],
      ['completeness', 'local', 'rates'],
      ['pairwise', 'model', 'rates'],
      ['ranking', 'model', 'rates'],
      ['moderation', 'model', 'catches'],
      ['language', 'local', 'catches'],
      ['profanity', 'local', 'catches'],
      ['size', 'local', 'catches'],
      ['allow_list', 'local', 'catches'],
    ]);
    for (const [name, check] of checks) expect(check.name).toBe(name);
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
