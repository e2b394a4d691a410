import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '@telos/testkit/model-server';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-calibrate-'));
  const rows = [
    { id: 'a', output: 'red and blue', label: 1 },
    { id: 'b', output: 'red', label: 1 },
    { id: 'c', output: 'green', label: 0 },
  ];
  writeFileSync(join(folder, 'rows.jsonl'), rows.map((row) => JSON.stringify(row)).join('\n'));
});

async function telos(
  words: readonly string[],
  { onInterrupt = () => () => {} }: Partial<Pick<Terminal, 'onInterrupt'>> = {},
) {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(words, {
    environment: {},
    folder,
    isInteractive: true,
    hasColour: false,
    size: () => ({ columns: 120, rows: 40 }),
    write: (text) => void (output += text),
    complain: (text) => void (complaints += text),
    onInterrupt,
    now: () => Date.parse('2026-03-01T12:00:00Z'),
  });
  return { code, output, complaints };
}

const calibrated = ['calibrate', 'contains', 'rows.jsonl', '--with', 'all=["red"]'];

describe('telos calibrate', () => {
  it('prints one object with the figures, null where one has no meaning', async () => {
    const { code, output, complaints } = await telos([...calibrated, '--json']);
    expect({ code, complaints }).toEqual({ code: 0, complaints: '' });
    expect(output.split('\n')).toHaveLength(2);
    expect(JSON.parse(output)).toMatchObject({
      type: 'calibration',
      evaluator: 'contains',
      n: 3,
      positives: 2,
      precision: 1,
      recall: 1,
      f1: 1,
      auc: 1,
      recall_at_fpr_01: 1,
      recall_at_fpr_03: 1,
      balanced_accuracy: 1,
      kappa: 1,
      spearman: null,
      errors: 0,
    });
  });

  it('shows a person the figures with their intervals', async () => {
    const { output } = await telos(calibrated);
    expect(output).toContain('3 rows, 2 positive, threshold 1.000\n');
    expect(output).toMatch(/^f1 +1\.0000 {2}1\.000 to 1\.000$/m);
    expect(output).not.toContain('spearman');
  });

  it('is remembered: `telos checks` shows it, once however often it was made', async () => {
    await telos(calibrated);
    await telos(calibrated);
    await telos(['calibrate', 'contains', 'rows.jsonl', '--with', 'all=["blue"]']);
    const { output } = await telos(['checks', 'contains']);
    const [, kept = ''] = output.split('calibrated\n');
    expect(kept.trim().split('\n')).toHaveLength(2);
    expect(kept).toContain('2026-03-01 12:00  contains  3 rows  f1 1.000');
    const { output: json } = await telos(['checks', 'contains', '--json']);
    expect(JSON.parse(json)).toMatchObject({ calibrations: [{ n: 3 }, { n: 3 }] });
  });

  it('ends with 1 below a floor, also where the figure has no meaning', async () => {
    const { code, complaints } = await telos([
      ...calibrated,
      '--with',
      'all=["blue"]',
      '--floor',
      'recall=0.9',
      '--floor',
      'spearman=0',
    ]);
    expect(code).toBe(1);
    expect(complaints).toBe(
      'recall is 0.5000; the floor is 0.9.\nspearman is without meaning on these rows; the floor is 0.\n',
    );
    expect((await telos([...calibrated, '--floor', 'f1=1'])).code).toBe(0);
  });

  it('says how many rows got no verdict, and fails when none got one', async () => {
    const { code, complaints } = await telos(['calibrate', 'faithfulness', 'rows.jsonl', '--json']);
    expect(code).toBe(1);
    expect(complaints).toMatch(/^3 of 3 rows got no verdict and count as wrong: There are no sources/);
  });

  it('takes parameters from a file, and single fields over it', async () => {
    writeFileSync(join(folder, 'params.json'), JSON.stringify({ all: ['RED'], ignore_case: true }));
    const from = (...more: string[]) =>
      telos(['calibrate', 'contains', 'rows.jsonl', '--json', '--with', 'params.json', ...more]);
    expect(JSON.parse((await from()).output)).toMatchObject({ recall: 1 });
    expect(JSON.parse((await from('--with', 'ignore_case=false')).output)).toMatchObject({ recall: 0 });
  });

  it('measures an evaluator that a workflow names, by the score that it must reach there', async () => {
    const workflow = `telos: 1
id: demo
evaluators:
  colours: { uses: contains, with: { all: [red, blue] }, min: 0.5 }
  dynamic: { uses: contains, with: { all: ["\${{ inputs.word }}"] } }
inputs: { word: string }
steps:
  - { id: a, uses: transform, with: { value: 1 } }
outputs: { a: "\${{ steps.a.output }}" }
`;
    writeFileSync(join(folder, 'demo.yaml'), workflow);
    const of = (name: string, ...more: string[]) =>
      telos(['calibrate', name, 'rows.jsonl', '--workflow', 'demo.yaml', '--json', ...more]);
    expect(JSON.parse((await of('colours')).output)).toMatchObject({
      evaluator: 'colours',
      check: 'contains',
      recall: 1,
      threshold: 0.5,
    });
    const dynamic = await of('dynamic');
    expect(dynamic.code).toBe(2);
    expect(dynamic.complaints).toContain('The parameters of dynamic read a run, and there is none here.');
    expect((await of('dynamic', '--with', 'all=["red"]')).code).toBe(0);
  });

  it('measures an evaluator that telos.yaml shares, with the models that it names', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    writeFileSync(
      join(folder, 'telos.yaml'),
      `OPENAI_BASE_URL: ${server.url}
OPENAI_API_KEY: key
models:
  small: openai/scripted-small
  strict: { fallback: [small, openai/scripted-large] }
evaluators:
  colours: { uses: contains, with: { all: [red, blue] }, min: 0.5 }
  good: { uses: judge, with: { model: strict, rubric: [is a colour] } }
`,
    );
    const of = (...words: string[]) => telos(['calibrate', words[0] ?? '', 'rows.jsonl', '--json', ...words.slice(1)]);
    expect(JSON.parse((await of('colours')).output)).toMatchObject({ check: 'contains', threshold: 0.5, recall: 1 });
    await of('good');
    expect(new Set(server.requests.map(({ model }) => model))).toEqual(new Set(['scripted-small', 'scripted-large']));
    const asked = server.requests.length;
    await of('judge', '--with', 'rubric=["is red"]', '--with', 'model=small');
    expect(new Set(server.requests.slice(asked).map(({ model }) => model))).toEqual(new Set(['scripted-small']));
    expect((await of('judge', '--with', 'rubric=["is red"]', '--with', 'model=smal')).complaints).toMatch(
      /^USAGE: There is no model smal\. Did you mean small\?/,
    );
    expect((await of('colors')).complaints).toContain('Did you mean colours?');
  });

  it('keeps to the rate limits of telos.yaml', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    writeFileSync(
      join(folder, 'telos.yaml'),
      `OPENAI_BASE_URL: ${server.url}\nOPENAI_API_KEY: key\nrate_limits: { openai: { requests_per_minute: 1 } }\n`,
    );
    const stopping: (() => void)[] = [];
    const calibrating = telos(
      ['calibrate', 'judge', 'rows.jsonl', '--with', 'rubric=["x"]', '--with', 'model=openai/m'],
      {
        onInterrupt: (stop) => (stopping.push(stop), () => {}),
      },
    );
    await expect.poll(() => server.requests.length).toBe(1);
    for (const stop of stopping) stop();
    await calibrating;
    expect(server.requests).toHaveLength(1);
  });

  it('reads a file of any length line by line, whatever stands on the edge of a chunk', async () => {
    const rows = Array.from({ length: 9 }, (_, at) => ({
      id: `${at}`,
      output: `${'é'.repeat(260_001)} red`,
      label: 1,
    }));
    writeFileSync(join(folder, 'long.jsonl'), `\uFEFF${rows.map((row) => JSON.stringify(row)).join('\r\n')}\r\n`);
    const { code, output } = await telos(['calibrate', 'contains', 'long.jsonl', '--with', 'all=["red"]', '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(output)).toMatchObject({ n: 9, recall: 1 });
  });

  it('says of a file that is no text that it is none', async () => {
    writeFileSync(join(folder, 'wide.jsonl'), Buffer.from('\uFEFF{"output":"a","label":1}', 'utf16le'));
    const { code, complaints } = await telos(['calibrate', 'contains', 'wide.jsonl', '--with', 'all=["red"]']);
    expect([code, complaints.split('. ')[0]]).toEqual([
      2,
      'FILE_UNREADABLE: wide.jsonl is not text in UTF-8, but in UTF-16',
    ]);
  });

  it.each([
    [['contain'], 'USAGE: There is no evaluator contain. Did you mean contains?'],
    [['contains', '--floor', 'f2=1'], 'USAGE: --floor f2=1 names no figure. Did you mean f1?'],
    [['contains', '--floor', 'f1=90'], 'USAGE: --floor f1=90 can never be met: no figure is above 1.'],
    [['contains', '--threshold', '2'], 'USAGE: --threshold 2 is no number from 0 to 1.'],
    [['contains'], 'CHECK_PARAMS_INVALID: The parameters of contains do not fit (row a): give `all`, `any` or `none`.'],
    [['contains', '--match', 'near'], 'USAGE: --match near is none of exact, overlap.'],
  ])('answers %j in one line', async ([name = '', ...options], line) => {
    const { code, complaints } = await telos(['calibrate', name, 'rows.jsonl', ...options]);
    expect(code).toBe(2);
    expect(complaints.startsWith(line)).toBe(true);
  });
});
