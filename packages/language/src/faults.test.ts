import { catalog } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { briefFaults, faultsOf } from './testing/sample-catalog.ts';
import type { CompileOptions } from './index.ts';

const head = 'telos: 1\nid: flow\n';
const step = (body: string): string => `${head}steps:\n  - id: a\n    ${body.replaceAll('\n', '\n    ')}\n`;
const twoSteps = (body: string): string =>
  step(`uses: transform\nwith: { value: 1 }`) + `  - id: b\n    ${body.replaceAll('\n', '\n    ')}\n`;
const value = (expression: string): string => step(`uses: transform\nwith: { value: "\${{ ${expression} }}" }`);
const plain = '  - { id: a, uses: transform, with: { value: 1 } }\n';

/** What is wrong, the workflow, and the place and code of its only fault. */
type Case = readonly [title: string, source: string, fault: string, options?: Partial<CompileOptions>];
const cases: readonly Case[] = [
  ['an unclosed quote', `telos: 1\nid: "flow\n`, '3:1 YAML_SYNTAX '],
  ['a key that stands twice', `telos: 1\nid: flow\nid: other\nsteps:\n${plain}`, '3:1 DUPLICATE_KEY '],
  ['an unknown key of the document', `${head}stps: 1\nsteps:\n${plain}`, '3:1 UNKNOWN_KEY stps'],
  [
    'an unknown key of a policy',
    step('uses: transform\nwith: { value: 1 }\nretry: { max: 2, bakoff: constant }'),
    '7:22 UNKNOWN_KEY steps[0].retry.bakoff',
  ],
  [
    'a key of another block',
    step('uses: transform\nwith: { value: 1 }\nmax_parallel: 2'),
    '7:5 UNKNOWN_KEY steps[0].max_parallel',
  ],
  [
    'text where a list belongs',
    step('uses: transform\nwith: { value: 1 }\nneeds: b'),
    '7:12 WRONG_TYPE steps[0].needs',
  ],
  ['a list for the whole file', '- a\n- b\n', '1:1 WRONG_TYPE '],
  ['an empty file', '', '1:1 WRONG_TYPE '],
  ['a workflow without an id', `telos: 1\nsteps:\n${plain}`, '1:1 MISSING_KEY id'],
  ['a step that does nothing', `${head}steps:\n  - id: a\n`, '4:5 MISSING_KEY steps[0]'],
  ['a language version of the future', `telos: 2\nid: flow\nsteps:\n${plain}`, '1:8 INVALID_VALUE telos'],
  ['a name with a capital', `telos: 1\nid: Flow\nsteps:\n${plain}`, '2:5 INVALID_VALUE id'],
  [
    'a duration in words',
    step('uses: transform\nwith: { value: 1 }\ntimeout: 5 minutes'),
    '7:14 INVALID_VALUE steps[0].timeout',
  ],
  [
    'a step that is two things',
    step('uses: transform\nwith: { value: 1 }\nwait: { for: 1s }'),
    '7:5 INVALID_VALUE steps[0].wait',
  ],
  [
    'an effect weaker than the tool has',
    step('uses: http.request\nwith: { url: "https://example.org" }\neffect: read'),
    '7:13 INVALID_VALUE steps[0].effect',
  ],
  [
    'an error family that is none',
    step('uses: transform\nwith: { value: 1 }\nretry: { max: 2, errors: [timeuot] }'),
    '7:31 INVALID_VALUE steps[0].retry.errors[0]',
  ],
  [
    'a number with too many digits',
    step('uses: transform\nwith: { value: 12345678901234567890 }'),
    '6:20 INVALID_VALUE steps[0].with.value',
  ],
  ['an infinite number', step('uses: transform\nwith: { value: .inf }'), '6:20 INVALID_VALUE steps[0].with.value'],
  [
    'a default that does not fit',
    `${head}inputs: { n: { type: integer, default: x } }\nsteps:\n${plain}`,
    '3:40 INVALID_VALUE inputs.n.default',
  ],
  [
    'a foreach over text',
    step('foreach: inputs.list\nsteps:\n  - { id: b, uses: transform, with: { value: 1 } }'),
    '5:14 INVALID_VALUE steps[0].foreach',
  ],
  [
    'an item named like something of CEL',
    step('foreach: [1]\nas: map\nsteps:\n  - { id: b, uses: transform, with: { value: 1 } }'),
    '6:9 INVALID_VALUE steps[0].as',
  ],
  [
    'an else before the last case',
    step(
      'switch:\n  - { else: true, steps: [{ id: b, uses: transform, with: { value: 1 } }] }\n  - { when: false, steps: [{ id: b, uses: transform, with: { value: 1 } }] }',
    ),
    '6:11 INVALID_VALUE steps[0].switch[0].else',
  ],
  [
    'a connection named like a family of tools',
    `${head}tools: { web: { http: { base_url: "https://example.org" } } }\nsteps:\n${plain}`,
    '3:10 INVALID_VALUE tools.web',
  ],
  [
    'a case without a condition',
    step('switch:\n  - { steps: [{ id: b, uses: transform, with: { value: 1 } }] }'),
    '6:9 MISSING_KEY steps[0].switch[0]',
  ],
  [
    'a gate that asks nothing',
    step('uses: transform\nwith: { value: 1 }\ngate: { on_fail: [{ repair: 1 }] }'),
    '7:5 MISSING_KEY steps[0].gate',
  ],
  [
    'a remedy that is two',
    step('uses: transform\nwith: { value: 1 }\ngate: { pass: true, on_fail: [{ repair: 1, fallback: 2 }] }'),
    '7:35 INVALID_VALUE steps[0].gate.on_fail[0]',
  ],
  ['two steps of one id', `${head}steps:\n${plain}${plain}`, '5:11 DUPLICATE_ID steps[1].id'],
  [
    'an id that shadows one outside',
    twoSteps(`foreach: [1]\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }`),
    '10:15 DUPLICATE_ID steps[1].steps[0].id',
  ],
  ['an unknown tool', step('uses: web.serch'), '5:11 UNKNOWN_TOOL steps[0].uses'],
  [
    'an unknown connection',
    step('uses: db.query\nwith: { connection: sales, sql: select 1 }'),
    '6:25 UNKNOWN_CONNECTION steps[0].with.connection',
  ],
  [
    'an unknown check',
    step('uses: transform\nwith: { value: 1 }\ngate: { checks: [{ faithfulnes: { against: 1 } }] }'),
    '7:24 UNKNOWN_CHECK steps[0].gate.checks[0].faithfulnes',
  ],
  [
    'an unknown step in needs',
    step('uses: transform\nwith: { value: 1 }\nneeds: [b]'),
    '7:13 UNKNOWN_STEP steps[0].needs[0]',
  ],
  ['an unknown step in an expression', value('steps.b.output'), '6:25 UNKNOWN_STEP steps[0].with.value'],
  ['steps without an id', value('size(steps)'), '6:30 UNKNOWN_STEP steps[0].with.value'],
  [
    'a step that comes later',
    value('steps.b.output') + '  - { id: b, uses: transform, with: { value: 1 } }\n',
    '6:25 NOT_AN_ANCESTOR steps[0].with.value',
  ],
  [
    'a step that runs beside',
    twoSteps('needs: []\nuses: transform\nwith: { value: "${{ steps.a.output }}" }'),
    '10:25 NOT_AN_ANCESTOR steps[1].with.value',
  ],
  ['a step that reads itself', value('steps.a.output'), '6:25 NOT_AN_ANCESTOR steps[0].with.value'],
  [
    'a circle of needs',
    step('needs: [b]\nuses: transform\nwith: { value: 1 }') +
      '  - { id: b, needs: [a], uses: transform, with: { value: 1 } }\n',
    '5:12 CYCLE steps[0].needs',
  ],
  ['a step that needs itself', step('needs: [a]\nuses: transform\nwith: { value: 1 }'), '5:12 CYCLE steps[0].needs'],
  [
    'a model alias that refers to itself',
    `${head}models: { one: two, two: one }\nsteps:\n${plain}`,
    '3:16 CYCLE models.one',
  ],
  ['an unknown name', value('1 + foo'), '6:29 UNKNOWN_NAME steps[0].with.value'],
  ['an unknown function', value('sise(run.id)'), '6:25 UNKNOWN_NAME steps[0].with.value'],
  [
    'an unknown field of a step',
    twoSteps('uses: transform\nwith: { value: "${{ steps.a.outptu }}" }'),
    '9:25 UNKNOWN_NAME steps[1].with.value',
  ],
  ['the environment', value('env.HOME'), '6:25 UNKNOWN_NAME steps[0].with.value'],
  ['an item outside its foreach', value('item'), '6:25 UNKNOWN_NAME steps[0].with.value'],
  ['a score outside a gate', value('score'), '6:25 UNKNOWN_NAME steps[0].with.value'],
  [
    'a var that reads a var',
    `${head}vars: { a: 1, b: "\${{ vars.a }}" }\nsteps:\n${plain}`,
    '3:23 UNKNOWN_NAME vars.b',
  ],
  ['an expression that ends early', value('1 +'), '6:28 EXPRESSION_SYNTAX steps[0].with.value'],
  [
    'braces that nobody closes',
    step('uses: transform\nwith: { value: "a ${{ 1" }'),
    '6:23 EXPRESSION_SYNTAX steps[0].with.value',
  ],
  [
    'braces around a condition',
    step('uses: transform\nwith: { value: 1 }\nwhen: ${{ 1 > 0 }}'),
    '7:11 EXPRESSION_SYNTAX steps[0].when',
  ],
  ['types that cannot be compared', value("1 < 'a'"), '6:25 EXPRESSION_TYPE steps[0].with.value'],
  [
    'a condition that is a number',
    step('uses: transform\nwith: { value: 1 }\nwhen: size("abc")'),
    '7:11 NOT_BOOLEAN steps[0].when',
  ],
  [
    'a pass that is text',
    step('uses: transform\nwith: { value: 1 }\ngate: { pass: string(score) }'),
    '7:19 NOT_BOOLEAN steps[0].gate.pass',
  ],
  [
    'an unknown input',
    `${head}inputs: { vendor: string }\nsteps:\n  - { id: a, uses: transform, with: { value: "\${{ inputs.vendro }}" } }\n`,
    '5:51 UNKNOWN_INPUT steps[0].with.value',
  ],
  [
    'an unknown model alias',
    `${head}models: { small: ollama/x }\nsteps:\n  - { id: a, uses: llm, with: { prompt: hi, model: smal } }\n`,
    '5:52 UNKNOWN_MODEL steps[0].with.model',
  ],
  [
    'an unknown evaluator',
    step('uses: transform\nwith: { value: 1 }\ngate: { judge: quality }'),
    '7:20 UNKNOWN_EVALUATOR steps[0].gate.judge',
  ],
  [
    'a secret in a prompt',
    step('uses: llm\nwith: { prompt: "key ${{ secrets.KEY }}" }'),
    '6:30 SECRET_MISPLACED steps[0].with.prompt',
  ],
  [
    'a secret in the address of a request',
    step('uses: http.request\nwith: { url: "${{ secrets.KEY }}" }'),
    '6:23 SECRET_MISPLACED steps[0].with.url',
  ],
  [
    'a secret under headers that are only data',
    step('uses: transform\nwith: { value: { headers: "${{ secrets.KEY }}" } }'),
    '6:36 SECRET_MISPLACED steps[0].with.value.headers',
  ],
  [
    'a secret in a plan',
    step('uses: http.request\nwith: { url: x, headers: { a: "${{ secrets.KEY }}" } }'),
    '6:40 SECRET_MISPLACED steps[0].with.headers.a',
    { subset: 'plan' },
  ],
  [
    'a file that is not there',
    step('uses: llm\nwith: { prompt: { file: ./p.md } }'),
    '6:29 FILE_MISSING steps[0].with.prompt.file',
    { readFile: () => undefined },
  ],
  [
    'a file where none can be read',
    step('uses: llm\nwith: { prompt: { file: ./p.md } }'),
    '6:29 FILE_MISSING steps[0].with.prompt.file',
  ],
  [
    'an unknown parameter of a tool',
    step('uses: web.search\nwith: { query: x, limt: 5 }'),
    '6:23 TOOL_INPUT steps[0].with.limt',
  ],
  [
    'a missing parameter of a tool',
    step('uses: web.search\nwith: { limit: 5 }'),
    '6:11 TOOL_INPUT steps[0].with.query',
  ],
  [
    'a parameter of the wrong type',
    step('uses: web.search\nwith: { query: x, limit: many }'),
    '6:30 TOOL_INPUT steps[0].with.limit',
  ],
  [
    'a parameter of a check',
    step('uses: transform\nwith: { value: 1 }\ngate: { checks: [{ length: { most: 3 } }] }'),
    '7:34 TOOL_INPUT steps[0].gate.checks[0].length.most',
  ],
  [
    'a schema that is none',
    step('uses: llm\nwith: { prompt: hi, output: { schema: { type: strnig } } }'),
    '6:43 SCHEMA_INVALID steps[0].with.output.schema',
  ],
  [
    'an input schema that is none',
    `${head}inputs: { n: { type: [] } }\nsteps:\n${plain}`,
    '3:14 SCHEMA_INVALID inputs.n',
  ],
  [
    'a grant in a plan',
    `${head}permissions: { allow: [a] }\nsteps:\n${plain}`,
    '3:1 NOT_IN_PLAN permissions',
    { subset: 'plan' },
  ],
  [
    'a model strategy of a later version',
    step('uses: llm\nwith: { prompt: hi, model: { cascade: [a/b, c/d] } }'),
    '6:34 UNSUPPORTED steps[0].with.model.cascade',
  ],
];

