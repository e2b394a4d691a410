/** `telos` as processes that steer runs which others began. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';

const program = join(import.meta.dirname, '../bin/telos.js');

type Line = { readonly [field: string]: unknown };
type Ended = { readonly code: number | null; readonly lines: readonly Line[]; readonly complaints: string };

let folder: string;
const open: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-control-'));
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});

function telos(...words: readonly string[]): Promise<Ended> {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  open.push(() => child.kill('SIGKILL'));
  let output = '';
  let complaints = '';
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  return new Promise((resolve) =>
    child.once('close', (code) => {
      const lines = output.split('\n').filter((line) => line !== '');
      // Safe: every line is one JSON object; a line that is not makes the test fail here.
      resolve({ code, complaints, lines: lines.map((line) => JSON.parse(line) as Line) });
    }),
  );
}

function write(name: string, text: string): void {
  writeFileSync(join(folder, name), text);
}

async function run(file: string): Promise<string> {
  const { lines } = await telos('run', file);
  return String(lines[0]?.['run_id']);
}

describe('a run that waits for a signal', () => {
  it('ends the command with 3 and says what to do; the signal lets it go on', async () => {
    write(
      'answer.yaml',
      `telos: 1
id: answer
steps:
  - { id: ask, wait: { signal: answer, schema: { type: object, required: [yes_or_no], properties: { yes_or_no: { type: boolean } } } } }
outputs: { answer: "\${{ steps.ask.output.yes_or_no }}" }
`,
    );
    const waiting = await telos('run', 'answer.yaml');
    const id = String(waiting.lines[0]?.['run_id']);
    expect(waiting).toMatchObject({ code: 3, complaints: '' });
    expect(waiting.lines.at(-1)).toMatchObject({
      type: 'waiting',
      run: id,
      needs: [{ path: 'ask', commands: [`telos signal ${id} answer '{}'`] }],
    });
    const { lines: diagnosed } = await telos('doctor');
    expect(diagnosed).toContainEqual(
      expect.objectContaining({
        type: 'unfinished',
        run: id,
        status: 'waiting',
        message: 'Step ask waits for the signal `answer`.',
      }),
    );
    expect(diagnosed.at(-1)).toMatchObject({ about: 'workers', message: 'no worker holds a run; 1 run is waiting.' });
    expect(await telos('signal', 'last', 'answer', '{ yes }')).toMatchObject({ code: 2 });
    const refused = await telos('signal', 'last', 'answer', '{}');
    expect(refused.code).toBe(2);
    expect(refused.complaints).toContain('VALUE_INVALID');
    expect(refused.complaints).toContain('yes_or_no');
    const sent = await telos('signal', 'last', 'answer', '{ "yes_or_no": true }');
    expect(sent).toMatchObject({ code: 0, lines: [{ type: 'signalled', waiting: true }] });
    void telos('serve', '--port', '0');
    const { code, lines } = await telos('watch', 'last');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ status: 'succeeded', outputs: { answer: true } });
  });

  it('is waited for here when it waits for a time alone', async () => {
    write('nap.yaml', 'telos: 1\nid: nap\nsteps:\n  - { id: nap, wait: { for: 50ms } }\n');
    expect(await telos('run', 'nap.yaml')).toMatchObject({ code: 0 });
  });
});

describe('telos approvals', () => {
  const source = `telos: 1
id: review
steps:
  - { id: draft, uses: transform, with: { value: { title: Hello, text: World } } }
  - { id: ok, approve: { who: [editors], show: "\${{ steps.draft.output }}" } }
outputs: { title: "\${{ steps.ok.output.value.title }}", note: "\${{ steps.ok.output.note }}" }
`;

  it('lists what waits, and decides with an edited value, once', async () => {
    write('review.yaml', source);
    const { code, lines } = await telos('run', 'review.yaml');
    expect(code).toBe(3);
    const listed = await telos('approvals');
    expect(listed.lines).toMatchObject([
      { path: 'ok', kind: 'approval', who: ['editors'], show: { value: { title: 'Hello', text: 'World' } } },
    ]);
    const id = String(listed.lines[0]?.['id']);
    expect(lines.at(-1)).toMatchObject({
      needs: [{ commands: [expect.stringContaining(`approve ${id} --as editors`), {}] }],
    });
    expect(await telos('approvals', 'aprove', id)).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('Did you mean approve?'),
    });
    expect(await telos('approvals', 'retry', id)).toMatchObject({ code: 2 });
    const unasked = await telos('approvals', 'approve', id);
    expect(unasked).toMatchObject({
      code: 2,
      complaints: expect.stringMatching(/^NOT_ASKED: ok of .* is for editors to decide: not .*--as editors/),
    });
    const mistyped = await telos('approvals', 'approve', id, '--as', 'editors', '--set', 'titel=Good day');
    expect(mistyped).toMatchObject({ code: 2, complaints: expect.stringContaining('Did you mean title?') });
    const decided = await telos(
      'approvals',
      'approve',
      id,
      '--as',
      'editors',
      '--set',
      'title=Good day',
      '--note',
      'kinder',
    );
    expect(decided).toMatchObject({ code: 0, complaints: '' });
    const late = await telos('approvals', 'reject', id, '--as', 'editors');
    expect(late).toMatchObject({ code: 2, complaints: expect.stringContaining('WAIT_NOT_FOUND') });
    void telos('serve', '--port', '0');
    const { lines: watched } = await telos('watch', 'last');
    expect(watched.at(-1)).toMatchObject({ status: 'succeeded', outputs: { title: 'Good day', note: 'kinder' } });
    expect((await telos('approvals')).lines).toEqual([]);
  });

  it('shows a plan before it runs, and takes an edited one once nothing is wrong with it', async () => {
    mkdirSync(join(folder, 'docs'));
    write('docs/crash.md', 'A run survives a crash because its journal is durable.\n');
    write(
      'goal.yaml',
      `telos: 1
id: goal
steps:
  - { id: work, plan: { objective: "Find in the folder docs how a run survives a crash", tools: ["knowledge.*", llm], approve: true } }
outputs: { work: "\${{ steps.work.output }}" }
`,
    );
    expect((await telos('run', 'goal.yaml')).code).toBe(3);
    const [listed] = (await telos('approvals')).lines;
    const id = String(listed?.['id']);
    expect(listed).toMatchObject({ purpose: 'plan', plan: { round: 1, last: true } });
    const { show } = z.object({ show: z.object({ value: z.object({ plan: z.string() }) }) }).parse(listed);
    write('bad.yaml', show.value.plan.replace('knowledge.search', 'knowledge.serach'));
    const refused = await telos('approvals', 'approve', id, '--plan', 'bad.yaml');
    expect(refused).toMatchObject({ code: 2, lines: [{ type: 'error', code: 'PLAN_INVALID' }] });
    expect(refused.complaints).toMatch(/^plan\.yaml:\d+:\d+: .*no tool `knowledge\.serach` .*\n[^]*PLAN_INVALID: /);
    write('good.yaml', show.value.plan.replace('limit: 8', 'limit: 3'));
    expect(await telos('approvals', 'approve', id, '--plan', 'good.yaml')).toMatchObject({ code: 0, complaints: '' });
    void telos('serve', '--port', '0');
    const { lines } = await telos('watch', 'last');
    expect(lines.at(-1)).toMatchObject({ status: 'succeeded', outputs: { work: { outcome: 'achieved' } } });
    const sought = lines.find((line) => line['type'] === 'step.started' && line['path'] === 'work#1.passages');
    expect(sought).toMatchObject({ input: { value: { limit: 3 } } });
  });

  it('does not take fields for a value that has none', async () => {
    write(
      'review-text.yaml',
      `telos: 1
id: review_text
steps:
  - { id: ok, approve: { show: "a text" } }
outputs: { text: "\${{ steps.ok.output.value }}" }
`,
    );
    expect(await telos('run', 'review-text.yaml')).toMatchObject({ code: 3 });
    const [waiting] = (await telos('approvals')).lines;
    const refused = await telos('approvals', 'approve', String(waiting?.['id']), '--set', 'title=Hello');
    expect(refused).toMatchObject({ code: 2, complaints: expect.stringContaining('it is text') });
    expect(refused.complaints).toContain(`--value '"..."'`);
  });

  it('tries again everything that stands aside because of an error', async () => {
    write(
      'aside.yaml',
      `telos: 1
id: aside
steps:
  - { id: fails, uses: file.read, with: { path: missing.txt }, on_error: quarantine }
outputs: { text: "\${{ steps.fails.output.text }}" }
`,
    );
    expect(await telos('run', 'aside.yaml')).toMatchObject({ code: 3 });
    const [waiting] = (await telos('approvals')).lines;
    expect(waiting).toMatchObject({ kind: 'quarantined', decisions: ['retry', 'succeed', 'fail'] });
    const { code } = z.object({ code: z.string() }).parse(waiting?.['error']);
    expect(await telos('approvals', 'retry', '--all', '--workflow', 'aside', '--code', 'OTHER')).toMatchObject({
      lines: [{ decided: 0 }],
    });
    expect(await telos('approvals', 'retry', '--all', '--workflow', 'aside', '--code', code)).toMatchObject({
      code: 0,
      lines: [{ decided: 1, refused: [], more: false }],
    });
  });
});

describe('pausing', () => {
  it('is asked for and taken back', async () => {
    write('hello.yaml', 'telos: 1\nid: hello\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n');
    await telos('run', 'hello.yaml', '--detach');
    expect((await telos('doctor')).lines.at(-1)).toMatchObject({
      message: 'no worker lives, and 1 run is unfinished.',
    });
    expect(await telos('resume', 'last')).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('RUN_NOT_PAUSED') as unknown,
    });
    expect(await telos('pause', 'last', '--note', 'lunch')).toMatchObject({ code: 0, lines: [{ type: 'pausing' }] });
    expect(await telos('resume', 'last', '--budget', 'usd=2')).toMatchObject({
      code: 0,
      lines: [{ type: 'resuming' }],
    });
    expect(await telos('resume', 'last', '--budget', 'euro=2')).toMatchObject({ code: 2 });
    void telos('serve', '--port', '0');
    expect(await telos('watch', 'last')).toMatchObject({ code: 0 });
    expect(await telos('pause', 'last')).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('RUN_FINISHED'),
    });
  });
});

describe('a run that is done again', () => {
  const source = (path: string) => `telos: 1
id: copy
inputs: { name: { type: string, default: ${path} } }
steps:
  - { id: name, uses: transform, with: { value: "\${{ inputs.name }}" } }
  - { id: read, uses: file.read, with: { path: "\${{ steps.name.output }}" } }
outputs: { text: "\${{ steps.read.output.text }}" }
`;

  it('keeps what succeeded when it is retried, and the two can be compared', async () => {
    write('copy.yaml', source('late.txt'));
    const first = await run('copy.yaml');
    write('late.txt', 'here now');
    const { code, lines } = await telos('retry', first);
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ type: 'run.created', fork: { run: first, from: ['read'] } });
    expect(lines.at(-1)).toMatchObject({ status: 'succeeded' });
    const { lines: compared } = await telos('diff', first, 'last');
    expect(compared).toMatchObject([
      { type: 'diff', same: 1, steps: [{ path: 'read', a: { status: 'failed' }, b: { status: 'succeeded' } }] },
    ]);
    expect(await telos('retry', 'last')).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('FORK_INVALID'),
    });
  });

  it('can be given other values', async () => {
    write('copy.yaml', source('a.txt'));
    write('a.txt', 'a');
    write('b.txt', 'b');
    await run('copy.yaml');
    const { code, lines } = await telos('fork', 'last', '--set', 'steps.name.output=b.txt');
    expect(code).toBe(0);
    expect(lines[0]).toMatchObject({ fork: { from: ['read'] } });
    expect(JSON.stringify(lines.at(-1))).toContain('"b"');
    expect(await telos('fork', 'last')).toMatchObject({ code: 2 });
    expect(await telos('fork', 'last', '--from', 'raed')).toMatchObject({
      code: 2,
      complaints: expect.stringContaining('It has name, read'),
    });
    expect(await telos('fork', 'last', '--from', 'read', '--side-effects', 'none')).toMatchObject({ code: 2 });
  });
});

describe('a workflow that runs another as a step', () => {
  it('finds it in the file of that name beside it', async () => {
    write(
      'outer.yaml',
      'telos: 1\nid: outer\nsteps:\n  - { id: child, workflow: { id: inner } }\noutputs: { got: "${{ steps.child.output.one }}" }\n',
    );
    const missing = await telos('run', 'outer.yaml');
    expect(missing).toMatchObject({ code: 2, complaints: expect.stringContaining('inner.yaml') });
    write(
      'inner.yaml',
      'telos: 1\nid: inner\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\noutputs: { one: "${{ steps.a.output }}" }\n',
    );
    const { code, lines } = await telos('run', 'outer.yaml');
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ outputs: { got: 1 } });
  });
});
