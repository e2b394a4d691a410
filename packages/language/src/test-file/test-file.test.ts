import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { sampleCatalog } from '../testing/sample-catalog.ts';
import { compileTestFile } from './compile-test-file.ts';
import { readCassette, requestHash, writeCassette } from './cassette.ts';
import type { RecordedCall } from './cassette.ts';
import { namesStep } from './step-names.ts';
import type { TestFile } from './test-file.ts';
import { testSchema } from './test-schema.ts';
import { testJsonSchema } from './test-json-schema.ts';
import { addCase, writeTestFile } from './write-test-file.ts';

const workflow = `telos: 1
id: greet
inputs: { name: string, times: { type: integer, default: 1 } }
evaluators:
  short: { uses: length, with: { max: 9 } }
steps:
  - { id: find, uses: web.search, with: { query: "\${{ inputs.name }}" } }
  - id: each
    foreach: "\${{ [1, 2] }}"
    steps:
      - { id: say, uses: llm, with: { prompt: "\${{ inputs.name }}" } }
  - id: ask
    approve: { show: "\${{ steps.each.output }}" }
  - id: do
    plan: { objective: greet them }
outputs: { text: "\${{ steps.each.output }}" }
`;

const head = `telos: 1
test: greetings
workflow: ./greet.yaml
`;

const compiled = (source: string) =>
  compileTestFile(source, {
    catalog: sampleCatalog,
    file: 'greet.test.yaml',
    workflow: async (named) => (named === './greet.yaml' ? { source: workflow, file: 'greet.yaml' } : undefined),
  });

async function test(source: string): Promise<TestFile> {
  const result = await compiled(source);
  if (result.ok) return result.test;
  throw new Error(JSON.stringify(result.faults));
}

