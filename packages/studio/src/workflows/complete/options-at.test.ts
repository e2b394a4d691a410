import { readFileSync } from 'node:fs';
import type { Vocabulary } from './option.ts';
import { describe, expect, it } from 'vitest';
import { optionsAt } from './options-at.ts';

const schema = JSON.parse(readFileSync(new URL('../../../../../schema/workflow.v1.json', import.meta.url), 'utf8')) as Vocabulary['schema'];

const tool = { effect: 'read' as const, returns: [], idempotent: false, output: {} };
const vocabulary: Vocabulary = {
  schema,
  tools: [
    {
      ...tool,
      name: 'llm',
      description: 'Asks a model.',
      input: { type: 'object', properties: { model: { type: 'string' }, prompt: { type: 'string', description: 'What is asked.' } } },
      output: { type: 'object', properties: { text: { type: 'string', description: 'What it wrote.' } } },
    },
    { ...tool, name: 'web.search', description: 'Searches the web.', input: { type: 'object', properties: { query: { type: 'string' } } } },
    { ...tool, name: 'db.query', description: 'Asks a database.', input: { type: 'object', properties: { sql: { type: 'string' } } } },
  ],
  checks: [
    { name: 'length', description: 'Compares a length.', needs: 'local', params: { type: 'object', properties: { max: { type: 'integer' } } } },
    { name: 'judge', description: 'Asks about a rubric.', needs: 'model', params: {} },
  ],
  models: [{ ref: 'openai/gpt-5.2', provider: 'openai', kind: 'chat', available: true }],
};

/** What is offered where `▮` stands in the text. */
function offered(marked: string) {
  const cursor = marked.indexOf('▮');
  const text = marked.replace('▮', '');
  const found = optionsAt(text, cursor, vocabulary);
  const choose = (label: string) => {
    const option = found?.options.find((one) => one.label === label);
    return found === undefined || option === undefined ? undefined : text.slice(0, found.start) + option.insert + text.slice(cursor);
  };
  return { labels: found?.options.map(({ label }) => label) ?? [], options: found?.options ?? [], choose };
}

const head = `telos: 1
id: brief
inputs:
  vendor: { type: string, description: Whom it is about }
  depth: integer
models:
  small: openai/gpt-5.2
tools:
  sales:
    db: { url: "x" }
evaluators:
  quality: { uses: judge, with: { rubric: ["a"] } }
steps:
  - id: find
    uses: web.search
    with: { query: "a: b, c" }
  - id: draft
    description: Writes it.
    uses: llm
    with:
      prompt: |
        Write about it.
        key: not a key
`;

describe('a key', () => {
  it('is offered with what it is for, and not twice in a map', () => {
    const { labels, options } = offered('telos: 1\nid: a\n▮');
    expect(labels).toContain('steps');
    expect(labels).not.toContain('id');
    expect(options.find(({ label }) => label === 'inputs')?.about).toBe('What goes in.');
  });

  it.each([
    ['of a step', `${head}    ga▮`, ['gate']],
    ['of a step, though its id is yet to come', `${head}  - us▮\n    id: more\n`, ['uses', 'trust']],
    ['of a flow map', `${head}  - { id: x, needs: [], use▮`, ['uses']],
    ['inside a gate', `${head}    gate:\n      on▮`, ['on_fail']],
    ['of a budget in a flow map', 'limits: { budget: { us▮ } }', ['usd']],
    ['of the input of a tool', `${head}    with:\n      mo▮`, ['model']],
    ['of the input of a connection', `${head}  - id: q\n    uses: sales.query\n    with: { s▮`, ['sql']],
    ['of the parameters of a check', `${head}    gate:\n      checks:\n        - length: { m▮ }`, ['max']],
    ['of a body inside a body', `${head}  - id: each\n    foreach: x\n    steps:\n      - id: a\n        timeo▮`, ['timeout']],
  ])('%s', (_, text, labels) => {
    expect(offered(text).labels).toEqual(labels);
  });

  it('is written with what follows it: a space, or the deeper line of a map or a list', () => {
    expect(offered('tel▮').choose('telos')).toBe('telos: ');
    expect(offered('telos: 1\nste▮').choose('steps')).toBe('telos: 1\nsteps:\n  - ');
    expect(offered('steps:\n  - ga▮').choose('gate')).toBe('steps:\n  - gate:\n      ');
    expect(offered('steps:\n  ▮').choose('uses')).toBe('steps:\n  - uses: ');
    expect(offered('steps: [{ ne▮').choose('needs')).toBe('steps: [{ needs: [');
    expect(offered('te▮: 1').choose('telos')).toBe('telos: 1');
  });
});

describe('a value', () => {
  it('of `uses` is a tool, also one of a connection, with what it does', () => {
    const { labels, options } = offered(`${head}  - id: more\n    uses: ▮`);
    expect(labels).toEqual(['sales.query', 'llm', 'web.search', 'db.query']);
    expect(options[1]?.about).toBe('Asks a model.');
    expect(offered(`${head}  - { id: more, uses: we▮ }`).choose('web.search')).toContain('uses: web.search }');
  });

  it.each([
    ['a choice of the schema', `${head}    on_error: ▮`, ['fail', 'continue', 'quarantine']],
    ['a model or its alias', `${head}    with:\n      model: ▮`, ['small', 'openai/gpt-5.2']],
    ['a check or an evaluator', `${head}    gate:\n      checks: [▮`, ['quality', 'length', 'judge']],
    ['an evaluator that judges', `${head}    gate: { judge: ▮ }`, ['quality']],
    ['a step of the same list in `needs`', `${head}  - id: more\n    needs: [fi▮]`, ['find']],
    ['a step in `needs` over several lines', `${head}  - id: more\n    needs:\n      - ▮`, ['find', 'draft']],
  ])('may be %s', (_, text, labels) => {
    expect(offered(text).labels).toEqual(labels);
  });

  it('is not offered in a comment or inside a text', () => {
    expect(offered(`${head}        us▮`).labels).toEqual([]);
    expect(offered('telos: 1\n# us▮').labels).toEqual([]);
  });
});

describe('an expression', () => {
  it.each([
    ['the inputs', `${head}  - id: more\n    with: { a: "\${{ inputs.▮`, ['vendor', 'depth']],
    ['the steps before it', `${head}  - id: more\n    when: steps.▮`, ['find', 'draft']],
    ['no step after it', head.replace('"a: b, c"', '"${{ steps.▮ }}"'), []],
    ['what a step has', `${head}outputs:\n  brief: \${{ steps.draft.st▮ }}`, ['status']],
    ['the fields of what a tool gives', `${head}outputs:\n  brief: \${{ steps.draft.output.▮ }}`, ['text']],
    ['the item of a list by its name', `${head}  - id: e\n    foreach: x\n    as: page\n    steps:\n      - { id: a, with: { b: "\${{ pa▮`, ['page']],
    ['the inside of a text over several lines', head.replace('not a key', 'x ${{ inputs.ve▮ }}'), ['vendor']],
  ])('knows %s', (_, text, labels) => {
    expect(offered(text).labels).toEqual(labels);
  });

  it('says what each is', () => {
    expect(offered(`${head}outputs: { a: "\${{ steps.d▮`).options[0]?.about).toBe('Writes it.');
    expect(offered(`${head}    when: inputs.v▮`).options[0]?.about).toBe('Whom it is about');
  });

  it('offers nothing inside a text of it', () => {
    expect(offered(`${head}    when: inputs.vendor == "inp▮`).labels).toEqual([]);
  });
});
