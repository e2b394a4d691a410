import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { startModelServer } from '@telos/testkit/model-server';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeAll(() => {
  folder = telosFolder();
});
afterAll(() => folder.remove());

const file = 'workflows/evals/ask_folder.yaml';

/** Starts the experiment and kills the process, without a word, once so many trials are told. */
async function killedAfter(trials: number): Promise<void> {
  const program = join(import.meta.dirname, '../../packages/cli/bin/telos.js');
  const child = spawn(process.execPath, [program, 'eval', file], {
    cwd: folder.path,
    env: { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  let told = 0;
  for await (const line of createInterface(child.stdout)) {
    if (line.includes('"type":"trial"')) told += 1;
    if (told === trials) child.kill('SIGKILL');
  }
  await ended;
}

describe('the experiment that people start from', () => {
  it('is offline, goes on after kill -9 with nothing lost or repeated, and finds the better variant', async () => {
    await killedAfter(4);
    const { code, lines } = await folder.run(['eval', file]);
    expect(code).toBe(0);
    const begun = lines.find(({ type }) => type === 'experiment');
    expect(begun?.['done']).toBeGreaterThanOrEqual(4);
    const result = lines.at(-1);
    expect(result).toMatchObject({
      type: 'result',
      complete: true,
      done: 18,
      variants: [
        { variant: 'quotes', trials: 9, failed: 0, without_verdict: 0 },
        { variant: 'passage', trials: 9, failed: 0, without_verdict: 0 },
      ],
      comparisons: [{ variant: 'quotes', baseline: 'passage', rows: 9, score: { significant: true } }],
    });
    const tag = `experiment:ask_folder/${String(result?.['id'])}`;
    const runs = await folder.run(['runs', '--tag', tag, '--limit', '100']);
    expect(runs.lines).toHaveLength(18);
    expect(new Set(runs.lines.map(({ status }) => status))).toEqual(new Set(['succeeded']));
    // Two processes begin, and the lease of the one that was killed may have to lapse first.
  }, 120_000);
});

describe('the experiment that compares engines of agents', () => {
  it('runs the same task over each of them, with the same answers and the same number of calls', async () => {
    const sql = 'SELECT product FROM orders GROUP BY product ORDER BY sum(amount) DESC LIMIT 1';
    const server = await startModelServer({
      fallback: ({ messages }) =>
        messages.some(({ role }) => role === 'tool')
          ? { text: 'The espresso machine, and a kettle.', usage: { input: 10, output: 5 } }
          : { toolCalls: [{ name: 'shop_query', input: { sql } }], usage: { input: 10, output: 5 } },
    });
    try {
      const reached = { OPENAI_BASE_URL: server.url, OPENAI_API_KEY: 'scripted' };
      const { code, lines } = await folder.run(['eval', 'workflows/evals/agent_engines.yaml'], reached);
      const result = lines.at(-1);
      expect(result).toMatchObject({ type: 'result', complete: true, done: 8 });
      const variants = ['native', 'langchain', 'openai_agents', 'ai_sdk'];
      expect(result?.['variants']).toMatchObject(
        variants.map((variant) => ({ variant, trials: 2, failed: 0, score: 1 })),
      );
      expect(code).toBe(0);
      const asked = server.requests.filter(({ messages }) => messages.length > 0);
      expect(asked).toHaveLength(4 * 2 * 2);
      expect(new Set(asked.map(({ messages }) => JSON.stringify(messages))).size).toBe(4);
    } finally {
      await server.close();
    }
  }, 60_000);
});