async function faults(cases: string): Promise<readonly string[]> {
  const result = await compiled(`${head}${cases}`);
  return result.ok
    ? []
    : result.faults.map(
        ({ line, column, code, message, hint }) =>
          `${line}:${column} ${code} ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
}

describe('a test file', () => {
  it('gives cases with what stands above them, their own before it', async () => {
    const { cases } = await test(`${head}now: 2026-03-01T00:00:00Z
mocks: { find: { output: {} } }
decisions: { ask: approve }
cases:
  one: { inputs: { name: Ada } }
  two:
    inputs: { name: Bo }
    now: 2026-04-01T00:00:00+02:00
    decisions: { ask: [{ decision: reject, note: no }, approve] }
    expect: { error: APPROVAL_REJECTED }
`);
    expect(cases).toMatchObject([
      {
        name: 'one',
        now: Date.UTC(2026, 2, 1),
        mocks: { find: [{ output: {} }] },
        decisions: { ask: [{ decision: 'approve' }] },
        expect: { status: 'succeeded' },
        line: 8,
      },
      {
        name: 'two',
        now: Date.UTC(2026, 2, 31, 22),
        decisions: { ask: [{ decision: 'reject', note: 'no' }, { decision: 'approve' }] },
        expect: { status: 'failed', error: { code: 'APPROVAL_REJECTED' } },
      },
    ]);
  });

  it('takes the checks of a gate, with the evaluators of the workflow, over what the run gave', async () => {
    const { cases } = await test(`${head}cases:
  one:
    inputs: { name: Ada }
    expect:
      checks: [short, 'size(output.text) == 2', "steps.ask.status == 'succeeded' && usage.calls < 3"]
      steps: { each.say: { checks: [output.text != ''] } }
`);
    expect(cases[0]?.expect.checks).toHaveLength(3);
    expect(cases[0]?.expect.steps['each.say']?.checks).toHaveLength(1);
  });

  it('names steps by their paths, or without the numbers in them', () => {
    expect(namesStep('each.say', 'each[3].say')).toBe(true);
    expect(namesStep('each[3].say', 'each[3].say')).toBe(true);
    expect(namesStep('each[2].say', 'each[3].say')).toBe(false);
    expect(namesStep('refine.write', 'refine#2.write')).toBe(true);
  });

  it.each([
    [
      'a key that is not known',
      'case: {}\ncases: { a: { inputs: { name: x } } }\n',
      '4:1 UNKNOWN_KEY the key `case` is not known here (did you mean `cases`?)',
    ],
    [
      'an input that the workflow has not',
      'cases:\n  a: { inputs: { name: x, time: 1 } }\n',
      '5:27 UNKNOWN_INPUT the workflow has no input `time` (did you mean `times`?)',
    ],
    [
      'an input that does not fit',
      'cases:\n  a: { inputs: { name: 1 } }\n',
      '5:16 INPUT_INVALID name: expected string, found number',
    ],
    [
      'a step that the workflow has not',
      'cases:\n  a: { inputs: { name: x }, expect: { ran: [fnd] } }\n',
      '5:45 UNKNOWN_STEP the workflow has no step `fnd` (did you mean `find`?)',
    ],
    [
      'a step named without its block',
      'cases:\n  a: { inputs: { name: x }, mocks: { say: { output: 1 } } }\n',
      '5:38 UNKNOWN_STEP the workflow has no step `say` (inside its block it is `each.say`)',
    ],
    [
      'a mock of a block',
      'cases:\n  a: { inputs: { name: x }, mocks: { each: { output: 1 } } }\n',
      '5:38 INVALID_VALUE `each` is a block, and calls no tool itself (give what steps in it give: `each.<step>`)',
    ],
    [
      'a mock that its tool would never give',
      'cases:\n  a: { inputs: { name: x }, mocks: { find: { output: 1 } } }\n',
      '5:54 INVALID_VALUE `web.search` never gives this: Invalid input: expected record, received number',
    ],
    [
      'a mock that gives nothing',
      'cases:\n  a: { inputs: { name: x }, mocks: { find: {} } }\n',
      '5:44 MISSING_KEY a mock gives an `output` or an `error`, and one of the two',
    ],
    [
      'an output that the workflow has not',
      'cases:\n  a: { inputs: { name: x }, expect: { outputs: { txt: 1 } } }\n',
      '5:50 UNKNOWN_NAME the workflow has no output `txt` (did you mean `text`?)',
    ],
    [
      'an error that there is not',
      'cases:\n  a: { inputs: { name: x }, expect: { error: GATE_FALED } }\n',
      '5:46 UNKNOWN_NAME there is no error `GATE_FALED` (did you mean `GATE_FAILED`?)',
    ],
    [
      'a tool that there is not',
      'cases:\n  a: { inputs: { name: x }, expect: { calls: [{ tool: web.serch }] } }\n',
      '5:55 UNKNOWN_TOOL there is no tool `web.serch` (did you mean `web.search`?)',
    ],
    [
      'a check that asks a model',
      'cases:\n  a: { inputs: { name: x }, expect: { checks: [{ judge: { model: x/y, rubric: [kind] } }] } }\n',
      '5:48 INVALID_VALUE `judge` asks a model, and what a test expects is checked without one (use it as a gate, or in an experiment)',
    ],
    [
      'an expression with a name that is not there',
      'cases:\n  a: { inputs: { name: x }, expect: { checks: ["outpt.text == 1"] } }\n',
      '5:49 UNKNOWN_NAME there is no `outpt` here (did you mean `output`?)',
    ],
    [
      'a decision that there is not',
      'cases:\n  a: { inputs: { name: x }, decisions: { ask: aprove } }\n',
      /^5:47 .*`approve`/,
    ],
    ['no cases', 'cases: {}\n', '4:8 INVALID_VALUE there are no cases'],
    [
      'a time without its zone',
      'now: 2026-01-01T00:00:00\ncases: { a: { inputs: { name: x } } }\n',
      /^4:6 .*with its zone/,
    ],
  ])('is refused for %s, with its place and what was meant', async (_what, cases, fault) => {
    expect(await faults(cases)).toEqual([typeof fault === 'string' ? fault : expect.stringMatching(fault)]);
  });

  it('says so when there is no such workflow, and what is wrong with the workflow in its own file', async () => {
    const result = await compileTestFile(`${head}cases: { a: {} }\n`, {
      catalog: sampleCatalog,
      file: 'a.test.yaml',
      workflow: async () => undefined,
    });
    expect(result).toMatchObject({ ok: false, faults: [{ code: 'FILE_MISSING', line: 3, column: 11 }] });
    const broken = await compileTestFile(`${head}cases: { a: {} }\n`, {
      catalog: sampleCatalog,
      file: 'a.test.yaml',
      workflow: async () => ({ source: 'telos: 1\nid: x\n', file: 'x.yaml' }),
    });
    expect(broken).toMatchObject({ ok: false, faults: [{ code: 'MISSING_KEY', file: 'x.yaml' }] });
  });

  it('allows any name inside a block whose steps are known when it runs', async () => {
    await expect(
      test(`${head}cases:\n  a: { inputs: { name: x }, mocks: { do.fetch: { output: 1 } } }\n`),
    ).resolves.toBeDefined();
  });

  it('has the JSON Schema that is in the repository', () => {
    const stored: unknown = JSON.parse(
      readFileSync(new URL('../../../../schema/test.v1.json', import.meta.url), 'utf8'),
    );
    expect(testJsonSchema()).toEqual(stored);
  });

  it('has a page whose examples are of its form', () => {
    const page = readFileSync(new URL('../../../../docs/testing.md', import.meta.url), 'utf8');
    const [example = '', call = ''] = Array.from(page.matchAll(/^```yaml\n([\s\S]*?)^```$/gm), ([, text = '']) => text);
    expect(testSchema.safeParse(parse(example)).error?.issues).toBeUndefined();
    const cassette = `telos: 1\ncassette: a\ncases: { a: { workflow: ab, calls: ${JSON.stringify(parse(call))} } }\n`;
    expect(readCassette(cassette, 'a.yaml')).toMatchObject({ ok: true });
  });

  it('can be written, and given another case that leaves the rest as it is', async () => {
    const one = { inputs: { name: 'Ada' }, expect: { status: 'succeeded' } };
    const written = writeTestFile({
      test: 'greetings',
      workflow: './greet.yaml',
      keepsPrivate: true,
      name: 'a',
      case: one,
    });
    const more = addCase(`# mine\n${written}`, { name: 'b', case: one });
    expect(more).toMatch(/^# mine\ntelos: 1\n/);
    expect((await test(more)).cases.map(({ name }) => name)).toEqual(['a', 'b']);
    expect(() => addCase(more, { name: 'b', case: one })).toThrow(expect.objectContaining({ code: 'TEST_EXISTS' }));
    expect(() => addCase('id: x\n', { name: 'b', case: one })).toThrow(
      expect.objectContaining({ code: 'TEST_EXISTS' }),
    );
  });
});

