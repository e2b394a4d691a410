import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startModelServer } from '@telos/testkit/model-server';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import type { Environment, Terminal } from '../terminal.ts';

const workflow = `telos: 1
id: shout
inputs: { word: string, loud: { type: boolean, default: true } }
steps:
  - { id: say, uses: transform, with: { value: "\${{ inputs.loud ? inputs.word + '!' : inputs.word }}" } }
outputs: { text: "\${{ steps.say.output }}" }
`;
const words = ['red', 'green', 'blue', 'pink', 'grey', 'gold', 'teal', 'plum'];
const experiment = `telos: 1
experiment: shouting
workflow: ./shout.yaml
dataset: ./words.csv
variants:
  quiet: { inputs: { loud: false } }
  loud: {}
checks:
  - output.text == expected
  - contains: { all: ["\${{ inputs.word }}"] }
concurrency: 2
`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-eval-'));
  write('shout.yaml', workflow);
  write('words.csv', `id,word,expected\n${words.map((word) => `${word},${word},${word}!\n`).join('')}`);
  write('try.yaml', experiment);
});

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

type Line = { readonly type: string; readonly [key: string]: unknown };

async function telos(
  line: readonly string[],
  {
    environment = {},
    ...world
  }: Partial<Pick<Terminal, 'onInterrupt' | 'isInteractive' | 'write'>> & { readonly environment?: Environment } = {},
) {
  let output = '';
  let complaints = '';
  const code = await runCommandLine(line, {
    environment,
    folder,
    isInteractive: false,
    hasColour: false,
    size: () => ({ columns: 160, rows: 40 }),
    complain: (text) => void (complaints += text),
    onInterrupt: () => () => {},
    now: () => Date.now(),
    ...world,
    write(text) {
      output += text;
      world.write?.(text);
    },
  });
  const lines = (): readonly Line[] =>
    output
      .split('\n')
      .filter((each) => each !== '')
      .map((each) => JSON.parse(each) as Line);
  return { code, output, complaints, lines, result: () => lines().findLast(({ type }) => type === 'result') };
}

