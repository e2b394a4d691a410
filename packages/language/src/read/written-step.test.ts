import { describe, expect, it } from 'vitest';
import { writtenStep } from './written-step.ts';

const source = `telos: 1
id: brief
steps:
  - id: findings
    foreach: \${{ inputs.questions }}
    steps:
      # what is looked for
      - id: search
        uses: web.search
        with: { query: "\${{ item }}" }
      - { id: note, uses: transform, with: { value: 1 } }
  - id: both
    parallel:
      left: [{ id: count, uses: transform, with: { value: 3 } }]
      right:
        - id: count
          uses: transform
  - id: route
    switch:
      - { when: "\${{ a }}", steps: [{ id: ask, uses: one }] }
      - else: true
        steps:
          - id: ask
            uses: other
  - id: draft
    agent: { goal: write }
    uses: llm
    compensate: { uses: undo }

  - id: last
    uses: transform
catch:
  - steps:
      - id: tell
        uses: note
finally:
  - id: search
    uses: close
`;

describe('a step of a run', () => {
  it.each([
    ['findings[3].search', 8, '- id: search\n  uses: web.search\n  with: { query: "${{ item }}" }'],
    ['findings[0].note', 11, '- { id: note, uses: transform, with: { value: 1 } }'],
    ['both.left.count', 14, 'left: [{ id: count, uses: transform, with: { value: 3 } }]'],
    ['both.right.count', 16, '- id: count\n  uses: transform'],
    ['route[0].ask', 20, '- { when: "${{ a }}", steps: [{ id: ask, uses: one }] }'],
    ['route[1].ask', 23, '- id: ask\n  uses: other'],
    ['last', 30, '- id: last\n  uses: transform'],
    ['catch[0].tell', 34, '- id: tell\n  uses: note'],
    ['finally.search', 37, '- id: search\n  uses: close'],
  ])('is found where it is written: %s', (path, line, text) => {
    expect(writtenStep(source, path)).toEqual({ line, text });
  });

  it('that an agent, a plan or an undoing made is found in what made it', () => {
    const draft = '- id: draft\n  agent: { goal: write }\n  uses: llm\n  compensate: { uses: undo }';
    for (const path of ['draft', 'draft#2.web_search_1', 'draft/compensate'])
      expect(writtenStep(source, path)).toEqual({ line: 25, text: draft });
  });

  it('is not found in a text that does not have it, however broken', () => {
    expect(writtenStep(source, 'nowhere')).toBeUndefined();
    for (const text of ['', 'steps: [', '- - -', '{', 'steps: 3', '\u0000'])
      expect(writtenStep(text, 'a.b[0].c')).toBeUndefined();
  });

  it('is cut off when it is very long', () => {
    const items = Array.from({ length: 1000 }, (_, index) => `        - ${index}`).join('\n');
    const long = `steps:\n  - id: big\n    with:\n      list:\n${items}\n`;
    expect(writtenStep(long, 'big')?.text.split('\n')).toHaveLength(200);
  });
});
