import { globSync, readFileSync } from 'node:fs';
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

  const repository = new URL('../../..', import.meta.url);
  it.each(globSync('workflows/*.yaml', { cwd: repository }))('accepts %s', (file) => {
    expect(issues(readFileSync(new URL(file, repository), 'utf8'))).toEqual([]);
  });

  it('marks slips in waits, approvals, loops and triggers', () => {
    const head = 'telos: 1\nid: a\n';
    for (const [good, bad] of [
      ['steps: [{ id: a, wait: { for: 10m } }]', 'steps: [{ id: a, wait: { for: ten } }]'],
      ['steps: [{ id: a, wait: { for: "${{ inputs.n }}" } }]', 'steps: [{ id: a, wait: { four: 10m } }]'],
      ['steps: [{ id: a, approve: { on_timeout: reject } }]', 'steps: [{ id: a, approve: { on_timeout: continue } }]'],
      ['steps: [{ id: a, loop: { max: 2 }, steps: [{ id: b, uses: llm }] }]', 'steps: [{ id: a, loop: { max: 0 } }]'],
      ['triggers: { webhook: { path: /a } }', 'triggers: { webhook: { path: a } }'],
    ] as const) {
      const rest = good.startsWith('steps') ? '' : '\nsteps: [{ id: a, uses: llm }]';
      expect(issues(`${head}${good}${rest}`)).toEqual([]);
      expect(issues(`${head}${bad}${rest}`)).not.toEqual([]);
    }
  });

  it('describes the keys that people write', () => {
    expect(JSON.stringify(workflowJsonSchema())).toContain('Attempts in all, the first included.');
  });
});
