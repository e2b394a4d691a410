import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ActionStep, ForeachStep, GateSpec, Step } from '@telos/core';
import { compiled, faultsOf, sampleCatalog } from './testing/sample-catalog.ts';
import { canonicalJson, compile, hashOf, loadProgram } from './index.ts';

const brief = `
telos: 1
id: brief
description: Research and write.
inputs:
  vendor: string
  questions: { type: array, items: { type: string }, maxItems: 12, default: ["What do they sell?"] }
  note: { type: string, required: false, private: true }
vars: { title: "Brief on \${{ inputs.vendor }}" }
limits: { budget: { usd: 1.5, tokens: 400k, wall: 20m, calls: 100, on_exceeded: fail } }
models: { small: ollama/llama3.2, large: openai/gpt-5.2, both: { fallback: [large, small] } }
tools: { sales: { db: { url: "\${{ secrets.SALES_URL }}", access: read } } }
permissions: { allow: ["web.*"] }
evaluators:
  quality: { uses: judge, with: { model: large, rubric: [answers] }, min: 0.5 }
steps:
  - id: findings
    foreach: \${{ inputs.questions }}
    as: question
    max_parallel: 4
    on_item_error: collect
    yield: \${{ steps.note.output }}
    steps:
      - { id: search, uses: web.search, with: { query: "\${{ inputs.vendor }} \${{ question }}", limit: 5 } }
      - { id: note, uses: llm, with: { model: small, prompt: "\${{ steps.search.output.results }}" } }
  - id: sold
    needs: []
    uses: sales.query
    with: { sql: "select 1" }
  - id: draft
    needs: [findings, sold]
    uses: llm
    with: { model: both, prompt: "\${{ steps.findings.output }} \${{ steps.sold.output.rows }}" }
    gate:
      checks: ["size(output) >= 3", { faithfulness: { against: "\${{ steps.findings.output }}", min: 0.7 } }, { length: { min: 10 } }]
      judge: quality
      pass: score >= 0.8 && scores.faithfulness > 0.5
      on_fail: [{ repair: 2 }, { escalate: large }, { fallback: null }]
    retry: { max: 3, errors: [rate_limit, OUTPUT_INVALID] }
    timeout: 2m
  - id: publish
    when: steps.draft.gate.passed
    uses: http.request
    with: { url: "https://example.org", headers: { authorization: "Bearer \${{ secrets.TOKEN }}" } }
    effect: irreversible
    idempotency_key: \${{ run.id }}-publish
    on_error: continue
outputs:
  brief: \${{ steps.draft.output }}
expose: [rest]
`;

function step(id: string): Step {
  const found = compiled(brief).program.steps.find((candidate) => candidate.id === id);
  if (found === undefined) throw new Error(`no step ${id}`);
  return found;
}

function action(id: string): ActionStep {
  const found = step(id);
  if (found.kind !== 'action') throw new Error(`${id} is no action`);
  return found;
}

