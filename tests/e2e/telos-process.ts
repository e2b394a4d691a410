/** `telos` in a folder of its own, as a user has it: the repository's documents and workflows, and nothing else. */
import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

const root = join(import.meta.dirname, '../..');
const program = join(root, 'packages/cli/bin/telos.js');

export type Line = { readonly type?: string; readonly [field: string]: unknown };
export type Environment = { readonly [name: string]: string };

export interface TelosFolder {
  readonly path: string;
  /** Runs `telos` to its end. */
  run(
    words: readonly string[],
    environment?: Environment,
  ): Promise<{ readonly code: number | null; readonly lines: readonly Line[] }>;
  /** Starts `telos serve` on a free port; resolves when it listens. */
  serve(
    environment?: Environment,
    words?: readonly string[],
  ): Promise<{
    readonly url: string;
    readonly process: ChildProcess;
    /** Lines of standard error so far. */ readonly log: readonly string[];
  }>;
  remove(): void;
}

export function telosFolder(): TelosFolder {
  const path = mkdtempSync(join(tmpdir(), 'telos-e2e-'));
  cpSync(join(root, 'docs'), join(path, 'docs'), { recursive: true });
  cpSync(join(root, 'workflows'), join(path, 'workflows'), { recursive: true });
  const processes: ChildProcess[] = [];

  function start(words: readonly string[], environment: Environment) {
    const env = { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9', ...environment };
    const child = spawn(process.execPath, [program, ...words], {
      cwd: path,
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    processes.push(child);
    child.stderr.pipe(process.stderr, { end: false });
    return child;
  }

  return {
    path,
    async run(words, environment = {}) {
      const child = start(words, environment);
      const ended = once(child, 'exit');
      const lines: Line[] = [];
      for await (const line of linesOf(child)) lines.push(line);
      await ended;
      return { code: child.exitCode, lines };
    },
    async serve(environment = {}, words = []) {
      const child = start(['serve', '--port', '0', ...words], environment);
      const log: string[] = [];
      createInterface(child.stderr).on('line', (line) => log.push(line));
      for await (const line of linesOf(child)) {
        if (line.type === 'listening' && typeof line['url'] === 'string')
          return { url: line['url'], process: child, log };
      }
      throw new Error('telos serve ended before it listened');
    },
    remove() {
      for (const child of processes) child.kill('SIGKILL');
      rmSync(path, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function* linesOf({ stdout }: ChildProcess): AsyncIterable<Line> {
  if (stdout === null) return;
  // Every line is one JSON object; one that is not makes the test fail here.
  for await (const text of createInterface(stdout)) yield JSON.parse(text) as Line;
}
