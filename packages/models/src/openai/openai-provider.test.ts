import { startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { AIMessageChunk } from '@langchain/core/messages';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { providerFailure } from '../http/provider-failure.ts';
import { HttpFailure } from '../http/http-failure.ts';
import { failureOf, listen, realClock, testModels, testSchemas, user } from '../testing/test-models.ts';
import { finishOf } from './openai-answer.ts';
import { createOpenAIProvider } from './openai-provider.ts';
import { openAIEndpoint } from './openai-endpoint.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const model = 'openai/scripted';

describe('the key of openai/*', () => {
  it('is asked for by name when neither key nor base URL is set, before anything is sent', async () => {
    const models = testModels({ openai: { apiKey: '', baseUrl: '' } });
    const problem = await models.problem('openai/gpt-5.2');
    expect(problem).toMatchObject({ code: 'MODEL_KEY_MISSING', kind: 'terminal' });
    expect(problem?.message).toContain('OPENAI_API_KEY');
    expect(problem?.next).toContain('export OPENAI_API_KEY=');
    const failure = await failureOf(models.generate({ model: 'openai/gpt-5.2', messages: user('Go') }, listen()));
    expect(failure.code).toBe('MODEL_KEY_MISSING');
  });

  it('is not needed for a compatible server', async () => {
    const models = testModels({ openai: { baseUrl: server.url } });
    expect(await models.problem(model)).toBeUndefined();
    expect((await models.generate({ model, messages: user('Go') }, listen())).text).toBe('ok');
  });

  it('is sent as a bearer token where it is set', async () => {
    await testModels({ openai: { baseUrl: `${server.url}/`, apiKey: 'sk-given' } }).generate(
      { model, messages: user('Go') },
      listen(),
    );
    expect(server.requests[0]?.headers.authorization).toBe('Bearer sk-given');
    expect(server.requests[0]?.path).toBe('/v1/chat/completions');
  });

  it('is never shown, even when the provider echoes it', async () => {
    server.respond({ when: { text: 'one' }, reply: { status: 400, message: 'bad key our-secret-1234 here' } });
    server.respond({ when: { text: 'two' }, reply: { status: 401, message: 'Incorrect API key: our-secret-1234' } });
    server.respond({ reply: { status: 500, message: 'not even sk-somebody-elses-secret' } });
    const models = testModels({ openai: { baseUrl: server.url, apiKey: 'our-secret-1234' } });
    for (const text of ['one', 'two', 'three']) {
      const failure = await failureOf(models.generate({ model, messages: user(text) }, listen()));
      expect(JSON.stringify([failure.message, failure.details, failure.next, failure.cause])).not.toContain('secret');
    }
  });

  it('belongs to OpenAI itself unless a base URL says otherwise, and no user name of a URL is part of the host', () => {
    const settings = { schemas: { issues: () => [] }, clock: { now: () => 0, sleep: async () => {} } };
    expect(openAIEndpoint({ ...settings, openai: { apiKey: 'k' } })).toMatchObject({
      own: true,
      baseUrl: 'https://api.openai.com/v1',
    });
    expect(openAIEndpoint({ ...settings, openai: { baseUrl: 'https://me:pw@llm.example/v1/' } })).toMatchObject({
      own: false,
      host: 'llm.example',
    });
  });
});

describe('a compatible server that does not take everything', () => {
  const models = () => testModels({ openai: { baseUrl: server.url } });

  it('gets a schema in words, once it has rejected response_format by name, and is not asked with it again', async () => {
    server.respond({
      when: { schema: true },
      reply: { status: 400, message: "'response_format' of this type is unavailable now" },
    });
    server.respond({ reply: { text: '{"n": 1}' } });
    const schema = { type: 'object', properties: { n: { type: 'integer' } } };
    const asking = models();
    const ask = () => asking.generate({ model, messages: user('Count.'), schema }, listen());
    expect((await ask()).value).toEqual({ n: 1 });
    expect((await ask()).value).toEqual({ n: 1 });
    expect(server.requests.map((request) => request.schema !== undefined)).toEqual([true, false, false]);
  });

  it('is asked again without a temperature that it rejects', async () => {
    server.respond({
      times: 1,
      reply: { status: 400, message: 'Only the default (1) is supported.', param: 'temperature' },
    });
    expect((await models().generate({ model, messages: user('Go'), temperature: 0 }, listen())).text).toBe('ok');
    expect(server.requests.map(({ body }) => JSON.stringify(body).includes('temperature'))).toEqual([true, false]);
  });

  it('is asked again without stream_options that it rejects, and its tokens are estimated', async () => {
    server.respond({ times: 1, reply: { status: 400, message: "Unknown parameter: 'stream_options'." } });
    const context = listen();
    expect((await models().generate({ model, messages: user('Go') }, context)).text).toBe('ok');
    expect(context.exchanges[0]?.estimated).toBe(true);
  });

  it('is not asked again when it rejects anything else', async () => {
    server.respond({ reply: { status: 400, message: 'messages must not be empty' } });
    expect(await failureOf(models().generate({ model, messages: user('Go') }, listen()))).toMatchObject({
      code: 'MODEL_REQUEST_INVALID',
    });
    expect(server.requests).toHaveLength(1);
  });

  it('is asked in words alone for a schema whose root is no object', async () => {
    server.respond({ reply: { text: '["a", "b"]' } });
    const schema = { type: 'array', items: { type: 'string' } };
    const answer = await models().generate({ model, messages: user('List.'), schema }, listen());
    expect(answer.value).toEqual(['a', 'b']);
    expect(server.requests[0]?.schema).toBeUndefined();
    expect(server.requests[0]?.text).toContain('"type":"array"');
  });
});

describe('an answer of openai/*', () => {
  const models = () => testModels({ openai: { baseUrl: server.url } });

  it('that is a refusal fails with the reason, and is not asked for again', async () => {
    server.respond({ reply: { refusal: 'I cannot help with that.' } });
    const failure = await failureOf(
      models().generate({ model, messages: user('Go'), schema: { type: 'object' } }, listen()),
    );
    expect(failure).toMatchObject({ code: 'MODEL_REFUSED', kind: 'terminal' });
    expect(failure.message).toContain('I cannot help with that.');
    expect(server.requests).toHaveLength(1);
  });

  it('that the content filter withheld is a refusal', async () => {
    server.respond({ reply: { text: 'half of', finish: 'content_filter' } });
    expect(await failureOf(models().generate({ model, messages: user('Go') }, listen()))).toMatchObject({
      code: 'MODEL_REFUSED',
    });
  });

  const tools = [{ name: 'add', description: 'Adds.', input: { type: 'object' } }];

  it('may hold tool arguments that need mending', async () => {
    server.respond({ reply: { toolCalls: [{ name: 'add', input: {}, rawInput: '{a: 1, "b": 2' }] } });
    const answer = await models().generate({ model, messages: user('Add.'), tools }, listen());
    expect(answer.toolCalls[0]?.input).toEqual({ a: 1, b: 2 });
  });

  it('whose tool arguments are no JSON at all goes back to the model', async () => {
    server.respond({ times: 1, reply: { toolCalls: [{ name: 'add', input: {}, rawInput: 'one and two' }] } });
    server.respond({ reply: { toolCalls: [{ name: 'add', input: { a: 1 } }] } });
    const answer = await models().generate({ model, messages: user('Add.'), tools }, listen());
    expect(answer.toolCalls[0]?.input).toEqual({ a: 1 });
    expect(server.requests[1]?.text).toContain('The arguments of the call of "add" are not JSON.');
  });

  it('shows thoughts that a compatible server sends as `reasoning`', async () => {
    server.respond({ reply: { text: 'Yes.', thought: { text: 'Why not?', as: 'reasoning' } } });
    const context = listen();
    await models().generate({ model, messages: user('Go?') }, context);
    expect(context.work.map(({ text }) => text).join('')).toBe('Why not?');
  });

  it('tells how many of its tokens were cached', async () => {
    server.respond({ reply: { text: 'known', usage: { input: 10, output: 2, cached: 6 } } });
    const settings = { openai: { baseUrl: server.url }, schemas: testSchemas, clock: realClock };
    const chat = createOpenAIProvider(settings, realClock).chat('scripted');
    const parts = await Array.fromAsync(chat.stream({ messages: user('Go') }, new AbortController().signal));
    expect(parts.at(-1)).toEqual({ type: 'finish', reason: 'stop', inputTokens: 10, outputTokens: 2, cachedTokens: 6 });
  });

  it('ends for the reason that chat completions or responses give', () => {
    const finish = (response_metadata: Record<string, unknown>) =>
      finishOf(new AIMessageChunk({ content: '', response_metadata }));
    expect(finish({ finish_reason: 'stop' })).toBe('stop');
    expect(finish({ finish_reason: 'length' })).toBe('length');
    expect(finish({ finish_reason: 'function_call' })).toBe('tool_calls');
    expect(finish({ status: 'completed' })).toBe('stop');
    expect(finish({ status: 'incomplete', incomplete_details: { reason: 'max_output_tokens' } })).toBe('length');
    expect(finish({ status: 'incomplete', incomplete_details: { reason: 'content_filter' } })).toBe('content_filter');
    expect(finish({})).toBeUndefined();
  });
});

describe('a failure of a provider', () => {
  const now = Date.parse('2026-01-01T00:00:00Z');
  const site = { ref: 'openai/m', host: 'llm.example', notFound: 'MODEL_UNKNOWN' as const, now };

  it('reads a Retry-After that is a date by the given time', () => {
    const headers = new Headers({ 'retry-after': 'Thu, 01 Jan 2026 00:00:30 GMT' });
    expect(providerFailure(new HttpFailure(429, headers, ''), site).details.retryAfterMs).toBe(30_000);
  });

  it('is terminal when the account has no credit left', () => {
    const failure = providerFailure(new HttpFailure(429, new Headers(), 'pay', 'insufficient_quota'), site);
    expect(failure).toMatchObject({ code: 'MODEL_RATE_LIMITED', kind: 'terminal' });
  });

  it('is a refusal when the content policy stopped the request', () => {
    const failure = providerFailure(new HttpFailure(400, new Headers(), 'no', 'content_policy_violation'), site);
    expect(failure.code).toBe('MODEL_REFUSED');
  });

  it('is a timeout when a socket timed out, however deep the cause', () => {
    const cause = Object.assign(new Error('Headers Timeout Error'), { code: 'UND_ERR_HEADERS_TIMEOUT' });
    const failure = providerFailure(
      new Error('Connection error.', { cause: new TypeError('fetch failed', { cause }) }),
      site,
    );
    expect(failure.code).toBe('MODEL_TIMEOUT');
  });

  it('tells a prompt that is longer than the context from other bad requests', () => {
    const error = Object.assign(new Error('maximum context length'), { name: 'ContextOverflowError' });
    const failure = providerFailure(error, site);
    expect(failure.code).toBe('MODEL_REQUEST_INVALID');
    expect(failure.message).toContain('longer than');
  });
});
