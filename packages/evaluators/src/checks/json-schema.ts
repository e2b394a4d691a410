import { anyJson } from '@telos/core';
import { z } from 'zod';
import type { Check, Json, Schemas, SchemaIssue } from '@telos/core';
import { defineCheck } from '../define-check.ts';

const Params = z.strictObject({ schema: z.record(z.string(), anyJson) });

/** Text that is JSON counts as the value it spells. */
export function jsonSchema(schemas: Schemas): Check<z.infer<typeof Params>> {
  return defineCheck<z.infer<typeof Params>>({
    name: 'json_schema',
    description: 'A JSON Schema (draft 2020-12) that the output must fit.',
    params: Params,
    needs: 'local',
    async score({ value }, { schema }) {
      let issues: readonly SchemaIssue[] = schemas.issues(schema, value);
      const spelled = issues.length > 0 && typeof value === 'string' ? parsed(value) : undefined;
      if (spelled !== undefined) issues = schemas.issues(schema, spelled.value);
      if (issues.length === 0) return { score: 1, verdict: 'pass', reason: 'The output fits the schema.' };
      const shown = issues.slice(0, 5).map(({ path, message }) => (path === '' ? message : `${path}: ${message}`));
      const more = issues.length > shown.length ? `; and ${issues.length - shown.length} more` : '';
      return {
        score: 0,
        verdict: 'fail',
        reason: `The output does not fit the schema: ${shown.join('; ')}${more}.`,
        evidence: issues.slice(0, 50).map(({ path, message }) => ({ path, message })),
      };
    },
  });
}

function parsed(text: string): { readonly value: Json } | undefined {
  try {
    return { value: JSON.parse(text) as Json }; // JSON.parse yields nothing but JSON
  } catch {
    return undefined;
  }
}
