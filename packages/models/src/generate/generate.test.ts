import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { createFakeClock, createHold, startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, listen, nowhere, testModels, user } from '../testing/test-models.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const model = 'openai/scripted';
const models = (settings: Parameters<typeof testModels>[0] = {}) =>
  testModels({ openai: { baseUrl: server.url }, ollama: { host: server.ollamaUrl }, ...settings });
const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };

describe('an answer that should be JSON', () => {
  it.each([
    ['a fence around it', 'Here you are:\n```json\n{"n": 1}\n```\nAnything else?'],
    ['prose around it', 'Sure! {"n": 1} is the answer.'],
    ['a trailing comma and single quotes', "{'n': 1,}"],
    ['a bracket left open', '{"n": 1'],
    ['thoughts before it', '<think>maybe {"n": 2}?</think>{"n": 1}'],
  ])('is taken with %s, without asking again', async (_what, text) => {
    server.respond({ reply: { text } });
    const answer = await models().generate({ model, messages: user('Count.'), schema }, listen());
    expect(answer).toMatchObject({ value: { n: 1 }, text });
    expect(server.requests).toHaveLength(1);
  });

  it('goes back once with the reasons when it does not fit, and the corrected one counts', async () => {
    server.respond({ times: 1, reply: { json: { n: 'one' } } });
    server.respond({ reply: { json: { n: 1 } } });
    const context = listen();
    const answer = await models().generate({ model, messages: user('Count.'), schema }, context);
    expect(answer.value).toEqual({ n: 1 });
    expect(answer.usage.calls).toBe(2);
    expect(context.exchanges.map(({ error }) => error?.code)).toEqual(['OUTPUT_INVALID', undefined]);
    const [, second] = server.requests;
    expect(second?.messages.map(({ role }) => role)).toEqual(['user', 'assistant', 'user']);
    expect(second?.messages[1]?.text).toBe('{"n":"one"}');
    expect(second?.messages[2]?.text).toMatch(/n: .*(int|number)/);
  });

  it('fails with the reasons after its last repair', async () => {
    server.respond({ reply: { json: { n: 'one' } } });
    const context = listen();
    const failure = await failureOf(models().generate({ model, messages: user('Go'), schema, repairs: 2 }, context));
    expect(failure).toMatchObject({ code: 'OUTPUT_INVALID', kind: 'retryable', details: { model } });
    expect(failure.message).toMatch(/n: /);
    expect(context.exchanges).toHaveLength(3);
    expect(server.requests).toHaveLength(3);
  });

  it('is not taken when it is nested too deep', async () => {
    server.respond({ reply: { text: `{"n": ${'['.repeat(5000)}${']'.repeat(5000)}}` } });
    const failure = await failureOf(models().generate({ model, messages: user('Go'), schema, repairs: 0 }, listen()));
    expect(failure.details.reasons).toEqual(['The answer is nested more than 200 levels deep.']);
  });

  it('is never repaired when repairs is 0', async () => {
    server.respond({ reply: { text: 'no JSON here' } });
    const failure = await failureOf(models().generate({ model, messages: user('Go'), schema, repairs: 0 }, listen()));
    expect(failure.details.reasons).toEqual(['The answer is not JSON.']);
    expect(server.requests).toHaveLength(1);
  });

  it('is not taken when it was cut off, even where what is there would fit', async () => {
    server.respond({ reply: { text: '{"n": 1', finish: 'length' } });
    const failure = await failureOf(models().generate({ model, messages: user('Go'), schema }, listen()));
    expect(failure).toMatchObject({ code: 'OUTPUT_INVALID', details: { finish: 'length' } });
    expect(server.requests[1]?.text).toContain('cut off');
  });

  it('may be plain text for a schema of a string', async () => {
    server.respond({ reply: { text: 'just words' } });
    const answer = await models().generate({ model, messages: user('Go'), schema: { type: 'string' } }, listen());
    expect(answer.value).toBe('just words');
  });

  it('is not asked for with a schema that is none', async () => {
    const failure = await failureOf(
      models().generate({ model, messages: user('Go'), schema: { type: 'nonsense' } }, listen()),
    );
    expect(failure.code).toBe('SCHEMA_INVALID');
    expect(server.requests).toHaveLength(0);
  });
});

