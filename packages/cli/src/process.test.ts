/** `telos` as a process of its own: what scripts and other programs rely on. */
import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { z } from 'zod';

const program = join(import.meta.dirname, '../bin/telos.js');

let folder: string;
const open: (() => void)[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'telos-process-'));
  writeFileSync(join(folder, 'greeting.yaml'), greeting);
});
afterEach(() => {
  for (const close of open.splice(0)) close();
});

const greeting = `telos: 1
id: greeting
inputs: { name: { type: string, default: world } }
steps:
  - { id: text, uses: transform, with: { value: "hello \${{ inputs.name }}" } }
outputs: { text: "\${{ steps.text.output }}" }
`;

type Started = {
  /** The next line of standard output, parsed. */
  next(): Promise<Line>;
  readonly ended: Promise<{
    readonly code: number | null;
    readonly lines: readonly Line[];
    readonly complaints: string;
  }>;
  signal(name: NodeJS.Signals): void;
};
type Line = { readonly [field: string]: unknown; readonly type?: unknown };

/** Starts `telos`; standard output is a pipe, so that JSON lines are written without being asked for. */
function telos(words: readonly string[], environment: { readonly [name: string]: string } = {}): Started {
  const child = spawn(process.execPath, [program, ...words], {
    cwd: folder,
    env: { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  open.push(() => child.kill('SIGKILL'));
  const lines: Line[] = [];
  const waiting: ((line: Line) => void)[] = [];
  let read = 0;
  let complaints = '';
  child.stderr.on('data', (chunk: Buffer) => (complaints += chunk.toString()));
  createInterface(child.stdout).on('line', (text) => {
    // Safe: every line is one JSON object; a line that is not makes the test fail here.
    lines.push(JSON.parse(text) as Line);
    const waiter = waiting.shift();
    if (waiter !== undefined) waiter(lines[read++] ?? {});
  });
  return {
    next: () => {
      const line = lines[read];
      if (line === undefined) return new Promise((resolve) => waiting.push(resolve));
      read += 1;
      return Promise.resolve(line);
    },
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, lines, complaints }))),
    signal: (name) => void child.kill(name),
  };
}