describe('a compiled program', () => {
  it('turns the order of the list into edges, which needs replaces', () => {
    const after = compiled(brief).program.steps.map(({ id, after }) => [id, after]);
    expect(after).toEqual([
      ['findings', []],
      ['sold', []],
      ['draft', ['findings', 'sold']],
      ['publish', ['draft']],
    ]);
  });

  it('notes which steps each step reads, in its own expressions and in its gate', () => {
    expect(step('draft').reads).toEqual(['findings', 'sold']);
    expect(step('publish').reads).toEqual(['draft']);
    const findings = step('findings') as ForeachStep; // its kind is asserted below
    expect(findings).toMatchObject({
      kind: 'foreach',
      reads: [],
      yieldReads: ['note'],
      maxParallel: 4,
      onItemError: 'collect',
      as: 'question',
    });
    expect(findings.steps.map(({ id, reads, after }) => [id, reads, after])).toEqual([
      ['search', [], []],
      ['note', ['search'], ['search']],
    ]);
    expect(compiled(brief).program.outputReads).toEqual(['draft']);
  });

  it('lists the tools, checks, models and secrets that must be there before it starts', () => {
    expect(compiled(brief).program.requires).toEqual({
      tools: ['db.query', 'http.request', 'llm', 'web.search'],
      checks: ['faithfulness', 'judge', 'length'],
      models: ['ollama/llama3.2', 'openai/gpt-5.2'],
      secrets: ['SALES_URL', 'TOKEN'],
    });
  });

  it('requires `auto` where a step or a judge names no model', () => {
    const source = 'telos: 1\nid: a\nsteps:\n  - { id: a, uses: llm, with: { prompt: hi } }\n';
    expect(compiled(source).program.requires.models).toEqual(['auto']);
  });

  it('resolves model aliases, also inside a fallback and in evaluators', () => {
    expect(action('draft').with).toMatchObject({ model: { fallback: ['openai/gpt-5.2', 'ollama/llama3.2'] } });
    expect(compiled(brief).program.evaluators['quality']).toEqual({
      name: 'quality',
      uses: 'judge',
      with: { model: 'openai/gpt-5.2', rubric: ['answers'] },
      min: 0.5,
    });
  });

  it('turns a tool of a connection into the tool with the connection named', () => {
    expect(action('sold')).toMatchObject({ uses: 'db.query', with: { connection: 'sales', sql: 'select 1' } });
    expect(compiled(brief).program.tools).toEqual({
      sales: { kind: 'db', with: { url: '${{ secrets.SALES_URL }}', access: 'read' } },
    });
  });

  it('turns durations into milliseconds and sizes into numbers', () => {
    expect(compiled(brief).program.budget).toEqual({
      usd: 1.5,
      tokens: 400_000,
      wallMs: 1_200_000,
      calls: 100,
      onExceeded: 'fail',
    });
    expect(step('draft').timeoutMs).toBe(120_000);
    expect(step('draft').retry).toEqual({
      max: 3,
      backoff: 'exponential',
      delayMs: 1000,
      maxDelayMs: 60_000,
      jitter: true,
      errors: ['rate_limit', 'OUTPUT_INVALID'],
    });
  });

  it('keeps a gate with its checks, judge and remedies', () => {
    const gate: GateSpec | undefined = step('draft').gate;
    expect(gate?.checks).toEqual([
      { name: 'size(output) >= 3', uses: 'cel', with: { expression: 'size(output) >= 3' } },
      { name: 'faithfulness', uses: 'faithfulness', with: { against: '${{ steps.findings.output }}' }, min: 0.7 },
      { name: 'length', uses: 'length', with: { min: 10 } },
    ]);
    expect(gate?.judge?.name).toBe('quality');
    expect(gate?.pass).toBe('score >= 0.8 && scores.faithfulness > 0.5');
    expect(gate?.onFail).toEqual([
      { do: 'repair', times: 2 },
      { do: 'escalate', model: 'openai/gpt-5.2' },
      { do: 'fallback', value: null },
    ]);
  });

  it('knows of each input whether it is required, private, and what it defaults to', () => {
    expect(compiled(brief).program.inputs).toEqual({
      vendor: { schema: { type: 'string' }, required: true },
      questions: {
        schema: { type: 'array', items: { type: 'string' }, maxItems: 12 },
        required: false,
        default: ['What do they sell?'],
      },
      note: { schema: { type: 'string' }, required: false, private: true },
    });
  });

  it('says where each step stands in the source, by its chain of ids', () => {
    const source = `telos: 1
id: places
steps:
  - id: both
    parallel:
      left: [{ id: a, uses: transform, with: { value: 1 } }]
  - id: route
    switch:
      - { when: "true", steps: [{ id: a, uses: transform, with: { value: 1 } }] }
`;
    expect(compiled(source).positions).toEqual({
      both: { line: 4, column: 5 },
      'both.left.a': { line: 6, column: 14 },
      route: { line: 7, column: 5 },
      'route[0].a': { line: 9, column: 33 },
    });
  });

  it('lets a plan use the connections that it was given', () => {
    const source = 'telos: 1\nid: plan\nsteps:\n  - { id: a, uses: sales.query, with: { sql: select 1 } }\n';
    const connections = { sales: { kind: 'db', with: { url: '${{ secrets.SALES_URL }}' } } };
    const { program } = compiled(source, { subset: 'plan', connections });
    expect(program.steps).toMatchObject([{ uses: 'db.query', with: { connection: 'sales' } }]);
    expect(program.tools).toEqual(connections);
    expect(program.requires.secrets).toEqual(['SALES_URL']);
  });

  it('takes a condition for what it says, also over several lines', () => {
    const source =
      'telos: 1\nid: lines\nsteps:\n  - id: a\n    uses: transform\n    with: { value: 1 }\n    when: |\n      false\n      && true\n  - { id: b, when: false, uses: transform, with: { value: 1 } }\n';
    expect(compiled(source).program.steps.map(({ when }) => when)).toEqual(['false\n&& true', 'false']);
  });

  it('lets a plan block be given its criteria by an expression', () => {
    const source =
      'telos: 1\nid: p\ninputs: { c: { type: array } }\nsteps:\n  - { id: do, plan: { objective: Find it, criteria: "${{ inputs.c }}", tools: [llm] } }\n';
    const { program } = compiled(source);
    expect(program.steps).toMatchObject([
      { kind: 'plan', with: { objective: 'Find it', criteria: '${{ inputs.c }}', tools: ['llm'] } },
    ]);
    expect(program.requires.models).toEqual(['auto']);
  });

  it('lets a body read the earlier steps of its own list and of the lists around it', () => {
    const source = `telos: 1
id: sight
steps:
  - { id: first, uses: transform, with: { value: 1 } }
  - id: each
    foreach: [1, 2]
    steps:
      - id: inner
        parallel:
          left: [{ id: deep, uses: transform, with: { value: "\${{ [steps.first.output, item, index] }}" } }]
      - { id: last, uses: transform, with: { value: "\${{ steps.inner.output.left }}" } }
`;
    expect(faultsOf(source)).toEqual([]);
  });

  it('inlines the files that an llm step names, and holds a schema to its rules', () => {
    const files: { readonly [path: string]: string } = {
      './p.md': 'Write about ${{ inputs.topic }}.',
      './s.json': '{ // an answer\n "type": "object", "required": ["a"], }',
      './bad.json': '{ "type": "objekt" }',
    };
    const readFile = (path: string): string | undefined => files[path];
    const source = (schema: string, input: string): string =>
      `telos: 1\nid: f\ninputs: { ${input}: string }\nsteps:\n  - { id: a, uses: llm, with: { prompt: { file: ./p.md }, output: { schema: ${schema} } } }\n`;
    const [written] = compiled(source('./s.json', 'topic'), { readFile }).program.steps;
    expect(written).toMatchObject({
      with: { prompt: 'Write about ${{ inputs.topic }}.', output: { schema: { type: 'object', required: ['a'] } } },
    });
    expect(faultsOf(source('./bad.json', 'topic'), { readFile }).map((fault) => fault.code)).toEqual([
      'SCHEMA_INVALID',
    ]);
    expect(faultsOf(source('./s.json', 'other'), { readFile }).map((fault) => fault.code)).toEqual(['UNKNOWN_INPUT']);
  });

  it('is the same whether it was written as YAML, JSON or JSON with comments', () => {
    const yaml = 'telos: 1\nid: same\nsteps:\n  - { id: a, uses: transform, with: { value: "https://x.y/*z*/" } }\n';
    const json = '{"telos":1,"id":"same","steps":[{"id":"a","uses":"transform","with":{"value":"https://x.y/*z*/"}}]}';
    const jsonc = json.replace('{"telos"', '// first\n{\n\t/* the\n version */ "telos"').replace(']}', ',]\n,}');
    const hash = compiled(yaml).hash;
    expect(compiled(json).hash).toBe(hash);
    expect(compiled(jsonc).hash).toBe(hash);
    expect(compiled(jsonc, { file: 'x.jsonc' }).hash).toBe(hash);
  });

  it('keeps null, and types that YAML gives', () => {
    const source =
      'telos: 1\nid: nulls\nsteps:\n  - { id: a, uses: transform, with: { value: { none: null, empty: , off: off, n: 1.50, no: no } } }\n';
    const [first] = compiled(source).program.steps;
    expect(first).toMatchObject({ with: { value: { none: null, empty: null, off: 'off', n: 1.5, no: 'no' } } });
  });

  // Each is small enough to be read, and once took long or ended in a RangeError.
  const head = 'telos: 1\nid: t\nsteps:\n';
  const many = (count: number, line: (index: number) => string): string =>
    Array.from({ length: count }, (_, index) => line(index)).join('');
  it.each([
    ['keys', many(45_000, (index) => `key_number_${index}: 1\n`), 'UNKNOWN_KEY'],
    ['keys that stand twice', many(100_000, () => 'same: 1\n'), 'DUPLICATE_KEY'],
    ['aliases', `a: &a [x]\n${many(60_000, (index) => `b${index}: *a\n`)}`, 'YAML_SYNTAX'],
    ['anchors', many(60_000, (index) => `b${index}: &a 1\n`), 'UNKNOWN_KEY'],
    ['commas', `{${','.repeat(400_000)}`, 'YAML_SYNTAX'],
    ['brackets', '['.repeat(200_000), 'YAML_SYNTAX'],
    ['quotes', '"'.repeat(200_000), 'YAML_SYNTAX'],
    ['text', 'x'.repeat(1_000_001), 'YAML_SYNTAX'],
    [
      'names that nobody knows',
      `${head}${many(10_000, (index) => `  - { id: s${index}, uses: transform, with: { value: "\${{ steps.x${index}.output }}" } }\n`)}`,
      'UNKNOWN_STEP',
    ],
    [
      'schemas with rules',
      `telos: 1\nid: t\nsteps: []\ninputs:\n${many(20_000, (index) => `  i${index}: { type: string, pattern: "a${index}" }\n`)}`,
      'SCHEMA_INVALID',
    ],
  ])('names a fault of a source of nothing but %s', (_what, source, code) => {
    expect(faultsOf(source).map((fault) => fault.code)).toContain(code);
  });

  it('takes an alias for what its anchor means there, as YAML has it', () => {
    const value = '{ a: &x 1, b: *x, c: &x 2, d: *x, e: &y { f: &x 3 }, g: *y, h: *x }';
    const [first] = compiled(
      `telos: 1\nid: aliases\nsteps:\n  - { id: a, uses: transform, with: { value: ${value} } }\n`,
    ).program.steps;
    expect(first).toMatchObject({ with: { value: { a: 1, b: 1, c: 2, d: 2, e: { f: 3 }, g: { f: 3 }, h: 3 } } });
  });

  it('does not unfold anchors without bound', () => {
    const levels = Array.from(
      { length: 30 },
      (_, index) => `  v${index + 1}: &v${index + 1} [*v${index}, *v${index}, *v${index}]`,
    );
    const source = `telos: 1\nid: bomb\nvars:\n  v0: &v0 x\n${levels.join('\n')}\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n`;
    expect(faultsOf(source)).toMatchObject([{ code: 'YAML_SYNTAX' }]);
  });
});