describe('an answer in words', () => {
  it.each([
    ['empty', { text: ' ' }, 'The answer was empty.'],
    ['cut off', { text: 'and so', finish: 'length' as const }, 'cut off'],
  ])('that is %s is asked for again and then fails', async (_what, reply, reason) => {
    server.respond({ reply });
    const failure = await failureOf(models().generate({ model, messages: user('Go') }, listen()));
    expect(failure.code).toBe('OUTPUT_INVALID');
    expect(failure.message).toContain(reason);
    expect(server.requests).toHaveLength(2);
    expect(server.requests[1]?.text).toContain(reason);
  });

  it('that was empty is asked for again without an empty message, which providers reject', async () => {
    server.respond({ times: 1, reply: { text: '' } });
    expect((await models().generate({ model, messages: user('Go') }, listen())).text).toBe('ok');
    expect(server.requests[1]?.messages.map(({ role }) => role)).toEqual(['user', 'user']);
  });
});

describe('a call of a tool that nobody offered', () => {
  const toolCalls = [{ name: 'http.request', input: { url: 'http://evil.example' } }];

  it.each([
    ['in words', {}],
    ['as JSON', { schema }],
  ])('is no answer %s: it goes back once and then fails', async (_how, asked) => {
    server.respond({ reply: { toolCalls } });
    const failure = await failureOf(models().generate({ model, messages: user('Go'), ...asked }, listen()));
    expect(failure.code).toBe('OUTPUT_INVALID');
    expect(server.requests[1]?.text).toContain('no tool');
  });

  it('is left out of an answer that can be used without it', async () => {
    server.respond({ reply: { text: '{"n": 1}', toolCalls } });
    const answer = await models().generate({ model, messages: user('Go'), schema }, listen());
    expect(answer).toMatchObject({ value: { n: 1 }, toolCalls: [], finish: 'stop' });
  });
});

describe('an answer without end', () => {
  it.each(['openai', 'ollama'])('of %s is given up, and its socket is closed', async (provider) => {
    const closed = Promise.withResolvers<void>();
    const word = 'x'.repeat(60_000);
    const event =
      provider === 'openai'
        ? `data: ${JSON.stringify({ choices: [{ index: 0, delta: { content: word } }] })}\n\n`
        : `${JSON.stringify({ model: 'm', done: false, message: { role: 'assistant', content: word } })}\n`;
    const endless = createServer((_request, response) => {
      response.writeHead(200, { 'content-type': provider === 'openai' ? 'text/event-stream' : 'application/x-ndjson' });
      Readable.from(repeated(event)).pipe(response);
      response.on('close', () => closed.resolve());
    });
    await new Promise<void>((resolve) => endless.listen(0, '127.0.0.1', resolve));
    const { port } = endless.address() as AddressInfo; // it listens on a port
    const host = `http://127.0.0.1:${port}`;
    const context = listen();
    const asked = testModels({ openai: { baseUrl: host, apiKey: 'test-key' }, ollama: { host } });
    const failure = await failureOf(asked.generate({ model: `${provider}/m`, messages: user('Go') }, context));
    expect(failure).toMatchObject({ code: 'OUTPUT_INVALID', kind: 'terminal' });
    expect(failure.next).toContain('max_tokens');
    expect(context.exchanges).toHaveLength(1);
    await closed.promise;
    endless.close();
  });
});

function* repeated(event: string): Generator<string> {
  for (;;) yield event;
}

