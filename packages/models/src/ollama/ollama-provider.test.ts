import { startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, listen, nowhere, testModels, user } from '../testing/test-models.ts';
import { contextTokens } from './ollama-answer.ts';
import { ollamaUrl } from './ollama-host.ts';

describe('the host of an Ollama', () => {
  it.each([
    [undefined, 'http://127.0.0.1:11434'],
    ['', 'http://127.0.0.1:11434'],
    ['gpu', 'http://gpu:11434'],
    ['gpu:8080', 'http://gpu:8080'],
    [':8080', 'http://127.0.0.1:8080'],
    ['0.0.0.0', 'http://127.0.0.1:11434'],
    ['http://gpu:11434/', 'http://gpu:11434'],
    ['https://ollama.example', 'https://ollama.example'],
  ])('may be written %j', (host, url) => {
    expect(ollamaUrl(host)).toBe(url);
  });
});

describe('an Ollama', () => {
  let server: ModelServer;
  beforeEach(async () => {
    server = await startModelServer({ models: ['llama3.2', 'nomic-embed-text'] });
  });
  afterEach(() => server.close());

  const models = () => testModels({ ollama: { host: server.ollamaUrl } });

  it('has no problem with a model that is installed, with or without its tag', async () => {
    expect(await models().problem('ollama/llama3.2')).toBeUndefined();
    expect(await models().problem('ollama/llama3.2:latest')).toBeUndefined();
  });

  it('says how to install a model that it lacks, without calling it', async () => {
    const problem = await models().problem('ollama/qwen3');
    expect(problem).toMatchObject({
      code: 'MODEL_NOT_INSTALLED',
      details: { installed: ['llama3.2', 'nomic-embed-text'] },
    });
    expect(problem?.next).toContain('ollama pull qwen3');
    expect(server.requests.map(({ path }) => path)).toEqual(['/api/tags']);
  });

  it('says how to install it when a call finds it missing', async () => {
    server.respond({ reply: { status: 404, message: "model 'qwen3' not found" } });
    const failure = await failureOf(models().generate({ model: 'ollama/qwen3', messages: user('Go') }, listen()));
    expect(failure).toMatchObject({ code: 'MODEL_NOT_INSTALLED' });
    expect(failure.next).toContain('ollama pull qwen3');
  });

  it('that does not answer is the problem', async () => {
    const problem = await testModels({ ollama: { host: nowhere } }).problem('ollama/llama3.2');
    expect(problem).toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    expect(problem?.message).toContain('127.0.0.1:9');
  });

  it('does not think where a schema is to be kept', async () => {
    server.respond({ reply: { json: {} } });
    await models().generate({ model: 'ollama/llama3.2', messages: user('Go'), schema: { type: 'object' } }, listen());
    expect(server.requests[0]?.body).toMatchObject({ think: false, format: { type: 'object' } });
  });

  it('is asked for a larger context when the prompt would not fit the usual one', async () => {
    await models().generate({ model: 'ollama/llama3.2', messages: user('word '.repeat(6000)) }, listen());
    expect(server.requests[0]?.body).toMatchObject({ options: { num_ctx: 16_384 } });
    expect(contextTokens({ messages: user('short') })).toBeUndefined();
    expect(contextTokens({ messages: user('x'.repeat(4_000_000)) })).toBe(131_072);
  });

  it('costs nothing', async () => {
    const context = listen();
    const answer = await models().generate({ model: 'ollama/llama3.2', messages: user('Go') }, context);
    expect(answer.usage.usd).toBe(0);
    expect(context.exchanges[0]?.unpriced).toBeUndefined();
  });
});
