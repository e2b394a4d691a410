/** Several processes of one installation, which meet in a queue: those that take requests, and those that carry runs out. */
import { execFile } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createHold, startModelServer } from '@telos/testkit/model-server';
import { startRedis } from '@telos/testkit/servers/redis';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { Environment, TelosFolder } from './telos-process.ts';

const program = join(import.meta.dirname, '../../packages/cli/bin/telos.js');

// Each test starts three or four processes.
vi.setConfig({ testTimeout: 60_000 });

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

const ask = `telos: 1
id: ask
steps:
  - { id: answer, uses: llm, with: { model: openai/scripted, prompt: "Say something." } }
outputs: { text: "\${{ steps.answer.output.text }}" }
`;

/** A model that stops in the middle of each answer until it is released. */
async function haltingModel() {
  const hold = createHold();
  const server = await startModelServer({ fallback: { text: 'once upon a time there was an engine', hold } });
  onTestFinished(() => server.close());
  return { environment: { OPENAI_API_KEY: 'key', OPENAI_BASE_URL: server.url }, hold };
}

const quick = `telos: 1
id: quick
steps:
  - { id: a, uses: transform, with: { value: 1 } }
  - { id: b, uses: transform, with: { value: "\${{ steps.a.output }}" } }
`;

async function start(url: string, source = ask): Promise<string> {
  const answer = await fetch(`${url}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ source }),
  });
  expect(answer.status).toBe(202);
  return answer.headers.get('location') ?? '';
}

/** The events of a run as they come, and a wait for a text among them. */
async function eventsOf(url: string, run: string) {
  const events = await fetch(`${url}${run}/events`, { headers: { accept: 'text/event-stream' } });
  const reader = events.body?.pipeThrough(new TextDecoderStream()).getReader();
  let text = '';
  return {
    async until(expected: RegExp): Promise<string> {
      while (!expected.test(text)) {
        const { done, value } = (await reader?.read()) ?? { done: true, value: undefined };
        if (done) throw new Error(`the stream ended without ${String(expected)}:\n${text}`);
        text += value;
      }
      return text;
    },
  };
}

describe.each([
  ['Redis', `${process.env['TELOS_TEST_REDIS_URL']}?prefix=e2e-${randomUUID().slice(0, 8)}`],
  ['PostgreSQL', `${process.env['TELOS_TEST_DATABASE_URL']}?schema=e2e_${randomUUID().slice(0, 8)}`],
])('processes that share a queue on %s', (_, queueUrl) => {
  it('carry out a run that another has taken in, and whoever follows it there reads along', async () => {
    const model = await haltingModel();
    const environment: Environment = { ...model.environment, TELOS_QUEUE_URL: queueUrl };
    const door = await folder.serve(environment, ['--no-worker']);
    await folder.serve(environment);
    const run = await start(door.url);
    const events = await eventsOf(door.url, run);
    await events.until(/event: live[\s\S]*once/);
    model.hold.release();
    expect(await events.until(/event: run\.succeeded/)).toContain('event: step.succeeded');
  });

  it('keep to one rate limit together, and a run that waits for it says so', async () => {
    const server = await startModelServer();
    onTestFinished(() => server.close());
    const environment: Environment = {
      OPENAI_API_KEY: 'key',
      OPENAI_BASE_URL: server.url,
      TELOS_QUEUE_URL: queueUrl.replace(/=e2e[-_]/, '$&limits_'),
    };
    writeFileSync(join(folder.path, 'telos.yaml'), 'rate_limits: { openai: { requests_per_minute: 2 } }\n');
    writeFileSync(join(folder.path, 'ask.yaml'), ask);
    const asked = await Promise.all([1, 2].map(() => folder.run(['run', 'ask.yaml'], environment)));
    expect(asked.map(({ code }) => code)).toEqual([0, 0]);
    const other = await folder.serve(environment);
    const run = await start(other.url);
    await (await eventsOf(other.url, run)).until(/event: call\.waiting/);
    expect(await (await fetch(`${other.url}${run}`)).json()).toMatchObject({
      waiting_for: [{ message: expect.stringContaining('the rate limit of openai, 2 requests a minute, is used up') }],
    });
    expect(server.requests).toHaveLength(2);
  });

  it('take over the run of one that was killed', async () => {
    const model = await haltingModel();
    const environment: Environment = { ...model.environment, TELOS_QUEUE_URL: queueUrl };
    const door = await folder.serve(environment, ['--no-worker']);
    const doomed = await folder.serve(environment);
    const run = await start(door.url);
    const events = await eventsOf(door.url, run);
    await model.hold.reached;
    doomed.process.kill('SIGKILL');
    await once(doomed.process, 'exit');
    model.hold.release();
    await folder.serve(environment);
    await events.until(/event: run\.succeeded/);
  });
});

describe('processes whose Redis loses everything', () => {
  it('finish every run all the same', async () => {
    const redis = await startRedis();
    onTestFinished(() => redis.stop());
    const environment: Environment = { TELOS_QUEUE_URL: redis.url };
    const door = await folder.serve(environment, ['--no-worker']);
    const started = (count: number) => Promise.all(Array.from({ length: count }, () => start(door.url, quick)));
    const runs = await started(20);
    // Nobody has served yet: what was offered is lost, and what is offered meanwhile is refused.
    await redis.halt('SIGKILL');
    runs.push(...(await started(10)));
    await redis.restart();
    await Promise.all([folder.serve(environment), folder.serve(environment)]);
    runs.push(...(await started(20)));
    await redis.halt('SIGKILL');
    await redis.restart();
    runs.push(...(await started(10)));
    for (const run of runs) await (await eventsOf(door.url, run)).until(/event: run\.succeeded/);
  });
});

describe('a process with a queue of its own', () => {
  const watching = `
    import { registerHooks } from 'node:module';
    registerHooks({
      load(url, context, next) {
        const name = /node_modules\\/(bullmq|ioredis|pg)\\//.exec(url)?.[1];
        if (name !== undefined) process.stderr.write('loaded ' + name + '\\n');
        return next(url, context);
      },
    });`;

  it('loads no client of any queue', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'telos-watching-')), 'watching.mjs');
    writeFileSync(file, watching);
    writeFileSync(
      join(folder.path, 'hello.yaml'),
      'telos: 1\nid: hello\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n',
    );
    const run = (environment: Environment) =>
      promisify(execFile)(process.execPath, ['--import', file, program, 'run', 'hello.yaml', '--detach'], {
        cwd: folder.path,
        env: { PATH: process.env['PATH'], OLLAMA_HOST: '127.0.0.1:9', ...environment },
      });
    expect((await run({ TELOS_QUEUE_URL: 'local:' })).stderr).toBe('');
    const shared = await run({ TELOS_QUEUE_URL: `${process.env['TELOS_TEST_REDIS_URL']}` });
    expect(shared.stderr).toContain('loaded bullmq');
  });
});
