import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ApprovalPage, ExperimentDetail, ExperimentList, ExperimentStarted, Problem, RunPage } from '@telos/contract';
import type { ExperimentRequest } from '@telos/contract';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCommandLine } from '../command-line.ts';
import type { Terminal } from '../terminal.ts';

const shout = `telos: 1
id: shout
inputs: { word: string, loud: { type: boolean, default: true } }
steps:
  - { id: say, uses: transform, with: { value: "\${{ inputs.loud ? inputs.word + '!' : inputs.word }}" } }
outputs: { text: "\${{ steps.say.output }}" }
`;
const asking = shout.replace('outputs:', "  - { id: ok, when: inputs.word == 'ask', approve: {} }\noutputs:");
const source = `telos: 1
experiment: shouting
workflow: ./shout.yaml
dataset: ./words.csv
variants:
  quiet: { inputs: { loud: false } }
  loud: {}
checks: [output.text == expected]
floor: { score: 0.9 }
`;
const rows = 'id,word,expected\nred,red,red!\nblue,blue,blue!\n';
const files = { './shout.yaml': shout, 'words.csv': rows };

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-experiments-'));
});

function terminalOf(more: Partial<Terminal>): Terminal {
  return {
    environment: {},
    folder,
    isInteractive: false,
    hasColour: false,
    size: () => ({ columns: 160, rows: 40 }),
    complain: () => {},
    onInterrupt: () => () => {},
    now: () => Date.now(),
    write: () => {},
    ...more,
  };
}

type Asked = Pick<ExperimentRequest, 'source'> & Partial<ExperimentRequest>;

function clientOf(url: string) {
  const send = (method: string, path: string, body: unknown): Promise<Response> =>
    fetch(`${url}${path}`, { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) });
  const read = async (path: string): Promise<unknown> => (await fetch(`${url}${path}`)).json();
  return {
    begin: (request: Asked) => send('POST', '/v1/experiments', request),
    start: async (request: Asked) => {
      const answer = await send('POST', '/v1/experiments', request);
      const started = ExperimentStarted.parse(await answer.json());
      expect([answer.status, answer.headers.get('location')]).toEqual([202, `/v1/experiments/${started.id}`]);
      return started;
    },
    get: async (id: string) => ExperimentDetail.parse(await read(`/v1/experiments/${id}`)),
    missing: async (id: string) => Problem.parse(await read(`/v1/experiments/${id}`)),
    list: async (query = '') => ExperimentList.parse(await read(`/v1/experiments${query}`)),
    stop: (id: string) => send('POST', `/v1/experiments/${id}/stop`, undefined),
    runs: async (tag: string) => RunPage.parse(await read(`/v1/runs?tag=${encodeURIComponent(tag)}`)),
    approveAll: async () => {
      for (const { id } of ApprovalPage.parse(await read('/v1/approvals')).items)
        await send('POST', `/v1/approvals/${id}`, { decision: 'approve' });
    },
    publish: (id: string, text: string) => send('PUT', `/v1/workflows/${id}`, { source: text }),
  };
}

async function served(): Promise<{ readonly client: ReturnType<typeof clientOf>; stop(): Promise<void> }> {
  const listening = Promise.withResolvers<string>();
  const interrupted = Promise.withResolvers<void>();
  const over = runCommandLine(
    ['serve', '--port', '0', '--json'],
    terminalOf({
      write(text) {
        const [, url] = /"type":"listening","url":"([^"]+)"/.exec(text) ?? [];
        if (url !== undefined) listening.resolve(url);
      },
      onInterrupt(listener) {
        void interrupted.promise.then(listener);
        return () => {};
      },
    }),
  );
  const stop = async (): Promise<void> => {
    interrupted.resolve();
    await over;
  };
  onTestFinished(stop);
  return { client: clientOf(await listening.promise), stop };
}

async function evalLines(
  words: readonly string[],
): Promise<readonly { readonly type: string; readonly id?: string; readonly done?: number }[]> {
  let output = '';
  await runCommandLine(['eval', ...words, '--json'], terminalOf({ write: (text) => void (output += text) }));
  return output
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly type: string });
}