describe('the hash', () => {
  it('is that of the canonical text, and a stored program is taken back only under it', () => {
    const { canonical, hash, program } = compiled(brief);
    expect(hashOf(canonical)).toBe(hash);
    expect(canonicalJson(program)).toBe(canonical);
    expect(loadProgram(JSON.parse(canonical), hash)).toEqual(program);
    expect(() => loadProgram({ ...program, id: 'other' }, hash)).toThrow(
      expect.objectContaining({ code: 'PROGRAM_CORRUPT' }),
    );
  });

  it('does not depend on the order of keys or on how the text is laid out', () => {
    const document = JSON.parse(
      JSON.stringify({
        telos: 1,
        id: 'order',
        inputs: { a: 'string', b: 'number' },
        steps: [
          {
            id: 's',
            uses: 'transform',
            with: { value: { x: 1, y: [null, { z: '${{ inputs.a }}', w: 2 }] } },
            timeout: '1m',
          },
        ],
        outputs: { one: 1, two: '${{ steps.s.output }}' },
      }),
    );
    const expected = compiled(JSON.stringify(document)).hash;
    fc.assert(
      fc.property(fc.infiniteStream(fc.nat()), fc.constantFrom(undefined, 1, 2, '\t'), (numbers, indent) => {
        const shuffled = (value: unknown): unknown => {
          if (Array.isArray(value)) return value.map((item) => shuffled(item));
          if (typeof value !== 'object' || value === null) return value;
          const keyed = Object.entries(value).map(([key, item]) => ({
            key,
            item,
            weight: Number(numbers.next().value),
          }));
          return Object.fromEntries(
            keyed.sort((left, right) => left.weight - right.weight).map(({ key, item }) => [key, shuffled(item)]),
          );
        };
        expect(compiled(JSON.stringify(shuffled(document), null, indent)).hash).toBe(expected);
      }),
      { numRuns: 50 },
    );
  });

  it('changes with everything that would run differently', () => {
    const source = (value: string): string =>
      `telos: 1\nid: a\nsteps:\n  - { id: a, uses: transform, with: { value: ${value} } }\n`;
    const hashes = ['1', '"1"', '[1]', 'null', '"null"', 'true'].map((value) => compiled(source(value)).hash);
    expect(new Set(hashes).size).toBe(hashes.length);
  });
});