describe('a fault', () => {
  it.each(cases.map((written) => [written[0], written] as const))(
    'names the place of %s',
    (_title, [, source, fault, options]) => {
      expect(briefFaults(source, options)).toEqual([fault]);
    },
  );

  it.each([
    ['that runs after it', '', 'it runs after this one: move `b` before it'],
    ['that runs beside it', ', needs: []', 'add it: needs: [b]'],
  ])('says how a step is read %s', (_where, needs, hint) => {
    const steps = `  - { id: a, uses: transform, with: { value: "\${{ steps.b.output }}" } }\n  - { id: b, uses: transform, with: { value: 1 }${needs} }\n`;
    expect(faultsOf(`${head}steps:\n${steps}`)).toMatchObject([{ code: 'NOT_AN_ANCESTOR', hint }]);
  });

  it('has a code that the catalogue of errors explains', () => {
    for (const [, source, , options] of cases) {
      for (const { code } of faultsOf(source, options)) expect(Object.keys(catalog)).toContain(code);
    }
  });

  it.each([
    ['tool', step('uses: web.serch'), 'did you mean `web.search`?'],
    ['key', `${head}descripton: x\nsteps:\n${plain}`, 'did you mean `description`?'],
    ['value', step('uses: transform\nwith: { value: 1 }\non_error: contineu'), 'did you mean `continue`?'],
    ['step', twoSteps('uses: transform\nneeds: [aa]\nwith: { value: 1 }'), 'did you mean `a`?'],
  ])('suggests the nearest known %s', (_kind, source, hint) => {
    expect(faultsOf(source)[0]?.hint).toBe(hint);
  });

  it.each([
    ['if', step('uses: transform\nif: "true"\nwith: { value: 1 }'), 'did you mean `when`?'],
    ['depends_on', step('uses: transform\ndepends_on: [b]\nwith: { value: 1 }'), 'did you mean `needs`?'],
    ['name', `telos: 1\nname: t\nid: t\nsteps:\n${plain}`, 'did you mean `id`?'],
    ['on', `${head}on: push\nsteps:\n${plain}`, 'did you mean `triggers`?'],
    ['int', `${head}inputs: { n: int }\nsteps:\n${plain}`, 'did you mean `integer`?'],
    ['bool', `${head}inputs: { n: { type: bool } }\nsteps:\n${plain}`, 'did you mean `boolean`?'],
  ])('says what `%s` of other tools is called here', (_word, source, hint) => {
    expect(faultsOf(source).map((fault) => fault.hint)).toEqual([hint]);
  });

  it.each([
    ['wait: 5s', 'write wait: { for: 5s }'],
    ['wait: go', 'write wait: { for: 30s }'],
    ['approve: "ok?"', 'write approve: { show: "${{ ... }}" }, or approve: {}'],
    ['parallel: [{ id: q }]', 'write parallel: { first: [...], second: [...] }, each branch a list of steps'],
    ['switch: x', 'write switch: [{ when: ..., steps: [...] }, { else: true, steps: [...] }]'],
    ['workflow: other', 'write workflow: { id: other }'],
    ['plan: find it', 'write plan: { objective: "..." }'],
    ['uses: transform\ngate: [size(output) > 0]\nwith: { value: 1 }', 'write gate: { checks: [...] }'],
  ])('says how a block is written when it is written as %s', (written, hint) => {
    expect(faultsOf(step(written))).toMatchObject([{ code: 'WRONG_TYPE', hint }]);
  });

  it('says that steps are a list when they are written as a map', () => {
    const source = `${head}steps:\n  a: { uses: transform, with: { value: 1 } }\n`;
    expect(faultsOf(source)).toMatchObject([{ hint: 'a list: each step begins with `- id: ...`' }]);
  });

  it('tells a number in quotes from the number', () => {
    expect(faultsOf(`telos: "1"\nid: t\nsteps:\n${plain}`)).toMatchObject([
      { message: 'expected a number, 1, found the text "1"', hint: 'leave out the quotes' },
    ]);
  });

  it('gives an example of a name where one is written otherwise', () => {
    const source = `telos: 1\nid: My Report\ninputs: { Half-Year: string, 1st: string }\nsteps:\n${plain}`;
    expect(faultsOf(source).map((fault) => fault.hint)).toEqual([
      'such as `my_report`',
      'such as `half_year`',
      undefined,
    ]);
  });

  it('names the types that an input may have', () => {
    const faults = faultsOf(`${head}inputs: { q: { type: text }, n: { type: intger } }\nsteps:\n${plain}`);
    expect(faults).toMatchObject([
      { code: 'INVALID_VALUE', path: 'inputs.q.type', hint: 'text is `string`' },
      { code: 'INVALID_VALUE', path: 'inputs.n.type', hint: 'did you mean `integer`?' },
    ]);
  });

  it('says that steps inside a block are read through the block', () => {
    const source =
      step(`foreach: [1]\nsteps:\n  - { id: inner, uses: transform, with: { value: 1 } }`) +
      '  - { id: b, uses: transform, with: { value: "${{ steps.inner.output }}" } }\n';
    expect(faultsOf(source)).toMatchObject([{ code: 'UNKNOWN_STEP', hint: 'read steps.a.output' }]);
  });

  it('shows the file that was named, and <source> for text without one', () => {
    expect(faultsOf('', { file: 'a/b.yaml' })[0]?.file).toBe('a/b.yaml');
    expect(faultsOf('', { file: undefined as never })[0]?.file).toBe('<source>');
  });
});

