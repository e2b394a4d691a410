import { createLimiter, createMemoryRegister } from '@telos/core';
import type { RateLimit, Sharing } from '@telos/core';
import { createFakeClock, startModelServer } from '@telos/testkit';
import type { ModelServer } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { listen, testModels, user } from '../testing/test-models.ts';
import type { RateLimits } from './rate-limits.ts';

let server: ModelServer;
beforeEach(async () => {
  server = await startModelServer();
});
afterEach(() => server.close());

const model = 'openai/scripted';

function limited(limits: RateLimits) {
  const clock = createFakeClock();
  const limiter = createLimiter({ clock, place: 'here', register: createMemoryRegister(clock) });
  const models = testModels({
    openai: { baseUrl: server.url },
    ollama: { host: server.ollamaUrl },
    defaults: { embedding: 'openai/scripted-embedding' },
    clock,
    rateLimits: { limits, limiter },
  });
  const ask = (more: { readonly model?: string; readonly maxTokens?: number; readonly sharing?: Sharing } = {}) => {
    const { sharing, ...request } = more;
    return models.generate(
      { model, messages: user('Go'), ...request },
      { ...listen(), ...(sharing === undefined ? {} : { sharing }) },
    );
  };
  return { clock, limiter, models, ask };
}

describe('a rate limit of requests', () => {
  it('lets so many through at once, and the next when the first of them is a minute old', async () => {
    const { clock, ask } = limited({ openai: { requestsPerMinute: 2 } });
    await Promise.all([ask(), ask()]);
    const third = ask();
    await clock.advance(59_000);
    expect(server.requests).toHaveLength(2);
    await clock.advance(3000);
    await third;
    expect(server.requests).toHaveLength(3);
  });

  it('counts every request: an answer that goes back for repair is another one', async () => {
    const { clock, models } = limited({ openai: { requestsPerMinute: 1 } });
    server.respond({ times: 1, reply: { text: 'no JSON' } });
    server.respond({ reply: { json: { n: 1 } } });
    const schema = { type: 'object', properties: { n: { type: 'integer' } }, required: ['n'] };
    const answer = models.generate({ model, messages: user('Count.'), schema }, listen());
    while (server.requests.length === 0 || clock.pending() === 0) await clock.advance(0);
    expect(server.requests).toHaveLength(1);
    await clock.advance(62_000);
    expect((await answer).value).toEqual({ n: 1 });
  });

  it('of a model bounds that model alone, of a provider all of its models together', async () => {
    const { clock, ask } = limited({
      'openai/scripted': { requestsPerMinute: 1 },
      openai: { requestsPerMinute: 2 },
    });
    await ask();
    const second = ask();
    await ask({ model: 'openai/other' });
    await ask({ model: 'ollama/scripted' });
    const fourth = ask({ model: 'openai/other' });
    await clock.advance(30_000);
    expect(server.requests.map((request) => request.model)).toEqual(['scripted', 'other', 'scripted']);
    await clock.advance(62_000);
    await Promise.all([second, fourth]);
  });

  it('counts requests for embeddings', async () => {
    const { clock, models } = limited({ openai: { requestsPerMinute: 1 } });
    const { signal } = new AbortController();
    await models.embed(['a'], signal);
    const second = models.embed(['b'], signal);
    await clock.advance(30_000);
    expect(server.requests).toHaveLength(1);
    await clock.advance(32_000);
    expect((await second)?.vectors).toHaveLength(1);
  });
});

describe('a rate limit of tokens', () => {
  it('takes what a call may use at most, and counts in the end what it used', async () => {
    server.respond({ reply: { text: 'ok', usage: { input: 10, output: 10 } } });
    const { clock, ask } = limited({ openai: { tokensPerMinute: 120 } });
    await ask({ maxTokens: 90 });
    await ask({ maxTokens: 90 });
    // 40 are used: another 95 are too many.
    const third = ask({ maxTokens: 90 });
    await clock.advance(30_000);
    expect(server.requests).toHaveLength(2);
    await clock.advance(32_000);
    await third;
  });

  it('gives back what a call that failed did not use', async () => {
    server.respond({ times: 1, reply: { status: 500 } });
    const { ask } = limited({ openai: { tokensPerMinute: 120 } });
    await expect(ask({ maxTokens: 90 })).rejects.toMatchObject({ code: 'MODEL_UNAVAILABLE' });
    await ask({ maxTokens: 90 });
  });
});

describe('a call that waits for a rate limit', () => {
  it('ends with its signal, is not made, and takes nothing from those behind it', async () => {
    const { clock, models, ask } = limited({
      'openai/scripted': { requestsPerMinute: 1 },
      openai: { requestsPerMinute: 2 },
    });
    await ask();
    const abort = new AbortController();
    const withdrawn = models.generate({ model, messages: user('Go') }, listen(abort.signal));
    await clock.advance(1000);
    abort.abort(new Error('as the test wants'));
    await expect(withdrawn).rejects.toThrow('as the test wants');
    await ask({ model: 'openai/other' });
    expect(server.requests).toHaveLength(2);
  });

  it('is told of when it has waited for a second, and when it waits no longer', async () => {
    const { clock, ask } = limited({ openai: { requestsPerMinute: 1 } });
    const told: (RateLimit | 'over')[] = [];
    const sharing: Sharing = {
      turn: {},
      onWait(limit) {
        told.push(limit);
        return () => void told.push('over');
      },
    };
    await ask({ sharing });
    const second = ask({ sharing });
    await clock.advance(999);
    expect(told).toEqual([]);
    await clock.advance(1);
    const limit = { of: 'openai', unit: 'requests', perMinute: 1 };
    expect(told).toEqual([limit]);
    await clock.advance(61_000);
    await second;
    expect(told).toEqual([limit, 'over']);
  });

  it('lets a share that asks for little pass one that asks for much', async () => {
    const { clock, models } = limited({ openai: { requestsPerMinute: 1 } });
    const ask = (share: string) =>
      models.generate({ model, messages: user(share) }, { ...listen(), sharing: { turn: { share } } });
    await ask('many');
    const many = Array.from({ length: 5 }, () => ask('many'));
    await clock.advance(1000);
    const few = ask('few');
    const behind = Promise.all([few, ...many]);
    for (let minutes = 0; minutes < 6; minutes += 1) {
      await clock.advance(62_000);
      while (server.requests.length < minutes + 2) await clock.advance(0);
    }
    await behind;
    expect(server.requests.map(({ text }) => text).indexOf('few')).toBeLessThanOrEqual(2);
  });

  it('fails when the process stops', async () => {
    const { clock, limiter, ask } = limited({ openai: { requestsPerMinute: 1 } });
    await ask();
    const waiting = ask();
    await clock.advance(1000);
    await limiter.close();
    await expect(waiting).rejects.toMatchObject({ code: 'CANCELLED' });
  });
});
