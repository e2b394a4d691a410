import { compile } from '@telos/language';
import { describe, expect, it } from 'vitest';
import { testCatalog } from '../testing/catalogue.ts';
import { asWorkflow } from './as-workflow.ts';

const plan = `# Planned by rules, without a model.
# o1: Find it.
telos: 1
id: found
description: Finds it.

steps:
  # where it is
  - id: passages
    uses: knowledge.search
    with: { folder: docs, query: "How do leases work?" }
  - id: more
    foreach: [a.md, b.md]
    as: name
    steps:
      - { id: one, uses: knowledge.search, with: { folder: docs, query: "\${{ name }}" } }
  - id: rows
    uses: db.query
    with: { url: "sqlite:shop.db", sql: SELECT 1 }
outputs: { all: "\${{ steps.passages.output }}" }

objectives:
  - { id: o1, objective: Find it., criterion: It is found., check: size(output.all.passages) > 0 }
`;

describe('a plan that is kept', () => {
  it('is a workflow that takes what the plan named as inputs, and says which', () => {
    const { source, inputs } = asWorkflow(plan, testCatalog);
    expect(inputs).toEqual(['folder', 'query', 'names', 'url']);
    const result = compile(source, { catalog: testCatalog });
    expect(result.ok && result.compiled.program).toMatchObject({
      description: 'Finds it. Lifted out of the plan as inputs: folder, query, names, url.',
      inputs: {
        folder: { default: 'docs', required: false },
        query: { default: 'How do leases work?' },
        names: { default: ['a.md', 'b.md'] },
        url: { default: 'sqlite:shop.db' },
      },
      steps: [
        { with: { folder: '${{ inputs.folder }}', query: '${{ inputs.query }}' } },
        { items: '${{ inputs.names }}', steps: [{ with: { folder: '${{ inputs.folder }}', query: '${{ name }}' } }] },
        { with: { sql: 'SELECT 1' } },
      ],
    });
  });

  it('keeps its comments, and has no objectives but those in them', () => {
    const { source } = asWorkflow(plan, testCatalog);
    expect(source).toContain('# o1: Find it.');
    expect(source).toContain('# where it is');
    expect(source).not.toContain('objectives:');
  });

  it('stays as it was where nothing can be lifted', () => {
    const bare = 'telos: 1\nid: p\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n';
    expect(asWorkflow(bare, testCatalog)).toEqual({ source: bare, inputs: [] });
  });
});
