import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startModelServer } from './model-server.ts';
import type { ModelServer } from './model-server.ts';
import { createHold } from './script.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const post = (url: string, body: unknown, init: RequestInit = {}): Promise<Response> =>
  fetch(url, { method: 'POST', body: JSON.stringify(body), headers: { 'content-type': 'application/json' }, ...init });
const chat = (more: object = {}, init: RequestInit = {}) =>
  post(`${server.url}/chat/completions`, { model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...more }, init);
const ollamaChat = (more: object = {}) =>
  post(`${server.ollamaUrl}/api/chat`, { model: 'm', messages: [{ role: 'user', content: 'Hello' }], ...more });
const events = async (response: Response): Promise<readonly string[]> =>
  (await response.text()).split('\n\n').filter((event) => event !== '');

describe('the scripted model server', () => {
  it('answers by the first rule that matches and is not used up, and else by its fallback', async () => {
    server.respond({ when: { text: 'Hello', model: 'm' }, times: 1, reply: { text: 'first' } });
    server.respond({ when: { text: /^hel+o$/i }, times: 1, reply: (request) => ({ text: `to ${request.model}` }) });
    server.respond({ when: { model: 'other' }, reply: { text: 'never' } });
    const answers = [];
    for (let n = 0; n < 3; n += 1) {
      const body = (await (await chat()).json()) as { choices: { message: { content: string } }[] };
      answers.push(body.choices[0]?.message.content);
    }
    expect(answers).toEqual(['first', 'to m', 'ok']);
    expect(server.requests.map(({ protocol, text }) => `${protocol} ${text}`)).toEqual(Array(3).fill('openai Hello'));
  });

  it("streams OpenAI's events, with the usage only where it is asked for", async () => {
    server.respond({ reply: { text: 'a longer answer in pieces', usage: { input: 3, output: 5 } } });
    const asked = await events(await chat({ stream: true, stream_options: { include_usage: true } }));
    expect(asked.at(-1)).toBe('data: [DONE]');
    expect(asked.at(-2)).toContain('"prompt_tokens":3,"completion_tokens":5');
    expect(asked.at(-3)).toContain('"finish_reason":"stop"');
    expect((await events(await chat({ stream: true }))).join('')).not.toContain('prompt_tokens');
  });

  it('streams one JSON object a line over Ollama, and one in all when told not to stream', async () => {
    server.respond({ reply: { text: 'a longer answer in pieces' } });
    const lines = (await (await ollamaChat()).text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { done: boolean });
    expect(lines.length).toBeGreaterThan(3);
    expect(lines.map(({ done }) => done)).toEqual([...Array(lines.length - 1).fill(false), true]);
    expect(await (await ollamaChat({ stream: false })).json()).toMatchObject({
      message: { content: 'a longer answer in pieces' },
      done: true,
      done_reason: 'stop',
    });
  });

  it('makes tool calls, in pieces where it streams', async () => {
    server.respond({ reply: { toolCalls: [{ name: 'add', input: { a: 1, b: 2 } }] } });
    expect(await (await chat()).json()).toMatchObject({
      choices: [
        {
          finish_reason: 'tool_calls',
          message: { tool_calls: [{ function: { name: 'add', arguments: '{"a":1,"b":2}' } }] },
        },
      ],
    });
    const streamed = (await events(await chat({ stream: true }))).filter((event) => event.includes('tool_calls":['));
    expect(streamed).toHaveLength(2);
  });

  it('fails with the status, headers and code of the script, in the form of either protocol', async () => {
    server.respond({ reply: { status: 429, message: 'slow down', code: 'busy', headers: { 'retry-after': '3' } } });
    const openai = await chat();
    expect([openai.status, openai.headers.get('retry-after')]).toEqual([429, '3']);
    expect(await openai.json()).toMatchObject({ error: { message: 'slow down', code: 'busy' } });
    expect(await (await ollamaChat()).json()).toEqual({ error: 'slow down' });
  });

  it('stands at a hold until it is released', async () => {
    const hold = createHold();
    server.respond({ reply: { text: 'held for a while', hold } });
    let ended = false;
    const answer = chat({ stream: true }).then(async (response) => {
      const text = await response.text();
      ended = true;
      return text;
    });
    await hold.reached;
    expect(ended).toBe(false);
    hold.release();
    expect(await answer).toContain('[DONE]');
    expect(await server.requests[0]?.cutByClient).toBe(false);
  });

  it('sees a client that goes away', async () => {
    const hold = createHold();
    server.respond({ reply: { text: 'held', hold } });
    const controller = new AbortController();
    const answer = chat({ stream: true }, { signal: controller.signal }).then((response) => response.text());
    await hold.reached;
    controller.abort();
    await expect(answer).rejects.toThrow();
    expect(await server.requests[0]?.cutByClient).toBe(true);
    hold.release();
  });

  it.each([['before' as const], ['midway' as const]])('breaks the connection %s', async (disconnect) => {
    server.respond({ reply: { text: 'never whole, never whole', disconnect } });
    await expect(chat({ stream: true }).then((response) => response.text())).rejects.toThrow();
  });

  it('lists its models in both protocols, and embeds alike texts alike', async () => {
    expect(await (await fetch(`${server.url}/models`)).json()).toMatchObject({
      data: [{ id: 'scripted' }, { id: 'scripted-embedding' }],
    });
    expect(await (await fetch(`${server.ollamaUrl}/api/tags`)).json()).toMatchObject({
      models: [{ name: 'scripted:latest' }, {}],
    });
    expect(await (await post(`${server.ollamaUrl}/api/show`, { model: 'scripted' })).json()).toMatchObject({
      capabilities: ['completion', 'tools'],
    });
    expect((await post(`${server.ollamaUrl}/api/show`, { model: 'unheard' })).status).toBe(404);
    const input = ['red box', 'box, red!', 'something else'];
    const openai = (await (await post(`${server.url}/embeddings`, { model: 'e', input })).json()) as {
      data: { embedding: number[] }[];
    };
    const ollama = (await (await post(`${server.ollamaUrl}/api/embed`, { model: 'e', input })).json()) as {
      embeddings: number[][];
    };
    expect(openai.data.map(({ embedding }) => embedding)).toEqual(ollama.embeddings);
    expect(ollama.embeddings[0]).toEqual(ollama.embeddings[1]);
    expect(ollama.embeddings[0]).not.toEqual(ollama.embeddings[2]);
  });

  it('says of a route that it does not have that it does not have it', async () => {
    expect((await fetch(`${server.url}/nothing`)).status).toBe(404);
  });
});