describe('POST /v1/experiments', () => {
  it('carries out what telos eval does, with the same result', async () => {
    const { client, stop } = await served();
    const started = await client.start({ source, files });
    expect(started).toMatchObject({ experiment: 'shouting', runs: 4, existing: false });
    await expect.poll(() => client.get(started.id)).toMatchObject({ status: 'complete' });
    const { result, trials } = await client.get(started.id);
    expect(trials).toHaveLength(4);
    expect(trials.find(({ row, variant }) => row === 'red' && variant === 'loud')).toMatchObject({
      score: 1,
      passed: true,
    });
    expect((await client.list('?experiment=shouting')).items).toMatchObject([
      { id: started.id, status: 'complete', done: 4 },
    ]);
    const tagged = await client.runs(`experiment:shouting/${started.id}`);
    expect(tagged.items).toHaveLength(4);
    await stop();

    for (const [name, text] of Object.entries({ ...files, 'try.yaml': source }))
      writeFileSync(join(folder, name), text);
    const lines = await evalLines(['try.yaml']);
    const { type: _, ...same } = lines.findLast(({ type }) => type === 'result') ?? { type: '' };
    const untimed = (text: unknown): unknown =>
      JSON.parse(JSON.stringify(text).replaceAll(/"(ms|ms_p50|ms_p95)":[\d.]+/g, '"$1":0'));
    expect(untimed(same)).toEqual(untimed({ ...result, id: (same as { readonly id?: string }).id }));
    expect(result?.below).toEqual(['quiet: score is 0.0000; the floor is 0.9.']);
  });

  it('goes on where it was stopped, there or at the command line, and begins anew once it is complete', async () => {
    const { client, stop } = await served();
    const more = { './shout.yaml': asking, 'words.csv': `${rows}ask,ask,ask!\n` };
    const started = await client.start({ source, files: more });
    await expect.poll(() => client.get(started.id)).toMatchObject({ status: 'stopped', done: 4 });
    const { result } = await client.get(started.id);
    expect(result?.waiting).toHaveLength(2);
    await client.approveAll();
    const again = await client.start({ source, files: more });
    expect(again).toMatchObject({ id: started.id, existing: true });
    await expect.poll(() => client.get(started.id)).toMatchObject({ status: 'complete', done: 6 });
    const fresh = await client.start({ source, files: more });
    expect(fresh.id).not.toBe(started.id);
    expect(fresh.existing).toBe(false);
    await client.stop(fresh.id);
    await stop();

    for (const [name, text] of Object.entries({ ...more, 'try.yaml': source })) writeFileSync(join(folder, name), text);
    const [begun] = await evalLines(['try.yaml']);
    expect(begun).toMatchObject({ type: 'experiment', id: fresh.id });
  });

  it('takes a workflow that is published by its id, and rows that stand in the file', async () => {
    const { client } = await served();
    await client.publish('shout', shout);
    const short = source
      .replace('./shout.yaml', 'shout')
      .replace('./words.csv', '[{ inputs: { word: red }, expected: red! }]');
    const started = await client.start({ source: short, budget: { usd: 1 } });
    await expect.poll(() => client.get(started.id)).toMatchObject({ status: 'complete', done: 2 });
  });

  it('names every fault, each in its own file, and runs nothing', async () => {
    const { client } = await served();
    const broken = await client.begin({
      source: source.replace('loud: {}', 'loud: { inputs: { lod: true } }'),
      files: { ...files, 'words.csv': 'id,wrd\na,b\n' },
    });
    const problem = Problem.parse(await broken.json());
    expect(problem).toMatchObject({ status: 422, code: 'EXPERIMENT_INVALID' });
    expect(problem.errors).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ file: 'experiment.yaml', line: 7, code: 'UNKNOWN_INPUT' }),
        expect.objectContaining({ file: './words.csv', line: 2, code: 'INPUT_INVALID' }),
      ]),
    );
    expect((await client.begin({ source })).status).toBe(422);
    expect((await client.list()).items).toEqual([]);
    expect(await client.missing('none')).toMatchObject({ status: 404, code: 'EXPERIMENT_NOT_FOUND' });
  });
});