describe('a fallback', () => {
  const fallback = { fallback: ['openai/first', 'ollama/second'] };

  it.each([
    ['a retryable failure', { status: 503 }],
    ['a terminal failure', { status: 400, message: 'no' }],
    ['an answer that cannot be used', { text: '' }],
  ])('goes on to the next model after %s, and the usage of both counts', async (_what, reply) => {
    server.respond({ when: { model: 'first' }, reply });
    server.respond({ when: { model: 'second' }, reply: { text: 'from the second', usage: { input: 5, output: 7 } } });
    const context = listen();
    const answer = await models().generate({ model: fallback, messages: user('Go') }, context);
    expect(answer).toMatchObject({ model: 'ollama/second', text: 'from the second' });
    expect(answer.usage.calls).toBe(context.exchanges.length);
    expect(context.exchanges.at(0)).toMatchObject({ model: 'openai/first' });
    expect(context.exchanges.at(0)?.error).toBeDefined();
  });

  it('goes past a model whose key is missing or whose provider does not exist', async () => {
    const answer = await models().generate(
      { model: { fallback: ['nobody/knows', 'ollama/second'] }, messages: user('Go') },
      listen(),
    );
    expect(answer.model).toBe('ollama/second');
  });

  it('throws the failure that may pass when every model failed', async () => {
    server.respond({ when: { model: 'first' }, reply: { status: 429 } });
    server.respond({ when: { model: 'second' }, reply: { status: 404 } });
    const failure = await failureOf(models().generate({ model: fallback, messages: user('Go') }, listen()));
    expect(failure).toMatchObject({ code: 'MODEL_RATE_LIMITED', kind: 'retryable' });
  });

  it('stops at an abort', async () => {
    const hold = createHold();
    server.respond({ when: { model: 'first' }, reply: { text: 'slow', hold } });
    const controller = new AbortController();
    const answer = models().generate({ model: fallback, messages: user('Go') }, listen(controller.signal));
    await hold.reached;
    controller.abort(new Error('stop'));
    await expect(answer).rejects.toThrow('stop');
    hold.release();
    expect(server.requests.map(({ model }) => model)).toEqual(['first']);
  });

  it('of no models is said to be empty', async () => {
    const failure = await failureOf(models().generate({ model: { fallback: [] }, messages: user('Go') }, listen()));
    expect(failure.code).toBe('MODEL_UNKNOWN');
  });
});

describe('what an exchange costs', () => {
  const usage = { input: 1_000_000, output: 100_000 };

  it('follows the prices of the settings', async () => {
    server.respond({ reply: { text: 'dear', usage } });
    const answer = await models({ prices: { [model]: { input: 2, output: 10 } } }).generate(
      { model, messages: user('Go') },
      listen(),
    );
    expect(answer.usage.usd).toBeCloseTo(3, 10);
  });

  it('is 0 and marked when no price is known', async () => {
    server.respond({ reply: { text: 'who knows', usage } });
    const context = listen();
    const answer = await models().generate({ model, messages: user('Go') }, context);
    expect(answer.usage.usd).toBe(0);
    expect(context.exchanges[0]?.unpriced).toBe(true);
  });

  it('is counted also for an answer that broke off, by an estimate', async () => {
    const hold = createHold();
    server.respond({ reply: { text: 'a long answer that is never finished', disconnect: 'midway', hold } });
    const context = listen();
    const failure = failureOf(
      models().generate({ model, messages: user('Go') }, { ...context, onText: () => hold.release() }),
    );
    expect(await failure).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(context.exchanges[0]?.text).not.toBe('');
    expect(context.exchanges[0]?.usage.output_tokens).toBeGreaterThan(0);
    expect(context.exchanges[0]?.estimated).toBe(true);
  });
});

describe('a model that says nothing', () => {
  it('is given up after silenceMs by the clock, and its socket closed', async () => {
    const clock = createFakeClock();
    const hold = createHold();
    server.respond({ reply: { text: 'one two three four', hold } });
    const heard = Promise.withResolvers<void>();
    const answer = failureOf(
      models({ clock, silenceMs: 60_000 }).generate(
        { model, messages: user('Go') },
        { signal: new AbortController().signal, onText: () => heard.resolve() },
      ),
    );
    await heard.promise;
    await clock.advance(59_999);
    await clock.advance(60_001);
    expect(await answer).toMatchObject({ code: 'MODEL_TIMEOUT', kind: 'retryable' });
    expect(await server.requests[0]?.cutByClient).toBe(true);
    hold.release();
  });
});

describe('offline models', () => {
  it('answer although nothing else can be reached', async () => {
    const text = 'Question: Where is it?\n\n<source name="a.md">It is in the red box.</source>';
    const answer = await testModels({ ollama: { host: nowhere } }).generate(
      { model: 'offline/extractive', messages: user(text) },
      listen(),
    );
    expect(answer.usage).toMatchObject({ usd: 0, calls: 1 });
  });
});
