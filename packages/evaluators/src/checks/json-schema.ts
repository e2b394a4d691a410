import { anyJson, repairJson } from '@telos/core';
import { z } from 'zod';
import type { Check, Json, Schemas, SchemaIssue, Verdict } from '@telos/core';
import { defineCheck } from '../define-check.ts';

const Params = z.strictObject({
  schema: z.record(z.string(), anyJson).describe('A JSON Schema (draft 2020-12).'),
  parse: z
    .boolean()
    .default(false)
    .describe('A text must spell JSON, and what it spells must fit; without it, a text may fit as it is.'),
});

/**
 * Text that is JSON counts as the value it spells. Text that is JSON only once
 * it is mended fails, and the mended value is offered in its place where it fits.
 */
export function jsonSchema(schemas: Schemas): Check<z.infer<typeof Params>> {
  return defineCheck<z.infer<typeof Params>>({
    name: 'json_schema',
    description:
      'A JSON Schema (draft 2020-12) that the output must fit; broken JSON is mended where that is possible.',
    params: Params,
    needs: 'local',
    offers: { repair: {} },
    async score({ value }, { schema, parse }) {
      const isText = typeof value === 'string';
      const asItIs = isText && parse ? [notJson] : schemas.issues(schema, value);
      const found = isText && asItIs.length > 0 ? repairJson(value) : undefined;
      const issues = found === undefined ? asItIs : schemas.issues(schema, found.value);
      if (issues.length > 0) return misfit(issues);
      if (found?.repaired !== true) return { score: 1, verdict: 'pass', reason: 'The output fits the schema.' };
      return {
        score: 0,
        verdict: 'fail',
        reason: 'The output is broken JSON, or has other text around it; once mended it fits the schema.',
        replacement: found.value,
      };
    },
  });
}

const notJson: SchemaIssue = { path: '', message: 'expected JSON, found text that is none' };

function misfit(issues: readonly SchemaIssue[]): Verdict {
  const shown = issues.slice(0, 5).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
  const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
  return {
    score: 0,
    verdict: 'fail',
    reason: `The output does not fit the schema: ${shown.join('; ')}${more}.`,
    evidence: issues.slice(0, 50).map(({ path, message }): Json => ({ path, message })),
  };
}