describe('one report', () => {
  it('holds ten different faults of one file at once, sorted by place', () => {
    const source = `telos: 1
id: Ten_Faults
descripton: ten
inputs: { n: integer }
models: { small: ollama/x }
steps:
  - id: a
    uses: web.serch
  - id: b
    uses: web.search
    with: { qeury: x, query: y }
    timeout: soon
  - id: c
    uses: llm
    with: { model: smal, prompt: "\${{ inputs.m }} \${{ secrets.K }}" }
  - id: d
    uses: transform
    with: { value: "\${{ steps.e.output + 1 }}" }
    when: size(string(inputs.n))
  - id: e
    uses: transform
    with: { value: "\${{ 1 + }}" }
  - id: e
    uses: transform
    with: {}
`;
    expect(briefFaults(source)).toEqual([
      '2:5 INVALID_VALUE id',
      '3:1 UNKNOWN_KEY descripton',
      '8:11 UNKNOWN_TOOL steps[0].uses',
      '11:13 TOOL_INPUT steps[1].with.qeury',
      '12:14 INVALID_VALUE steps[1].timeout',
      '15:20 UNKNOWN_MODEL steps[2].with.model',
      '15:39 UNKNOWN_INPUT steps[2].with.prompt',
      '15:55 SECRET_MISPLACED steps[2].with.prompt',
      '18:25 NOT_AN_ANCESTOR steps[3].with.value',
      '19:11 NOT_BOOLEAN steps[3].when',
      '22:28 EXPRESSION_SYNTAX steps[4].with.value',
      '23:9 DUPLICATE_ID steps[5].id',
      '25:11 TOOL_INPUT steps[5].with.value',
    ]);
  });

  it('keeps what is certain about the lines before a syntax error', () => {
    const source = `telos: 1\nid: Flow\nsteps:\n  - { id: a, uses: llm, with: { prompt: "hi } }\n`;
    const codes = faultsOf(source).map((fault) => fault.code);
    expect(codes[0]).toBe('INVALID_VALUE');
    expect(codes.slice(1).every((code) => code === 'YAML_SYNTAX')).toBe(true);
    expect(codes.length).toBeGreaterThan(1);
  });

  it('is silent about the uses of an alias, an evaluator or a connection whose own definition is at fault', () => {
    const source = `${head}models: { big: { vote: 3 } }
tools: { crm: { mcp: { url: "https://crm.example" } } }
evaluators: { good: { uses: jugde } }
steps:
  - { id: a, uses: llm, with: { prompt: hi, model: big }, gate: { judge: good } }
  - { id: b, uses: crm.update }
`;
    expect(briefFaults(source)).toEqual([
      '3:18 UNSUPPORTED models.big.vote',
      '4:17 UNSUPPORTED tools.crm.mcp',
      '5:29 UNKNOWN_CHECK evaluators.good.uses',
    ]);
  });
});