describe('compile', () => {
  it('never throws, whatever becomes of a good file', () => {
    const pieces = [
      '{',
      '}',
      '[',
      ']',
      ':',
      '- ',
      '"',
      "'",
      '\n',
      '  ',
      '${{',
      '}}',
      '&a ',
      '*a',
      '!!x ',
      '|',
      '>',
      '\t',
      '\0',
      '---\n',
      '? ',
      '#',
      '\u{1F600}',
      '\uD800',
      'steps',
      'null',
      '9e99',
    ];
    fc.assert(
      fc.property(
        fc.array(
          fc.tuple(fc.nat(brief.length), fc.nat(12), fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 }))),
          { minLength: 1, maxLength: 6 },
        ),
        (edits) => {
          let source = brief;
          for (const [at, drop, put] of edits) source = source.slice(0, at) + put + source.slice(at + drop);
          const result = compile(source, { catalog: sampleCatalog });
          if (result.ok) return;
          expect(result.faults.length).toBeGreaterThan(0);
          const lines = source.split('\n').length;
          for (const fault of result.faults) {
            expect(fault.line).toBeGreaterThanOrEqual(1);
            expect(fault.line).toBeLessThanOrEqual(lines + 1);
            expect(fault.column).toBeGreaterThanOrEqual(1);
          }
        },
      ),
      { numRuns: 300 },
    );
  });

  it('never throws on any JSON value put anywhere in a good document', () => {
    const places: readonly string[] = [
      'telos',
      'id',
      'inputs',
      'vars',
      'limits',
      'models',
      'tools',
      'permissions',
      'evaluators',
      'steps',
      'outputs',
      'triggers',
      'rails',
      'catch',
    ];
    const fields: readonly string[] = [
      'id',
      'uses',
      'with',
      'foreach',
      'parallel',
      'switch',
      'plan',
      'loop',
      'gate',
      'retry',
      'when',
      'needs',
      'as',
      'yield',
      'effect',
      'timeout',
    ];
    fc.assert(
      fc.property(
        fc.constantFrom(...places),
        fc.constantFrom(...fields),
        fc.jsonValue(),
        fc.jsonValue(),
        (place, field, one, two) => {
          const document = {
            telos: 1,
            id: 'any',
            steps: [
              { id: 'a', uses: 'transform', with: { value: 1 }, [field]: two },
              { id: 'b', [field]: two },
            ],
            ...(place === 'steps' ? { steps: [one] } : { [place]: one }),
          };
          expect(() => compile(JSON.stringify(document), { catalog: sampleCatalog, subset: 'plan' })).not.toThrow();
          expect(() => compile(JSON.stringify(document), { catalog: sampleCatalog })).not.toThrow();
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each([
    ['lists', '['.repeat(20_000)],
    ['maps', '{a: '.repeat(20_000)],
    ['lines', Array.from({ length: 2000 }, (_, depth) => `${' '.repeat(depth)}a:`).join('\n')],
  ])('reports a file of deeply nested %s instead of breaking', (_title, source) => {
    expect(faultsOf(source).map((fault) => fault.code)).toContain('YAML_SYNTAX');
  });
});
