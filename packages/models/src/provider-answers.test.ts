import { createHold, startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, listen, testModels, user } from './testing/test-models.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const providers = ['openai', 'ollama'] as const;
const modelsOf = () =>
  testModels({ openai: { baseUrl: server.url, apiKey: 'test-secret-1234' }, ollama: { host: server.ollamaUrl } });

describe.each(providers)('a chat model of %s', (provider) => {
  const model = `${provider}/scripted`;
  const ask = (text: string, more: object = {}, context = listen()) =>
    modelsOf().generate({ model, messages: user(text), ...more }, context);

  it('streams its answer in pieces and gives it whole, with the tokens that the provider counted', async () => {
    server.respond({ reply: { text: 'Vancouver is a city in Canada.', usage: { input: 21, output: 9 } } });
    const context = listen();
    const answer = await ask('Where is Vancouver?', {}, context);
    expect(answer).toMatchObject({ model, text: 'Vancouver is a city in Canada.', finish: 'stop', toolCalls: [] });
    expect(answer.usage).toMatchObject({ input_tokens: 21, output_tokens: 9, calls: 1 });
    expect(context.texts.length).toBeGreaterThan(3);
    expect(context.texts.join('')).toBe(answer.text);
    expect(server.requests[0]).toMatchObject({ model: 'scripted', stream: true, text: 'Where is Vancouver?' });
  });

  it('shows what it thinks, in pieces, and gives none of it as its answer', async () => {
    server.respond({ reply: { text: 'In Canada.', thought: 'Vancouver may mean either of two cities.' } });
    const context = listen();
    expect(await ask('Where is Vancouver?', {}, context)).toMatchObject({ text: 'In Canada.' });
    expect(context.work.length).toBeGreaterThan(3);
    expect(context.work.map(({ text }) => text).join('')).toBe('Vancouver may mean either of two cities.');
    expect(context.exchanges[0]).toMatchObject({ text: 'In Canada.' });
    expect(server.requests).toHaveLength(1);
  });

  it('shows each call as it forms, by the name that the tool has here', async () => {
    const toolCalls = [
      { name: 'web_search', input: { query: 'Vancouver' } },
      { name: 'web_search', input: { query: 'Canada' } },
    ];
    server.respond({ reply: { toolCalls } });
    const context = listen();
    await ask('Where is Vancouver?', { tools: [{ name: 'web.search', description: 'Searches.', input: {} }] }, context);
    const pieces = context.work.filter((part) => part.type === 'tool_call_piece');
    expect(new Set(pieces.map(({ name }) => name))).toEqual(new Set(['web.search']));
    for (const [index, { input }] of toolCalls.entries()) {
      const text = pieces.flatMap((piece) => (piece.index === index ? [piece.text] : [])).join('');
      expect(JSON.parse(text)).toEqual(input);
    }
  });

  it('hands text on while the answer is still being made', async () => {
    const hold = createHold();
    server.respond({ reply: { text: 'first piece, and the rest', hold } });
    const heard = Promise.withResolvers<string>();
    const answer = modelsOf().generate(
      { model, messages: user('Go') },
      { signal: new AbortController().signal, onText: (text) => heard.resolve(text) },
    );
    expect('first piece, and the rest'.startsWith(await heard.promise)).toBe(true);
    hold.release();
    expect((await answer).text).toBe('first piece, and the rest');
  });

  it('passes temperature and the token limit on', async () => {
    await ask('Go', { temperature: 0.3, maxTokens: 77 });
    const body = JSON.stringify(server.requests[0]?.body);
    expect(body).toContain('"temperature":0.3');
    expect(body).toMatch(/"(max_tokens|num_predict)":77/);
  });

  it('keeps every message of a conversation, tool results included', async () => {
    await modelsOf().generate(
      {
        model,
        messages: [
          { role: 'system', text: 'Be brief.' },
          { role: 'user', text: 'Look it up.' },
          { role: 'assistant', text: '', toolCalls: [{ id: 'call_1', name: 'web.search', input: { query: 'x' } }] },
          { role: 'tool', toolCallId: 'call_1', text: 'found: 42' },
        ],
        tools: [{ name: 'web.search', description: 'Searches.', input: { type: 'object' } }],
      },
      listen(),
    );
    expect(server.requests[0]?.messages.map(({ role, text }) => `${role}: ${text}`)).toEqual([
      'system: Be brief.',
      'user: Look it up.',
      'assistant: ',
      'tool: found: 42',
    ]);
    expect(JSON.stringify(server.requests[0]?.body)).toContain('"name":"web_search"');
  });

  it('offers tools whose names hold dots, and gives calls back under those names', async () => {
    server.respond({
      reply: {
        toolCalls: [
          { name: 'web_search', input: { query: 'a' } },
          { name: 'web_search', input: { query: 'b', limit: 3 } },
        ],
      },
    });
    const answer = await ask('Search twice.', {
      tools: [{ name: 'web.search', description: 'Searches.', input: { type: 'object' } }],
    });
    expect(server.requests[0]?.tools).toEqual(['web_search']);
    expect(answer.finish).toBe('tool_calls');
    expect(answer.toolCalls.map(({ name, input }) => ({ name, input }))).toEqual([
      { name: 'web.search', input: { query: 'a' } },
      { name: 'web.search', input: { query: 'b', limit: 3 } },
    ]);
    expect(new Set(answer.toolCalls.map(({ id }) => id)).size).toBe(2);
  });

  it('asks for JSON of a schema, and gives the parsed value', async () => {
    const schema = {
      type: 'object',
      properties: { city: { type: 'string' } },
      required: ['city'],
      additionalProperties: false,
    };
    server.respond({ when: { schema: true }, reply: { json: { city: 'Lyon' } } });
    const answer = await ask('Which city?', { schema });
    expect(answer.value).toEqual({ city: 'Lyon' });
    expect(server.requests[0]?.schema).toEqual(schema);
    // A server that takes the schema and ignores it has still been told of it in words.
    expect(server.requests[0]?.text).toContain(JSON.stringify(schema));
  });

  it('estimates tokens where the provider counts none, and says so', async () => {
    server.respond({ reply: { text: 'x'.repeat(40), usage: 'none' } });
    const context = listen();
    const answer = await ask('y'.repeat(400), {}, context);
    expect(answer.usage).toMatchObject({ input_tokens: 104, output_tokens: 10 });
    expect(context.exchanges[0]?.estimated).toBe(true);
  });

  it('closes the socket when the call is aborted, and rejects with the reason of the abort', async () => {
    const hold = createHold();
    server.respond({ reply: { text: 'never to be finished', hold } });
    const controller = new AbortController();
    const answer = ask('Go', {}, listen(controller.signal));
    await hold.reached;
    const reason = new Error('the run was cancelled');
    controller.abort(reason);
    await expect(answer).rejects.toBe(reason);
    expect(await server.requests[0]?.cutByClient).toBe(true);
    hold.release();
  });

  it('closes the socket also while the provider has not begun to answer', async () => {
    const holdBefore = createHold();
    server.respond({ reply: { text: 'never to be begun', holdBefore } });
    const controller = new AbortController();
    const answer = ask('Go', {}, listen(controller.signal));
    await holdBefore.reached;
    controller.abort(new Error('enough'));
    await expect(answer).rejects.toThrow('enough');
    expect(await server.requests[0]?.cutByClient).toBe(true);
    holdBefore.release();
  });

  it('makes no request when it was aborted before', async () => {
    const reason = new Error('too late');
    await expect(ask('Go', {}, listen(AbortSignal.abort(reason)))).rejects.toBe(reason);
    expect(server.requests).toEqual([]);
  });

  it.each([
    [429, 'MODEL_RATE_LIMITED', 'retryable'],
    [500, 'MODEL_UNAVAILABLE', 'retryable'],
    [503, 'MODEL_UNAVAILABLE', 'retryable'],
    [504, 'MODEL_TIMEOUT', 'retryable'],
    [408, 'MODEL_TIMEOUT', 'retryable'],
    [401, 'MODEL_KEY_INVALID', 'terminal'],
    [403, 'MODEL_KEY_INVALID', 'terminal'],
    [400, 'MODEL_REQUEST_INVALID', 'terminal'],
    [404, provider === 'ollama' ? 'MODEL_NOT_INSTALLED' : 'MODEL_UNKNOWN', 'terminal'],
  ])('turns HTTP %i into %s, asks once, and names model and host', async (status, code, kind) => {
    server.respond({ reply: { status, message: 'as scripted' } });
    const failure = await failureOf(ask('Go'));
    expect(failure).toMatchObject({ code, kind, details: { model, status } });
    expect(failure.message).toContain(`${model} at 127.0.0.1:`);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    [{ 'retry-after': '7' }, 7000],
    [{ 'retry-after-ms': '250' }, 250],
  ])('tells how long a provider that limits requests asks to wait: %o', async (headers, retryAfterMs) => {
    server.respond({ reply: { status: 429, headers } });
    expect((await failureOf(ask('Go'))).details).toMatchObject({ retryAfterMs });
  });

  it.each([
    ['breaks off before its answer', { text: 'all', disconnect: 'before' as const }],
    ['breaks off in the middle of its answer', { text: 'all of this answer', disconnect: 'midway' as const }],
    ['ends its stream without the last word', { text: 'all of this answer', unfinished: true }],
    ['sends what is not its protocol', { malformed: true as const }],
  ])('is unavailable, to be tried again, when it %s', async (_what, reply) => {
    server.respond({ reply });
    const context = listen();
    expect(await failureOf(ask('Go', {}, context))).toMatchObject({ code: 'MODEL_UNAVAILABLE', kind: 'retryable' });
    expect(context.exchanges).toHaveLength(1);
    expect(context.exchanges[0]).toMatchObject({ finish: 'failed', error: { code: 'MODEL_UNAVAILABLE' } });
    expect(server.requests).toHaveLength(1);
  });

  it('is unavailable when nothing listens at its address', async () => {
    await server.close();
    expect(await failureOf(ask('Go'))).toMatchObject({ code: 'MODEL_UNAVAILABLE', details: { model } });
  });

  it('embeds texts in batches, in order', async () => {
    const models = testModels({
      openai: { baseUrl: server.url },
      ollama: { host: server.ollamaUrl },
      defaults: { embedding: `${provider}/scripted-embedding` },
    });
    const texts = Array.from({ length: 200 }, (_, n) => `text number ${n}`);
    const embedded = await models.embed([...texts, texts[0] ?? ''], new AbortController().signal);
    expect(embedded?.model).toBe(`${provider}/scripted-embedding`);
    expect(embedded?.vectors).toHaveLength(201);
    expect(embedded?.vectors[200]).toEqual(embedded?.vectors[0]);
    expect(embedded?.vectors[1]).not.toEqual(embedded?.vectors[0]);
    expect(embedded?.usage).toMatchObject({ input_tokens: 804, calls: 3 });
    expect(server.requests).toHaveLength(3);
  });

  it('fails an embedding with the same codes as an answer', async () => {
    const models = testModels({
      openai: { baseUrl: server.url },
      ollama: { host: server.ollamaUrl },
      defaults: { embedding: `${provider}/scripted-embedding` },
    });
    server.respond({ reply: { status: 429, headers: { 'retry-after': '2' } } });
    expect(await failureOf(models.embed(['x'], new AbortController().signal))).toMatchObject({
      code: 'MODEL_RATE_LIMITED',
      details: { retryAfterMs: 2000 },
    });
  });
});