describe('telos eval', () => {
  it('runs every row by every variant and compares them row by row', async () => {
    const { code, lines, result } = await telos(['eval', 'try.yaml']);
    expect(code).toBe(0);
    expect(lines().filter(({ type }) => type === 'trial')).toHaveLength(16);
    expect(result()).toMatchObject({
      complete: true,
      baseline: 'quiet',
      variants: [
        { variant: 'quiet', trials: 8, score: 0.5, pass_rate: 0, failed: 0 },
        { variant: 'loud', trials: 8, score: 1, pass_rate: 1, checks: { contains: { score: 1, pass_rate: 1 } } },
      ],
      comparisons: [
        { variant: 'loud', baseline: 'quiet', rows: 8, wins: 8, score: { difference: 0.5, significant: true } },
      ],
    });
  });

  it('shows a person the table, and says what is not significant', async () => {
    write('words.csv', 'word,expected\nred,red!\nblue,blue!\n');
    const { output } = await telos(['eval', 'try.yaml'], { isInteractive: true });
    expect(output).toContain('shouting: 2 rows, 2 variants, 4 runs\n');
    expect(output).toMatch(/^variant +runs +score +passed +cost +tokens +p50 +p95 +failed$/m);
    expect(output).toMatch(/^quiet +2 +0\.500 \(0\.500 to 0\.500\)/m);
    expect(output).toContain('loud against quiet, 2 rows: better on 2, equal on 0, worse on 0');
    expect(output).toMatch(/score {3}\+0\.500 .*not significant: chance may have made it/);
  });

  it('makes ordinary runs that are found by their tags', async () => {
    const { result } = await telos(['eval', 'try.yaml']);
    const id = String(result()?.['id']);
    const { lines } = await telos(['runs', '--tag', `experiment:shouting/${id}`, '--json']);
    expect(lines()).toHaveLength(16);
    expect(lines()[0]?.['tags']).toEqual(
      expect.arrayContaining(['experiment:shouting', expect.stringMatching(/^variant:(?:quiet|loud)$/)]),
    );
    const [trial] = (await telos(['eval', 'try.yaml', '--limit', '1'])).lines().filter(({ type }) => type === 'trial');
    expect((await telos(['show', String(trial?.['run']), '--json'])).code).toBe(0);
  });

  it('goes on where it was stopped, and begins anew once it is complete or when that is asked for', async () => {
    let stop = (): void => {};
    let seen = 0;
    const first = await telos(['eval', 'try.yaml'], {
      onInterrupt: (listener) => {
        stop = listener;
        return () => {};
      },
      write: (text) => {
        if (text.includes('"type":"trial"') && ++seen === 3) stop();
      },
    });
    expect(first.code).toBe(130);
    const done = Number(first.result()?.['done']);
    expect(done).toBeGreaterThanOrEqual(3);
    expect(done).toBeLessThan(16);
    const second = await telos(['eval', 'try.yaml']);
    expect(second.code).toBe(0);
    expect(second.result()).toMatchObject({ id: first.result()?.['id'], complete: true, done: 16 });
    expect(second.lines().filter(({ type }) => type === 'trial')).toHaveLength(16 - done);
    expect((await telos(['runs', '--tag', 'experiment:shouting', '--json'])).lines()).toHaveLength(16);
    const third = await telos(['eval', 'try.yaml', '--limit', '1']);
    const fourth = await telos(['eval', 'try.yaml', '--limit', '1', '--fresh']);
    expect(fourth.result()?.['id']).not.toBe(third.result()?.['id']);
  });

  it('counts a trial once that was half written when its process was killed', async () => {
    const { result } = await telos(['eval', 'try.yaml']);
    const [file = ''] = readdirSync(join(folder, '.telos/experiments/shouting'));
    const path = join(folder, '.telos/experiments/shouting', file);
    const kept = readFileSync(path, 'utf8').split('\n');
    write(join('.telos/experiments/shouting', file), `${kept.slice(0, 5).join('\n')}\n${kept[5]?.slice(0, 40)}`);
    const again = await telos(['eval', 'try.yaml']);
    expect(again.result()).toMatchObject({ id: result()?.['id'], done: 16, complete: true });
    expect(again.lines().filter(({ type }) => type === 'trial')).toHaveLength(12);
    expect((await telos(['runs', '--tag', 'experiment:shouting', '--json'])).lines()).toHaveLength(16);
  });

  it('ends with 1 when a variant is below the floor', async () => {
    write('try.yaml', `${experiment}floor: { score: 0.9, pass_rate: 0.5 }\n`);
    const { code, complaints } = await telos(['eval', 'try.yaml']);
    expect(code).toBe(1);
    expect(complaints).toBe(
      'quiet: score is 0.5000; the floor is 0.9.\nquiet: pass_rate is 0.0000; the floor is 0.5.\n',
    );
  });

  it('scores a run that fails as 0, with the reason, and goes on', async () => {
    write(
      'shout.yaml',
      workflow.replace("inputs.word + '!'", "inputs.word == 'blue' ? string(1 / 0) : inputs.word + '!'"),
    );
    const { code, lines, result } = await telos(['eval', 'try.yaml']);
    expect(code).toBe(0);
    expect(lines().find(({ row, variant }) => row === 'blue' && variant === 'loud')).toMatchObject({
      status: 'failed',
      score: 0,
      passed: false,
      error: { code: expect.any(String) },
    });
    expect(result()).toMatchObject({ variants: [{ failed: 0 }, { failed: 1, pass_rate: 0.875 }] });
  });

  it('says that a check could give no verdict', async () => {
    write('try.yaml', experiment.replace('output.text == expected', 'output.txt == expected'));
    const { complaints, result } = await telos(['eval', 'try.yaml', '--limit', '1']);
    expect(complaints).toContain('Of 2 runs a check gave no verdict, which counts as 0:');
    expect(result()).toMatchObject({ variants: [{ without_verdict: 1 }, { without_verdict: 1 }] });
  });

  it('leaves a run that waits for a person, and takes it up again when it has gone on', async () => {
    write('shout.yaml', workflow.replace('steps:\n', 'steps:\n  - { id: ok, approve: {} }\n'));
    const first = await telos(['eval', 'try.yaml', '--limit', '1']);
    expect(first.code).toBe(3);
    expect(first.result()).toMatchObject({ done: 0, complete: false });
    const { lines } = await telos(['approvals', '--json']);
    for (const { id } of lines()) await telos(['approvals', 'approve', String(id)]);
    const second = await telos(['eval', 'try.yaml', '--limit', '1']);
    expect(second.code).toBe(0);
    expect(second.result()).toMatchObject({ id: first.result()?.['id'], done: 2, complete: true });
  });

  it('says each fault in the file that it is in, and runs nothing', async () => {
    write('try.yaml', experiment.replace('quiet:', 'quiet: { inputs: { lout: true } }\n  other:'));
    write('words.csv', 'word\nred\n"blue"\na,b\n');
    const { code, complaints, lines } = await telos(['eval', 'try.yaml']);
    expect(code).toBe(2);
    expect(complaints).toContain(
      'try.yaml:6:22: the workflow has no input `lout` (did you mean `loud`?) [UNKNOWN_INPUT]\n',
    );
    expect(complaints).toContain('words.csv:4:1: the row has 2 fields, and the header has 1');
    expect(lines().every(({ type }) => type === 'fault')).toBe(true);
    expect((await telos(['runs', '--json'])).lines()).toEqual([]);
  });

  it('counts what judges cost with the experiment, and compares models', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    write(
      'ask.yaml',
      `telos: 1
id: ask
inputs: { word: string }
models: { main: openai/scripted-small }
evaluators: { kind: { uses: judge, with: { model: main, rubric: [is kind] } } }
steps: [{ id: say, uses: llm, with: { model: main, prompt: "\${{ inputs.word }}" } }]
outputs: { text: "\${{ steps.say.output.text }}" }
`,
    );
    write(
      'try.yaml',
      `telos: 1
experiment: models
workflow: ./ask.yaml
dataset: [{ inputs: { word: red } }]
variants: { small: {}, large: { models: { main: openai/scripted-large } } }
judge: kind
`,
    );
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    const { result, lines } = await telos(['eval', 'try.yaml'], { environment });
    expect(lines().filter(({ type }) => type === 'trial')).toMatchObject([
      { status: 'succeeded', usage: { calls: 1 }, judging: { calls: expect.any(Number) } },
      { status: 'succeeded', usage: { calls: 1 } },
    ]);
    expect(new Set(server.requests.map(({ model }) => model))).toEqual(new Set(['scripted-small', 'scripted-large']));
    expect(result()).toMatchObject({ usage: { calls: server.requests.length } });
  });

  it('starts nothing that its budget does not cover, says so, and goes on when it is raised', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    write(
      'shout.yaml',
      workflow.replace(
        / {2}- \{ id: say.*\n/,
        '  - { id: say, uses: llm, with: { model: openai/scripted, prompt: "${{ inputs.word }}" } }\n',
      ),
    );
    write('try.yaml', `${experiment.replace('concurrency: 2', 'concurrency: 1')}budget: { calls: 5 }\n`);
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    const first = await telos(['eval', 'try.yaml'], { environment });
    expect(first.code).toBe(1);
    expect(first.complaints).toContain('The budget is used up: 11 of 16 runs are missing.');
    expect(server.requests).toHaveLength(5);
    const second = await telos(['eval', 'try.yaml', '--budget', 'calls=100'], { environment });
    expect(second.result()).toMatchObject({ id: first.result()?.['id'], complete: true, done: 16 });
    expect(server.requests).toHaveLength(16);
  });

  it('counts no run as a trial that its budget stopped half way, and makes it anew', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    const ask = (id: string) =>
      `  - { id: ${id}, uses: llm, with: { model: openai/scripted, prompt: "\${{ inputs.word }}" } }\n`;
    write('shout.yaml', workflow.replace(/ {2}- \{ id: say.*\n/, `${ask('first')}${ask('say')}`));
    write('try.yaml', `${experiment.replace('concurrency: 2', 'concurrency: 1')}budget: { calls: 3 }\n`);
    const environment = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'key' };
    const first = await telos(['eval', 'try.yaml', '--limit', '1'], { environment });
    expect(first.code).toBe(1);
    expect(first.result()).toMatchObject({ done: 1, without_budget: 1, usage: { calls: 3 } });
    const short = await telos(['eval', 'try.yaml', '--limit', '1', '--budget', 'calls=4'], { environment });
    expect(short.result()).toMatchObject({ done: 1, without_budget: 1 });
    const second = await telos(['eval', 'try.yaml', '--limit', '1', '--budget', 'calls=10'], { environment });
    expect(second.code).toBe(0);
    expect(second.result()).toMatchObject({ done: 2, complete: true, variants: [{ failed: 0 }, { failed: 0 }] });
    expect(server.requests).toHaveLength(6);
  });
});
