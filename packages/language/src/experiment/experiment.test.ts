import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { sampleCatalog } from '../testing/sample-catalog.ts';
import { compileExperiment } from './compile-experiment.ts';
import { cellsOf } from './experiment.ts';
import type { Experiment } from './experiment.ts';
import { experimentJsonSchema } from './experiment-json-schema.ts';
import { readCsv } from './read-csv.ts';
import { readDataset } from './read-dataset.ts';

const workflow = `telos: 1
id: greet
inputs: { name: string, times: { type: integer, default: 1 } }
vars: { word: hello }
models: { small: openai/small }
evaluators:
  polite: { uses: faithfulness, with: { against: "\${{ inputs.name }}" }, min: 0.5 }
steps:
  - { id: say, uses: llm, with: { model: small, prompt: "\${{ vars.word }} \${{ inputs.name }}" } }
outputs: { text: "\${{ steps.say.output.text }}" }
`;

const files: { [path: string]: string } = {
  './greet.yaml': workflow,
  './rows.jsonl': '{"inputs":{"name":"Ada"},"expected":"hello Ada"}\n\n{"id":"b","name":"Bo","expected":"hello Bo"}\n',
};

const compiled = (source: string, more: { [path: string]: string } = {}) =>
  compileExperiment(source, {
    catalog: sampleCatalog,
    file: 'try.yaml',
    workflow: async (path) => {
      const text = { ...files, ...more }[path];
      return text === undefined ? undefined : { source: text, file: path.slice(2) };
    },
    readFile: (path) => {
      const text = { ...files, ...more }[path];
      return text === undefined ? undefined : { text, file: path.slice(2) };
    },
  });

async function experiment(source: string, more?: { [path: string]: string }): Promise<Experiment> {
  const result = await compiled(source, more);
  if (result.ok) return result.experiment;
  throw new Error(JSON.stringify(result.faults));
}

async function faults(source: string, more?: { [path: string]: string }): Promise<readonly string[]> {
  const result = await compiled(source, more);
  return result.ok
    ? []
    : result.faults.map((each) => `${each.file}:${each.line}:${each.column} ${each.code} ${each.message}`);
}

const head = `telos: 1
experiment: greetings
workflow: ./greet.yaml
dataset: ./rows.jsonl
checks: ["output.text == expected"]
`;

describe('an experiment', () => {
  it('is every row by every variant, as often as it says, row by row', async () => {
    const made = await experiment(`${head}repetitions: 2
variants:
  plain: {}
  loud: { inputs: { times: 3 }, vars: { word: HELLO } }
`);
    const cells = cellsOf(made);
    expect(cells.map(({ row, variant, repetition }) => `${row.id} ${variant.name} ${repetition}`)).toEqual([
      '1 plain 1',
      '1 loud 1',
      'b plain 1',
      'b loud 1',
      '1 plain 2',
      '1 loud 2',
      'b plain 2',
      'b loud 2',
    ]);
    expect(cells[3]?.inputs).toEqual({ name: 'Bo', times: 3 });
    expect(made.rows).toEqual([
      { id: '1', inputs: { name: 'Ada' }, expected: 'hello Ada' },
      { id: 'b', inputs: { name: 'Bo' }, expected: 'hello Bo' },
    ]);
    expect(made.baseline).toBe('plain');
  });

  it('keeps the text of a workflow that a variant leaves as it is, and puts its models and vars in place in another', async () => {
    const made = await experiment(`${head}variants:
  plain: {}
  large: { models: { small: openai/large } }
`);
    const [plain, large] = made.variants;
    expect(plain?.source).toBe(workflow);
    expect(large?.compiled.hash).not.toBe(plain?.compiled.hash);
    expect(JSON.stringify(large?.compiled.program.steps)).toContain('openai/large');
  });

  it('takes evaluators from itself, then from the workflow, and counts a judge as one more check', async () => {
    const made = await experiment(
      `${head.replace(/checks.*\n/, 'checks: [polite]\n')}judge: { uses: judge, with: { model: small, rubric: [is kind] } }\n`,
    );
    expect(made.checks).toMatchObject([
      { name: 'polite', uses: 'faithfulness', min: 0.5 },
      { name: 'judge', uses: 'judge' },
    ]);
    const own = await experiment(
      `${head}evaluators: { polite: { uses: faithfulness, with: { against: please } } }\n`.replace(
        'checks: ["output.text == expected"]',
        'checks: [polite]',
      ),
    );
    expect(own.checks).toMatchObject([{ name: 'polite', with: { against: 'please' } }]);
  });

  it('is the same one while nothing changes that decides what is run and how it is judged', async () => {
    const { identity } = await experiment(head);
    expect((await experiment(`${head}concurrency: 9\nfloor: { score: 0.5 }\n`)).identity).toBe(identity);
    expect((await experiment(`${head}repetitions: 2\n`)).identity).not.toBe(identity);
    const others = { './rows.jsonl': '{"name":"Cy","expected":"x"}\n' };
    expect((await experiment(head, others)).identity).not.toBe(identity);
  });
});

