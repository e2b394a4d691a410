import { createFakeClock, startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { failureOf, listen, nowhere, testModels, user } from './testing/test-models.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer({ models: ['whisper-1', 'my-embedding', 'my-chat', 'my-other-chat'] });
});
afterEach(() => server.close());

const signal = new AbortController().signal;
const text = '<source name="a.md">The red box holds the key.</source>\nQuestion: What does the red box hold?';
const autoModel = async (settings: Parameters<typeof testModels>[0]) =>
  (await testModels(settings).generate({ model: 'auto', messages: user(text) }, listen())).model;

describe('auto', () => {
  it('is the default that the settings name, whatever else is reachable', async () => {
    const openai = { baseUrl: server.url };
    expect(await autoModel({ openai, defaults: { chat: 'offline/extractive' } })).toBe('offline/extractive');
  });

  it('is the first chat model that the server at the base URL lists', async () => {
    expect(await autoModel({ openai: { baseUrl: server.url }, ollama: { host: server.ollamaUrl } })).toBe(
      'openai/my-chat',
    );
  });

  it('is the first chat model installed in an Ollama that answers', async () => {
    expect(await autoModel({ ollama: { host: server.ollamaUrl } })).toBe('ollama/my-chat');
    expect(await autoModel({ openai: { baseUrl: `${nowhere}/v1` }, ollama: { host: server.ollamaUrl } })).toBe(
      'ollama/my-chat',
    );
  });

  it('is offline/extractive when nothing else can be reached', async () => {
    expect(await autoModel({})).toBe('offline/extractive');
    expect(await autoModel({ openai: { baseUrl: `${nowhere}/v1`, apiKey: 'sk-x' } })).toBe('offline/extractive');
  });

  it('says of every provider that the settings name why it is none of theirs', async () => {
    const passedOver = async (settings: Parameters<typeof testModels>[0]) => {
      const heard = listen();
      await testModels(settings).generate({ model: 'auto', messages: user(text) }, heard);
      return heard.exchanges[0]?.passedOver;
    };
    const ollama = expect.stringMatching(/^ollama: Ollama at .* cannot be reached/);
    const openai = `openai: ${new URL(nowhere).host} did not list its models.`;
    expect(await passedOver({ openai: { baseUrl: server.url }, ollama: { host: nowhere } })).toBeUndefined();
    expect(await passedOver({ ollama: { host: nowhere } })).toEqual([ollama]);
    expect(await passedOver({ openai: { baseUrl: `${nowhere}/v1`, apiKey: 'sk-x' } })).toEqual([openai, ollama]);
  });

  it('is a model of OpenAI itself when only a key is set, without asking the network', async () => {
    expect(await testModels({ openai: { apiKey: 'sk-x' } }).problem('auto')).toBeUndefined();
  });

  it('remembers what was reachable for a while, and looks again after it', async () => {
    const clock = createFakeClock();
    const models = testModels({ clock, ollama: { host: server.ollamaUrl } });
    const ask = async () => (await models.generate({ model: 'auto', messages: user(text) }, listen())).model;
    expect(await ask()).toBe('ollama/my-chat');
    expect(await ask()).toBe('ollama/my-chat');
    expect(server.requests.filter(({ path }) => path === '/api/tags')).toHaveLength(1);
    await server.close();
    await clock.advance(30_001);
    expect(await ask()).toBe('offline/extractive');
  });
});

describe('a problem with a model', () => {
  it('is told for a provider or a name that does not exist', async () => {
    const models = testModels();
    for (const ref of ['nobody/x', 'gpt-5.2', 'offline/other', 'openai/', '']) {
      const problem = await models.problem(ref);
      expect(problem, ref).toMatchObject({ code: 'MODEL_UNKNOWN', kind: 'terminal' });
      expect((await failureOf(models.generate({ model: ref, messages: user('x') }, listen()))).code).toBe(
        'MODEL_UNKNOWN',
      );
    }
  });

  it('does not exist for auto and offline/extractive, which always answer', async () => {
    expect(await testModels().problem('auto')).toBeUndefined();
    expect(await testModels().problem('offline/extractive')).toBeUndefined();
  });

  it('of a fallback is that of its first model, when every model has one', async () => {
    const models = testModels();
    expect(await models.problem({ fallback: ['openai/x', 'offline/extractive'] })).toBeUndefined();
    expect(await models.problem({ fallback: ['openai/x', 'nobody/y'] })).toMatchObject({ code: 'MODEL_KEY_MISSING' });
    expect(await models.problem({ fallback: [] })).toMatchObject({ code: 'MODEL_UNKNOWN' });
  });
});

describe('the list of models', () => {
  it('names those of every provider with their kind and price, and leaves out what is neither chat nor embedding', async () => {
    const list = await testModels({
      openai: { baseUrl: server.url },
      prices: { 'openai/my-chat': { input: 1, output: 2 } },
      ollama: { host: server.ollamaUrl },
    }).list();
    expect(list.map(({ ref, kind, available }) => `${ref} ${kind} ${available}`)).toEqual([
      'openai/my-embedding embedding true',
      'openai/my-chat chat true',
      'openai/my-other-chat chat true',
      'ollama/my-embedding embedding true',
      'ollama/my-chat chat true',
      'ollama/my-other-chat chat true',
      'offline/extractive chat true',
    ]);
    expect(list[1]?.price).toEqual({ input: 1, output: 2 });
    expect(list[2]?.price).toBeUndefined();
    expect(list[4]?.price).toEqual({ input: 0, output: 0 });
    expect(list.at(-1)?.note).toContain('no weights');
  });

  it('says of what cannot be reached what to do about it', async () => {
    const list = await testModels().list();
    const missing = list.filter(({ available }) => !available);
    expect(missing.map(({ provider }) => provider)).toEqual(['openai', 'openai', 'ollama']);
    expect(missing[0]?.note).toContain('OPENAI_API_KEY');
    expect(missing[0]?.price?.output).toBeGreaterThan(0);
    expect(missing[2]?.note).toContain('127.0.0.1:9');
  });
});

describe('embedding', () => {
  it('uses the embedding model that is listed or installed, OpenAI-compatible before Ollama', async () => {
    const openai = { baseUrl: server.url };
    const ollama = { host: server.ollamaUrl };
    expect((await testModels({ openai, ollama }).embed(['x'], signal))?.model).toBe('openai/my-embedding');
    expect((await testModels({ ollama }).embed(['x'], signal))?.model).toBe('ollama/my-embedding');
  });

  it('gives undefined when no embedding model is reachable', async () => {
    expect(await testModels().embed(['x'], signal)).toBeUndefined();
  });

  it('of nothing asks nobody', async () => {
    const embedded = await testModels({ openai: { baseUrl: server.url } }).embed([], signal);
    expect(embedded?.vectors).toEqual([]);
    expect(server.requests.map(({ path }) => path)).toEqual(['/v1/models']);
  });

  it('stops at an abort', async () => {
    const reason = new Error('enough');
    const models = testModels({ openai: { baseUrl: server.url } });
    await expect(models.embed(['x'], AbortSignal.abort(reason))).rejects.toBe(reason);
  });
});