describe('unquoted braces', () => {
  it.each(['value: {{ inputs.x }}', 'value: { a: {{ inputs.x }} }', 'value: [{{ inputs.x }}]'])(
    'get a hint of their own in %s',
    (written) => {
      const faults = faultsOf(step(`uses: transform\nwith:\n  ${written}`));
      expect(faults).toHaveLength(1);
      expect(faults[0]).toMatchObject({ code: 'WRONG_TYPE', line: 7 });
      expect(faults[0]?.hint).toContain('put quotes around the whole value');
    },
  );

  it('get the same hint where they break the syntax', () => {
    const faults = faultsOf(step('uses: transform\nwith: { value: ${{ inputs.x }} }'));
    expect(faults[0]).toMatchObject({ code: 'YAML_SYNTAX', line: 6, column: 21 });
    expect(faults[0]?.hint).toContain('put quotes around the whole value');
  });
});

describe('a slip in the YAML', () => {
  const columns = 'the keys of one map begin in the same column, and so do the items of one list';
  it.each([
    ['a line too far in', `${head}steps:\n  - id: a\n     uses: transform\n`, 5, 6, 'too far', columns],
    ['a line too far out', `${head}steps:\n  - id: a\n    uses: transform\n   with: {}\n`, 6, 4, 'too little', columns],
    [
      'an item out of line',
      `${head}steps:\n    - { id: a, uses: llm }\n  - id: b\n`,
      5,
      3,
      'not in line with the items',
      columns,
    ],
    [
      'a colon in a text',
      `${head}description: Note: it works\n`,
      3,
      14,
      'makes a map of it',
      'put quotes around the text',
    ],
    ['a character that YAML keeps', `${head}description: @you\n`, 3, 14, 'reserved character', 'put quotes around'],
  ])('is told once, at its line, with what to change: %s', (_title, source, line, column, message, hint) => {
    const faults = faultsOf(source).filter(({ code }) => code === 'YAML_SYNTAX');
    expect(faults).toMatchObject([{ line, column }]);
    expect(faults[0]?.message).toContain(message);
    expect(faults[0]?.hint).toContain(hint);
  });

  it('is told for each line that has one', () => {
    const faults = faultsOf(`${head}description: One: two\nlimits: Three: four\n`);
    expect(faults.map(({ line }) => line)).toEqual([3, 4]);
  });

  it('is not followed by an error for each line after it', () => {
    const source = step('uses: transform\nwith: { value: ${{ inputs.x }} }') + '  - id: b\n    uses: transform\n';
    expect(faultsOf(source)).toMatchObject([{ line: 6, message: 'an expression stands here without quotes' }]);
  });
});