describe('a fault of an experiment', () => {
  it.each([
    ['a key that is not known', `${head}variant: {}\n`, 'try.yaml:6:1 UNKNOWN_KEY the key `variant` is not known here'],
    [
      'an input that the workflow has not',
      `${head}variants:\n  a: { inputs: { nome: x } }\n`,
      'try.yaml:7:18 UNKNOWN_INPUT the workflow has no input `nome`',
    ],
    [
      'an alias that the workflow has not',
      `${head}variants:\n  a: { models: { smal: openai/x } }\n`,
      'try.yaml:7:18 UNKNOWN_NAME the workflow has no alias of a model `smal`',
    ],
    ['a baseline that is no variant', `${head}baseline: b\n`, 'try.yaml:6:11 UNKNOWN_NAME there is no variant `b`'],
    [
      'a name that no check sees',
      head.replace('expected', 'expcted'),
      'try.yaml:5:26 UNKNOWN_NAME there is no `expcted` here',
    ],
    [
      'a check that is not there',
      head.replace('["output.text == expected"]', '[{ faithfullness: { against: a } }]'),
      'try.yaml:5:12 UNKNOWN_CHECK there is no check `faithfullness`',
    ],
    [
      'a workflow that is not there',
      head.replace('greet.yaml', 'great.yaml'),
      'try.yaml:3:11 FILE_MISSING the workflow `./great.yaml` cannot be read',
    ],
    [
      'a dataset that is not there',
      head.replace('rows.jsonl', 'row.jsonl'),
      'try.yaml:4:10 FILE_MISSING the dataset `./row.jsonl` cannot be read',
    ],
    ['nothing to judge by', head.replace(/checks.*\n/, ''), 'MISSING_KEY an experiment needs `checks` or a `judge`'],
    ['a list in place of a map', '- a\n', 'try.yaml:1:1 WRONG_TYPE an experiment is a map'],
  ])('says where %s stands', async (_what, source, fault) => {
    expect((await faults(source)).join('\n')).toContain(fault);
  });

  it('stands in the file that it is in: the workflow, or the line of the dataset', async () => {
    const broken = { './greet.yaml': workflow.replace('vars.word }} ', 'vars.wrd }} ') };
    expect((await faults(head, broken))[0]).toMatch(/^greet\.yaml:9:\d+ UNKNOWN_NAME/);
    const rows = {
      './rows.jsonl': '{"name":"Ada"}\n{"nam":"Bo"}\nnonsense\n{"inputs":{"name":3}}\n{"id":"1","name":"x"}\n',
    };
    const found = await faults(head, rows);
    expect(found.map((fault) => fault.replace(/(INVALID|SYNTAX).*/, '$1'))).toEqual(
      expect.arrayContaining([
        'rows.jsonl:2:1 INPUT_INVALID',
        'rows.jsonl:3:1 YAML_SYNTAX',
        'rows.jsonl:4:1 INPUT_INVALID',
      ]),
    );
    expect(found.some((fault) => fault.startsWith('rows.jsonl:5:1 DUPLICATE_ID'))).toBe(true);
  });

  it('of a variant is told at the variant', async () => {
    const source = `${head}variants:\n  plain: {}\n  odd: { vars: { word: "\${{ inputs.nme }}" } }\n`;
    expect(await faults(source)).toEqual([
      expect.stringMatching(
        /^try\.yaml:8:\d+ UNKNOWN_INPUT with this variant the workflow has a fault at `vars\.word`/,
      ),
    ]);
  });
});

describe('a dataset in CSV', () => {
  const specs = {
    name: { schema: { type: 'string' }, required: true },
    times: { schema: { type: 'integer' }, required: false },
  } as const;

  it('gives inputs what they take, and leaves out what is empty', () => {
    const csv =
      'id,name,times,expected.text,expected.kind\r\na,"Ada, Countess",2,"say ""hi""",greeting\r\nb,7,,hey,\r\n';
    expect(readDataset(csv, 'rows.csv', specs)).toEqual({
      faults: [],
      rows: [
        {
          id: 'a',
          inputs: { name: 'Ada, Countess', times: 2 },
          expected: { text: 'say "hi"', kind: 'greeting' },
          line: 2,
        },
        { id: 'b', inputs: { name: '7' }, expected: { text: 'hey', kind: '' }, line: 3 },
      ],
    });
  });

  it('says on which line a row has too many fields, or a quote is never closed', () => {
    expect(readDataset('name\n"a\nb"\nc,d\n', 'r.csv', specs).faults).toMatchObject([
      { line: 4, code: 'INVALID_VALUE' },
    ]);
    expect(readDataset('name\n"a\n', 'r.csv', specs).faults).toMatchObject([{ line: 2, code: 'YAML_SYNTAX' }]);
    expect(readDataset('name\n', 'r.csv', specs).faults).toMatchObject([{ message: 'the dataset has no rows' }]);
  });

  it('is read with the last field empty, without a line break at the end, and with a mark of byte order', () => {
    expect(readCsv('\uFEFFa,b\n1,\n2,3')).toEqual([
      { line: 1, fields: ['a', 'b'] },
      { line: 2, fields: ['1', ''] },
      { line: 3, fields: ['2', '3'] },
    ]);
  });
});

describe('the JSON Schema of experiments', () => {
  it('is written to schema/experiment.v1.json as it is now; `pnpm schema` writes it again', () => {
    const written = readFileSync(new URL('../../../../schema/experiment.v1.json', import.meta.url), 'utf8');
    expect(JSON.parse(written)).toEqual(experimentJsonSchema());
  });
});
