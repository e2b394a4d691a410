import { readFileSync } from 'node:fs';
import type { Json } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createSchemas, workflowJsonSchema } from './index.ts';

const schemas = createSchemas();
const issues = (source: string): readonly { path: string }[] =>
  schemas.issues(workflowJsonSchema(), parse(source) as Json); // YAML of plain values

describe('the JSON Schema for editors', () => {
  it('is written to schema/workflow.v1.json as it is now; `pnpm schema` writes it again', () => {
    const written = readFileSync(new URL('../../../schema/workflow.v1.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(workflowJsonSchema());
  });

  it('accepts a workflow and marks what is not one', () => {
    const good = 'telos: 1\nid: a\nsteps: [{ id: a, uses: llm, with: { prompt: hi }, retry: 3, on_error: continue }]';
    expect(issues(good)).toEqual([]);
    expect(issues(good.replace('retry', 'retires'))).not.toEqual([]);
    expect(issues(good.replace('id: a', 'id: A'))).not.toEqual([]);
    expect(issues(good.replace('continue', 'go on'))).not.toEqual([]);
  });

  it('describes the keys that people write', () => {
    expect(JSON.stringify(workflowJsonSchema())).toContain('Attempts in all, the first included.');
  });
});