describe('a cassette', () => {
  const asked = {
    step: 'each[0].say',
    kind: 'model',
    name: 'auto',
    with: { messages: [{ role: 'user', text: 'a\nb' }] },
  } as const;
  const call: RecordedCall = { ...asked, request: requestHash(asked), gives: { text: 'Hello.' } };

  it('is read as it was written', () => {
    const failed: RecordedCall = {
      ...call,
      kind: 'tool',
      name: 'web.search',
      request: requestHash({ ...asked, kind: 'tool', name: 'web.search' }),
      error: { code: 'HTTP_STATUS', kind: 'retryable', message: 'Busy.' },
      usage: { input_tokens: 1, output_tokens: 2, usd: 0.5, ms: 3, calls: 1 },
    };
    const cassette = { cases: { one: { workflow: 'ab', calls: [call, failed] } } };
    const read = readCassette(writeCassette('greetings', cassette), 'a.cassette.yaml');
    expect(read).toEqual({ ok: true, cassette });
  });

  it('may be changed by hand: what is asked is what stands there', () => {
    const text = writeCassette('greetings', { cases: { one: { workflow: 'ab', calls: [call] } } });
    const read = readCassette(text.replace('role: user', 'role: system'), 'a.cassette.yaml');
    expect(read.ok && read.cassette.cases['one']?.calls[0]?.request).not.toBe(call.request);
  });

  it('is refused with its place when it is none', () => {
    const source = 'telos: 1\ncassette: a\ncases:\n  one: { workflow: ab, calls: [{ step: a, tol: x, request: r }] }\n';
    const result = readCassette(source, 'a.cassette.yaml');
    expect(result.ok ? [] : result.faults).toMatchObject([
      { code: 'UNKNOWN_KEY', file: 'a.cassette.yaml', line: 4, hint: 'did you mean `tool`?' },
    ]);
  });
});