/** Listens on a free port and never answers. */
async function silentServer(): Promise<{ readonly port: number; readonly asked: Promise<void> }> {
  const asked = Promise.withResolvers<void>();
  const server: Server = createServer(() => asked.resolve());
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  open.push(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { port: typeof address === 'object' && address !== null ? address.port : 0, asked: asked.promise };
}

describe('telos run', () => {
  it('writes the journal as JSON lines and the result as the last, and ends with 0', async () => {
    const { code, lines, complaints } = await telos(['run', 'greeting.yaml', '--input', 'name=Ada', '--json']).ended;
    expect(complaints).toBe('');
    expect(code).toBe(0);
    expect(lines.map((line) => line.type)).toEqual([
      'run.created',
      'run.started',
      'step.started',
      'step.succeeded',
      'run.succeeded',
      'result',
    ]);
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      status: 'succeeded',
      outputs: { text: 'hello Ada' },
      usage: { input_tokens: 0, usd: 0 },
      run: lines[0]?.['run_id'],
      workflow: 'greeting',
    });
  });

  it('ends with 1 when the run fails, and says at which step and why', async () => {
    writeFileSync(
      join(folder, 'strict.yaml'),
      greeting.replace('"hello ${{ inputs.name }}" }', '"hello" }, gate: { checks: ["output == \'bye\'"] }'),
    );
    const { code, lines, complaints } = await telos(['run', 'strict.yaml']).ended;
    expect(code).toBe(1);
    expect(complaints).toMatch(/^GATE_FAILED \(step text\): [^\n]+\n$/);
    expect(lines.at(-1)).toMatchObject({
      type: 'result',
      status: 'failed',
      error: { code: 'GATE_FAILED', path: 'text' },
    });
  });

  it('ends with 2 before anything runs when an input does not fit, with a JSON line and a line for a person', async () => {
    const { code, lines, complaints } = await telos(['run', 'greeting.yaml', '--input', 'nmae=Ada']).ended;
    expect(code).toBe(2);
    expect(lines).toEqual([
      {
        type: 'error',
        code: 'INPUT_INVALID',
        message: 'Input nmae: the workflow has no such input; did you mean name?',
        next: expect.any(String),
      },
    ]);
    expect(complaints).toMatch(/^INPUT_INVALID: Input nmae: [^\n]*\n$/);
  });

  it('ends with 2 and every fault, each with its place, when the workflow does not compile', async () => {
    writeFileSync(
      join(folder, 'bad.yaml'),
      greeting.replace('transform', 'transfrom').replace('inputs.name', 'inputs.nmae'),
    );
    const { code, complaints } = await telos(['run', 'bad.yaml']).ended;
    expect(code).toBe(2);
    expect(complaints).toMatch(
      /^bad\.yaml:5:\d+: [^\n]+\nbad\.yaml:5:\d+: [^\n]+\nWORKFLOW_INVALID: The workflow has 2 faults\./,
    );
  });

  it('says before the run starts that a model has no key', async () => {
    writeFileSync(join(folder, 'ask.yaml'), ask('openai/gpt-5.2'));
    const { code, lines } = await telos(['run', 'ask.yaml']).ended;
    expect(code).toBe(2);
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatchObject({ type: 'error', code: 'MODEL_KEY_MISSING' });
  });

  it('cancels the run at Ctrl-C, keeps that it was cancelled, and ends with 130', async () => {
    const server = await silentServer();
    writeFileSync(join(folder, 'ask.yaml'), ask('openai/silent'));
    const run = telos(['run', 'ask.yaml'], {
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1`,
    });
    await server.asked;
    run.signal('SIGINT');
    const { code, lines, complaints } = await run.ended;
    expect(code).toBe(130);
    expect(complaints).toBe('Cancelling the run; Ctrl-C again leaves at once.\n');
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'cancelled' });
    const { lines: shown } = await telos(['runs']).ended;
    expect(shown).toMatchObject([{ status: 'cancelled', workflow: 'ask' }]);
  });

  it('is told to be in nobody’s hands once its process was killed, and what goes on with it', async () => {
    const server = await silentServer();
    writeFileSync(join(folder, 'ask.yaml'), ask('openai/silent'));
    const run = telos(['run', 'ask.yaml'], {
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1`,
    });
    await server.asked;
    expect((await telos(['doctor', 'last']).ended).lines).toMatchObject([{ status: 'running', unattended: false }]);
    run.signal('SIGKILL');
    await run.ended;
    expect((await telos(['doctor', 'last']).ended).lines).toMatchObject([{ status: 'running', unattended: true }]);
    const watch = telos(['watch', 'last']);
    expect(await watch.next()).toMatchObject({ type: 'run.created' });
    watch.signal('SIGINT');
    expect((await watch.ended).complaints).toContain('`telos serve` goes on with it');
  });

  it('can be followed and cancelled from another process', async () => {
    const server = await silentServer();
    writeFileSync(join(folder, 'ask.yaml'), ask('openai/silent'));
    const run = telos(['run', 'ask.yaml'], {
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1`,
    });
    await server.asked;
    const watch = telos(['watch', 'last']);
    expect(await watch.next()).toMatchObject({ type: 'run.created' });
    expect(await telos(['cancel', 'last', '--reason', 'no longer wanted']).ended).toMatchObject({ code: 0 });
    expect((await watch.ended).lines.at(-2)).toMatchObject({ type: 'run.cancelled', reason: 'no longer wanted' });
    expect(await watch.ended).toMatchObject({ code: 130 });
    expect(await run.ended).toMatchObject({ code: 130 });
  });
});

describe('telos check', () => {
  it('writes one JSON line a fault and ends with 2, or one a valid file and ends with 0', async () => {
    writeFileSync(join(folder, 'bad.yaml'), greeting.replace('transform', 'transfrom'));
    const { code, lines, complaints } = await telos(['check', 'greeting.yaml', 'bad.yaml', '--json']).ended;
    expect(code).toBe(2);
    expect(lines).toEqual([
      {
        type: 'valid',
        file: 'greeting.yaml',
        workflow: 'greeting',
        hash: expect.stringMatching(/^[0-9a-f]{64}$/),
        steps: 1,
      },
      expect.objectContaining({
        type: 'fault',
        file: 'bad.yaml',
        line: 5,
        column: expect.any(Number),
        code: 'UNKNOWN_TOOL',
        hint: expect.stringContaining('transform'),
      }),
    ]);
    expect(complaints).toMatch(/^bad\.yaml:5:\d+: /);
    expect(await telos(['check', 'greeting.yaml']).ended).toMatchObject({ code: 0, complaints: '' });
  });
});

describe('telos worker', () => {
  it('lives and is not ready while it ends what is under way, for as long as it is told', async () => {
    const server = await silentServer();
    writeFileSync(join(folder, 'ask.yaml'), ask('openai/silent'));
    const environment = { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: `http://127.0.0.1:${server.port}/v1` };
    expect((await telos(['run', 'ask.yaml', '--detach'], environment).ended).code).toBe(0);
    const worker = telos(['worker', '--health-port', '0', '--drain', '2s'], environment);
    const { health } = await worker.next();
    const status = async (path: string): Promise<number> => (await fetch(`${String(health)}${path}`)).status;
    await server.asked;
    expect(await status('/readyz')).toBe(200);
    worker.signal('SIGTERM');
    expect(await worker.next()).toEqual({ type: 'draining' });
    expect([await status('/healthz'), await status('/readyz')]).toEqual([200, 503]);
    expect((await worker.ended).code).toBe(0);
    expect((await telos(['runs']).ended).lines).toMatchObject([{ status: 'running' }]);
  });
});

describe('telos serve', () => {
  const every = (id: string) =>
    greeting.replace(
      'id: greeting',
      `id: ${id}\ntriggers: { schedule: [{ cron: "* * * * * *" }], webhook: { path: /greet } }`,
    );

  it('fires schedules and takes webhooks of the workflows that it publishes, and doctor tells of them', async () => {
    mkdirSync(join(folder, 'workflows'));
    writeFileSync(join(folder, 'workflows/greeting.yaml'), every('greeting'));
    const server = telos(['serve', '--port', '0']);
    const { url } = z.object({ url: z.string() }).parse(await server.next());
    const Runs = z.object({ items: z.array(z.object({ status: z.string() })) });
    const runs = async () => Runs.parse(await (await fetch(`${url}/v1/runs?workflow=greeting`)).json()).items;
    await vi.waitFor(async () => expect((await runs()).length).toBeGreaterThan(1), 15_000);
    expect((await fetch(`${url}/hooks/greet`, { method: 'POST' })).status).toBe(202);
    const { lines } = await telos(['doctor']).ended;
    expect(lines).toContainEqual(expect.objectContaining({ about: 'schedule greeting', verdict: 'sound' }));
    server.signal('SIGTERM');
    expect((await server.ended).complaints).toBe('');
  });

  it('fires none with --no-triggers', async () => {
    mkdirSync(join(folder, 'workflows'));
    writeFileSync(join(folder, 'workflows/greeting.yaml'), every('greeting'));
    const server = telos(['serve', '--port', '0', '--no-triggers']);
    const { url } = z.object({ url: z.string() }).parse(await server.next());
    expect((await fetch(`${url}/hooks/greet`, { method: 'POST' })).status).toBe(202);
    const { lines } = await telos(['doctor']).ended; // takes longer than a second
    expect(lines).toContainEqual(expect.objectContaining({ about: 'schedule greeting' }));
    expect(await (await fetch(`${url}/v1/runs`)).json()).toMatchObject({ items: [{ workflow: 'greeting' }] });
    server.signal('SIGTERM');
    await server.ended;
  });

  it('says where it listens, runs what is posted, and ends with 0 at Ctrl-C', async () => {
    const server = telos(['serve', '--port', '0']);
    const { type, url } = await server.next();
    expect(type).toBe('listening');
    const answer = await fetch(`${String(url)}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ source: greeting, inputs: { name: 'REST' } }),
    });
    expect(await answer.json()).toMatchObject({ status: 'succeeded', outputs: { text: 'hello REST' } });
    server.signal('SIGINT');
    expect(await server.ended).toMatchObject({ code: 0, complaints: '' });
  });

  it('tells of a promise that a tool has left behind, without its secrets, and goes on', async () => {
    // What a library does when nobody is looking: here at a signal, so that the test knows when.
    const stray = `process.on('SIGUSR2', () => void Promise.reject(new Error('left behind with ' + process.env.TELOS_SECRET_TOKEN)));`;
    const server = telos(['serve', '--port', '0'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(stray)}`,
      TELOS_SECRET_TOKEN: 'of-the-operator',
    });
    const { url } = await server.next();
    server.signal('SIGUSR2');
    const answer = await fetch(`${String(url)}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', prefer: 'wait=30' },
      body: JSON.stringify({ source: greeting }),
    });
    expect(await answer.json()).toMatchObject({ status: 'succeeded' });
    server.signal('SIGINT');
    const { code, complaints } = await server.ended;
    expect(code).toBe(0);
    expect(complaints).toBe(
      'Something failed that no step waits for any more, and no run with it. Error: left behind with ***\n',
    );
  });

  it('fails the step whose tool throws where nobody waits for it, tells of it once, and goes on', async () => {
    // What a library does in a timer of its own: while its caller waits, and after it has answered.
    const library = `
      import fs from 'node:fs/promises';
      import { syncBuiltinESMExports } from 'node:module';
      const { open } = fs;
      fs.open = (path, ...rest) => {
        const throwLater = () => setTimeout(() => { throw new Error('thrown with ' + process.env.TELOS_SECRET_TOKEN); }, 20);
        if (String(path).endsWith('never.txt')) { throwLater(); return new Promise(() => {}); }
        if (String(path).endsWith('late.txt')) throwLater();
        return open(path, ...rest);
      };
      syncBuiltinESMExports();`;
    for (const name of ['never.txt', 'late.txt']) writeFileSync(join(folder, name), 'text');
    const server = telos(['serve', '--port', '0'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(library)}`,
      TELOS_SECRET_TOKEN: 'of-the-operator',
    });
    const { url } = await server.next();
    const run = async (source: string): Promise<unknown> => {
      const answer = await fetch(`${String(url)}/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', prefer: 'wait=30' },
        body: JSON.stringify({ source }),
      });
      return answer.json();
    };
    const reading = (path: string): string =>
      `telos: 1\nid: reading\nsteps:\n  - { id: read, uses: file.read, with: { path: ${path} } }\n  - { id: nap, wait: { for: 100ms } }\n`;
    expect(await run(reading('never.txt'))).toMatchObject({
      status: 'failed',
      error: { code: 'TOOL_FAILED', path: 'read', message: expect.stringContaining('thrown with') },
    });
    expect(await run(reading('late.txt'))).toMatchObject({ status: 'succeeded' });
    expect(await run(greeting)).toMatchObject({ status: 'succeeded' });
    server.signal('SIGINT');
    const { code, complaints } = await server.ended;
    expect(code).toBe(0);
    expect(complaints.split('\n')).toEqual([
      expect.stringMatching(
        /^Something failed that step read of run \S+ had set going and not waited for: the step fails\. Error: thrown with \*\*\*$/,
      ),
      expect.stringMatching(
        /^Something failed that step read of run \S+ .*: the step had ended, and no run fails by it\. Error: thrown with \*\*\*$/,
      ),
      '',
    ]);
  });

  it('ends with what has happened when it fails itself, outside of any step', async () => {
    const own = `process.on('SIGUSR2', () => { throw new Error('ours'); });`;
    const server = telos(['serve', '--port', '0'], {
      NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(own)}`,
    });
    await server.next();
    server.signal('SIGUSR2');
    expect(await server.ended).toMatchObject({ code: 1, complaints: expect.stringMatching(/^Error: ours\n {4}at /) });
  });

  it('ends when the program that started it, and keeps a channel to it, is gone before it listens', async () => {
    const starter = spawn(
      process.execPath,
      [
        '--eval',
        `require('node:child_process').fork(${JSON.stringify(program)}, ['serve', '--port', '0'], { stdio: ['ignore', 'pipe', 'inherit', 'ipc'] }); process.exit()`,
      ],
      {
        cwd: folder,
        env: { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9' },
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    // Its standard error is the server's too: that it closes means that both have ended.
    starter.stderr.resume();
    await new Promise((resolve) => starter.once('close', resolve));
  });

  it('takes up the runs that were left to it', async () => {
    await telos(['run', 'greeting.yaml', '--detach']).ended;
    telos(['serve', '--port', '0']);
    const { code, lines } = await telos(['watch', 'last']).ended;
    expect(code).toBe(0);
    expect(lines.at(-1)).toMatchObject({ type: 'result', status: 'succeeded' });
  });

  it('says in one line that its port is in use, and ends with 2', async () => {
    const { port } = await silentServer();
    const { code, complaints } = await telos(['serve', '--port', String(port)]).ended;
    expect(code).toBe(2);
    expect(complaints).toMatch(new RegExp(`^PORT_IN_USE: [^\\n]*${port}[^\\n]*--port[^\\n]*\\n$`));
  });

  it('does not listen where others reach it without keys', async () => {
    const { code, complaints } = await telos(['serve', '--host', '0.0.0.0', '--port', '0']).ended;
    expect(code).toBe(2);
    expect(complaints).toMatch(/^API_KEYS_REQUIRED: [^\n]*TELOS_API_KEYS[^\n]*\n$/);
  });
});

describe('a damaged store', () => {
  it('is told of in one line, ends with 1, and is left as it was', async () => {
    writeFileSync(join(folder, 'broken.db'), 'this is no database, whatever its name says it should be');
    const { code, complaints } = await telos(['runs'], { TELOS_DATABASE_URL: 'sqlite:broken.db' }).ended;
    expect(code).toBe(1);
    expect(complaints).toMatch(/^STORE_\w+: [^\n]+\n$/);
  });
});

function ask(model: string): string {
  return `telos: 1
id: ask
steps:
  - { id: answer, uses: llm, with: { model: ${model}, prompt: "Say something." } }
outputs: { text: "\${{ steps.answer.output.text }}" }
`;
}
