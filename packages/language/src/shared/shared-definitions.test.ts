import { describe, expect, it, vi } from 'vitest';
import { compile } from '../compile.ts';
import { sampleCatalog } from '../testing/sample-catalog.ts';
import { readSettings } from './read-settings.ts';

const settings = (text: string) => readSettings(text, 'telos.yaml', () => Promise.resolve(sampleCatalog));
const brief = async (text: string) =>
  (await settings(text)).faults.map(
    ({ file, line, column, code, message }) => `${file}:${line}:${column} ${code} ${message}`,
  );

const shared = `models:
  small: ollama/llama3.2
  writer: { fallback: [small, openai/gpt-5.2] }
tools:
  sales: { db: { url: "\${{ secrets.SALES_URL }}" } }
  other: { db: { url: "\${{ secrets.OTHER_URL }}" } }
evaluators:
  brief_quality: { uses: judge, with: { model: small, rubric: [is short] } }
  unused: { uses: length, with: { max: 3 } }
`;

const compiledWith = async (steps: string, more = '') => {
  const { shared: definitions, faults } = await settings(shared);
  expect(faults).toEqual([]);
  const result = compile(`telos: 1\nid: t\n${more}steps:\n${steps}`, {
    catalog: { ...sampleCatalog, shared: definitions },
  });
  if (!result.ok) throw new Error(result.faults.map(({ message }) => message).join('\n'));
  return result.compiled;
};

describe('shared definitions', () => {
  it('are used as if they stood in the workflow', async () => {
    const { program } = await compiledWith(
      `  - { id: a, uses: llm, with: { model: writer, prompt: x }, gate: { judge: brief_quality } }
  - { id: b, uses: sales.query, with: { sql: "SELECT 1" } }
`,
    );
    expect(program.steps[0]).toMatchObject({
      with: { model: { fallback: ['ollama/llama3.2', 'openai/gpt-5.2'] } },
      gate: { judge: { uses: 'judge', with: { model: 'ollama/llama3.2', rubric: ['is short'] } } },
    });
    expect(program.requires).toMatchObject({ secrets: ['SALES_URL'] });
    expect(Object.keys(program.tools)).toEqual(['sales']);
    expect(Object.keys(program.evaluators)).toEqual(['brief_quality']);
  });

  it('are no part of a workflow that does not name them', async () => {
    const steps = '  - { id: a, uses: transform, with: { value: "small talk about sales" } }\n';
    const plain = compile(`telos: 1\nid: t\nsteps:\n${steps}`, { catalog: sampleCatalog });
    expect(plain.ok && plain.compiled.hash).toBe((await compiledWith(steps)).hash);
  });

  it("give way to the workflow's own", async () => {
    const { program } = await compiledWith(
      '  - { id: a, uses: llm, with: { model: small, prompt: x } }\n',
      'models: { small: openai/mine }\n',
    );
    expect(program.requires.models).toEqual(['openai/mine']);
  });

  it('grant a plan no connection', async () => {
    const plan = 'telos: 1\nid: p\nsteps:\n  - { id: b, uses: sales.query, with: { sql: "SELECT 1" } }\n';
    const { shared: definitions } = await settings(shared);
    const result = compile(plan, { catalog: { ...sampleCatalog, shared: definitions }, subset: 'plan' });
    expect(result).toMatchObject({ ok: false, faults: [{ code: 'UNKNOWN_TOOL' }] });
  });
});

describe('a settings file', () => {
  it('asks what there is to name only when it shares something', async () => {
    const catalog = vi.fn(() => Promise.resolve(sampleCatalog));
    await readSettings('TELOS_HOME: .telos\n', 'telos.yaml', catalog);
    expect(catalog).not.toHaveBeenCalled();
    await readSettings('models: { a: ollama/llama3.2 }\n', 'telos.yaml', catalog);
    expect(catalog).toHaveBeenCalledOnce();
  });

  it('gives its other entries with their places, for whoever knows them', async () => {
    expect((await settings('TELOS_HOME: .telos\nmodels: {}\n  \nOTHER: 3\n')).entries).toEqual([
      { key: 'TELOS_HOME', value: '.telos', line: 1, column: 1 },
      { key: 'OTHER', value: 3, line: 4, column: 1 },
    ]);
  });

  it('is told of everything that is wrong with what it shares, each at its place', async () => {
    expect(
      await brief(`models:
  a: nonesuch
  b: 3
tools:
  web: { db: { url: x } }
  sales: { db: { url: "\${{ inputs.url }}" } }
evaluators:
  q: { uses: jugde, with: {} }
  r: { uses: length, with: { maxx: 3 } }
`),
    ).toEqual([
      'telos.yaml:2:6 UNKNOWN_MODEL there is no model alias `nonesuch`',
      expect.stringMatching(/^telos\.yaml:3:6 /),
      'telos.yaml:5:3 INVALID_VALUE `web` is already the name of a tool or a family of tools',
      'telos.yaml:6:28 UNKNOWN_INPUT there is no input `url`',
      'telos.yaml:8:14 UNKNOWN_CHECK there is no check `jugde`',
      'telos.yaml:9:30 TOOL_INPUT the check `length` takes no `maxx`',
    ]);
  });

  it.each([
    ['- a\n- b\n', 'telos.yaml:1:1 WRONG_TYPE expected a map of settings, found a list'],
    ['a: 1\na: 2\n', 'telos.yaml:2:1 DUPLICATE_KEY the key `a` stands twice in this map'],
    ['a: [\n', 'telos.yaml:2:1 YAML_SYNTAX'],
  ])('may be of another form, and is told so: %j', async (text, fault) => {
    expect((await brief(text))[0]).toContain(fault);
    expect(await brief('')).toEqual([]);
  });
});
