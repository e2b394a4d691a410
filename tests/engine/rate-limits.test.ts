/** Runs whose model calls have to wait for a rate limit. Real models over HTTP, from a scripted server. */
import { explain, fold } from '@telos/core';
import type { Limiter, RunEvent } from '@telos/core';
import { createLocalLimiter, createLocalQueue } from '@telos/driver-local';
import { createChecks } from '@telos/evaluators';
import { createSchemas } from '@telos/language';
import { createModels } from '@telos/models';
import type { RateLimits } from '@telos/models';
import { createFakeClock, startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { createTools } from '@telos/tools';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { openEngine } from './engine.ts';
import type { Engine, EngineOptions } from './engine.ts';

let server: ModelServer;
const closing: (() => Promise<unknown>)[] = [];
beforeEach(async () => {
  server = await startModelServer();
  closing.push(() => server.close());
});
afterEach(async () => {
  for (const close of closing.splice(0).toReversed()) await close();
});

/** An engine whose `llm` and `judge` ask the server, no oftener than the limits allow. */
async function limited(limits: RateLimits, options: EngineOptions = {}): Promise<{ engine: Engine; limiter: Limiter }> {
  const clock = options.clock ?? createFakeClock();
  const limiter = createLocalLimiter(clock);
  const schemas = createSchemas();
  const models = createModels({
    openai: { baseUrl: server.url },
    ollama: { host: 'http://127.0.0.1:9' },
    rateLimits: { limits, limiter },
    schemas,
    clock,
  });
  const llm = createTools({ models, clock, workspace: import.meta.dirname }).get('llm');
  const judge = createChecks({ models, schemas, evaluateCondition: () => true }).get('judge');
  if (llm === undefined || judge === undefined) throw new Error('There is no llm, or no judge.');
  const engine = await openEngine({ clock, tools: { llm }, checks: { judge }, ...options });
  closing.push(async () => {
    await engine.close();
    await limiter.close();
  });
  return { engine, limiter };
}

const ask = (prompt: string, more = '') =>
  `telos: 1\nid: ask\nsteps: [{ id: a, uses: llm, with: { model: openai/scripted, prompt: "${prompt}" }${more} }]\n`;

async function reasons(engine: Engine, run: string): Promise<readonly string[]> {
  const state = await fold(engine.store.journal.read(run));
  return state === undefined ? [] : explain(state, engine.clock.now()).map(({ sentence }) => sentence);
}

async function typesOf(engine: Engine, run: string): Promise<readonly RunEvent['type'][]> {
  return (await engine.events(run)).map(({ type }) => type);
}

/** Lets time pass until the run has ended; what lies between is HTTP, in real time. */
async function passUntilEnded(engine: Engine, run: string): Promise<void> {
  const progress = { isOver: false };
  const ended = engine.ended(run).finally(() => (progress.isOver = true));
  while (!progress.isOver) await engine.clock.advance(250);
  await ended;
}

const perMinute = (requestsPerMinute: number): RateLimits => ({ openai: { requestsPerMinute } });
const waitsFor = (path: string): string =>
  `Step ${path} has a call that may not be made yet: the rate limit of openai, 1 requests a minute, is used up.`;

describe('a run whose model call has to wait for a rate limit', () => {
  it('says so, goes on by itself when there is room, and its trace tells of both', async () => {
    const { engine } = await limited(perMinute(1));
    await engine.run(ask('first'));
    const run = await engine.start(ask('second'));
    await engine.until(run, ({ type }) => type === 'step.started');
    await engine.clock.advance(2000);
    await engine.until(run, ({ type }) => type === 'call.waiting');
    expect(await reasons(engine, run)).toEqual([waitsFor('a')]);
    expect(server.requests).toHaveLength(1);
    await passUntilEnded(engine, run);
    expect((await typesOf(engine, run)).slice(1)).toEqual([
      'run.started',
      'step.started',
      'call.waiting',
      'call.admitted',
      'call.finished',
      'step.succeeded',
      'run.succeeded',
    ]);
  });

  it('ends when it is cancelled, and its call is never made', async () => {
    const { engine } = await limited(perMinute(1));
    await engine.run(ask('first'));
    const run = await engine.start(ask('second'));
    await engine.until(run, ({ type }) => type === 'step.started');
    await engine.clock.advance(2000);
    await engine.store.inbox.post(run, { id: 'c', kind: 'cancel', reason: 'enough' });
    expect((await engine.ended(run)).phase.status).toBe('cancelled');
    await engine.clock.advance(120_000);
    expect(server.requests).toHaveLength(1);
  });

  it('waits for its judges too', async () => {
    const { engine } = await limited(perMinute(1));
    const gate = ', gate: { judge: { uses: judge, with: { model: openai/scripted, rubric: [is short] } } }';
    server.respond({
      when: { schema: true },
      reply: { json: { verdicts: [{ criterion: 0, met: 1, reason: 'it is' }] } },
    });
    const run = await engine.start(ask('something', gate));
    await engine.until(run, ({ type }) => type === 'call.finished');
    while (!(await typesOf(engine, run)).includes('call.waiting')) await engine.clock.advance(250);
    expect(await reasons(engine, run)).toEqual([waitsFor('a')]);
    expect(server.requests).toHaveLength(1);
    await passUntilEnded(engine, run);
    expect(server.requests.length).toBeGreaterThan(1);
  });

  it('says so also when another worker runs its step', async () => {
    const queue = createLocalQueue();
    closing.push(() => queue.close());
    const { engine } = await limited(perMinute(1), { queue, queues: ['default'] });
    await engine.run(ask('first'));
    const llm = createTools({
      clock: engine.clock,
      workspace: import.meta.dirname,
      models: createModels({
        openai: { baseUrl: server.url },
        rateLimits: { limits: perMinute(1), limiter: busyLimiter(engine) },
        schemas: createSchemas(),
        clock: engine.clock,
      }),
    }).get('llm');
    if (llm === undefined) throw new Error('There is no llm.');
    const helper = await engine.another({ queue, queues: ['gpu'], recover: false, owner: 'helper', tools: { llm } });
    closing.push(() => helper.close());
    const run = await engine.start(ask('second', ', queue: gpu'));
    await engine.until(run, ({ type }) => type === 'step.started');
    while (!(await typesOf(engine, run)).includes('call.waiting')) await engine.clock.advance(250);
    expect(await reasons(engine, run)).toEqual([waitsFor('a')]);
    await passUntilEnded(engine, run);
    expect(await typesOf(engine, run)).toContain('call.admitted');
  });

  /** A limiter that another call has just used up. */
  function busyLimiter(engine: Engine): Limiter {
    const limiter = createLocalLimiter(engine.clock);
    closing.push(() => limiter.close());
    void limiter.take({ key: 'model:openai:requests', perMinute: 1 }, 1);
    return limiter;
  }
});

describe('runs of several namespaces that wait for one rate limit', () => {
  it('take turns: one with few calls is not put behind all calls of another', async () => {
    const { engine } = await limited(perMinute(1));
    const many = `telos: 1
id: many
steps:
  - id: each
    foreach: "\${{ [1, 2, 3, 4, 5, 6] }}"
    max_parallel: 6
    steps: [{ id: a, uses: llm, with: { model: openai/scripted, prompt: "many" } }]
`;
    const crowd = await engine.start(many, {}, { created: { namespace: 'crowd' } });
    await engine.until(crowd, ({ type }) => type === 'call.finished');
    const alone = await engine.start(ask('few'), {}, { created: { namespace: 'alone' } });
    while (!(await typesOf(engine, alone)).includes('call.waiting')) await engine.clock.advance(250);
    await passUntilEnded(engine, crowd);
    await engine.ended(alone);
    expect(server.requests.map(({ text }) => text).indexOf('few')).toBeLessThanOrEqual(2);
  });
});
