import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { watch } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { root } from '../architecture/repository.ts';

type Ended = { readonly code: number | null; readonly output: string };

function start(words: readonly string[], environment: { readonly [name: string]: string } = {}): Promise<Ended> {
  return begin(words, environment).ended;
}

type Begun = {
  readonly ended: Promise<Ended>;
  signal(name: NodeJS.Signals): void;
};

function begin(words: readonly string[], environment: { readonly [name: string]: string } = {}): Begun {
  const script = [join(root, 'scripts/start.ts'), ...words];
  const child = spawn(process.execPath, ['--conditions=source', ...script], {
    cwd: root,
    env: {
      PATH: process.env['PATH'],
      TELOS_HOME: mkdtempSync(join(tmpdir(), 'telos-start-')),
      OLLAMA_HOST: '127.0.0.1:9',
      ...environment,
    },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
  return {
    // The output is the server's too: that it closes means that both have ended.
    ended: new Promise((resolve) => child.once('close', (code) => resolve({ code, output }))),
    signal: (name) => void child.kill(name),
  };
}

describe('pnpm start', () => {
  it('runs the quickstart on the documents here, a database and the server itself, without any key', async () => {
    const { code, output } = await start(['--once']);
    expect(output).toMatch(/^answer: .*\[docs\/\w+\.md\]/m);
    expect(output).toMatch(/^citations:\n {2}".+" {2}\(docs\//m);
    expect(output).toMatch(/^best_sellers:\n {2}\{"product":/m);
    expect(output).toContain('server_status: 200');
    expect(output).toMatch(/It succeeded in [\d.]+ s, with \d+ tokens, for \$0\.0000\./);
    expect(code).toBe(0);
  }, 60_000);

  it('says in one line which setting is wrong, and leaves with its exit code', async () => {
    const { code, output } = await start(['--once'], { TELOS_DURABILITY: 'sometimes' });
    expect(code).toBe(2);
    expect(output.trimEnd().split('\n').at(-1)).toMatch(/^CONFIG_INVALID: TELOS_DURABILITY: expected full or normal\./);
  }, 60_000);

  it.each(['SIGTERM', 'SIGKILL'] as const)(
    'leaves no process behind when it is ended by %s while it serves',
    async (name) => {
      const home = mkdtempSync(join(tmpdir(), 'telos-start-'));
      const { ended, signal } = begin(['--once'], { TELOS_HOME: home });
      for await (const { filename } of watch(home)) if (filename === 'telos.db') break;
      signal(name);
      await ended;
    },
    60_000,
  );

  it('leaves no process behind when it is ended by SIGTERM before it serves', async () => {
    const { ended, signal } = begin(['--once']);
    signal('SIGTERM');
    await ended;
  }, 60_000);

  it('knows only --once', async () => {
    expect(await start(['--twice'])).toMatchObject({ code: 2, output: expect.stringContaining('--twice') });
  });
});