describe('a slip in an expression', () => {
  it.each([
    ['1 +', 'EXPRESSION_SYNTAX', 'the expression ends too early', undefined],
    ['(1', 'EXPRESSION_SYNTAX', 'the expression ends and `)` is missing', undefined],
    ['1)', 'EXPRESSION_SYNTAX', '`)` is not expected here', undefined],
    ['siez("a")', 'UNKNOWN_NAME', 'there is no function `siez(string)`', 'did you mean `size`?'],
    ['len("a")', 'UNKNOWN_NAME', 'there is no function `len(string)`', 'did you mean `size`?'],
    ['size(1, 2)', 'UNKNOWN_NAME', 'there is no function `size(int, int)`', '`size` takes other values'],
    ['[1, 2].sum()', 'EXPRESSION_TYPE', 'there is no function `list.sum()`', '`script.js`'],
    ['1 + "a"', 'EXPRESSION_TYPE', 'these types do not go together: int + string', undefined],
  ])('is told in words: %s', (expression, code, message, hint) => {
    const [fault] = faultsOf(step(`uses: transform\nwith:\n  value: \${{ ${expression} }}`));
    expect(fault).toMatchObject({ code, message });
    if (hint === undefined) expect(fault?.hint).toBeUndefined();
    else expect(fault?.hint).toContain(hint);
  });
});
