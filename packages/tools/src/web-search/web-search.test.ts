import { TelosError } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { heldClock } from '../testing/clocks.ts';
import { answerJson, serveLoopback } from '../testing/loopback-server.ts';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { createSearchChain } from './search-chain.ts';
import type { SearchProvider, SearchResult } from './provider.ts';
import { sinceOf } from './since.ts';
import { webSearchTool } from './web-search.ts';

const page = (url: string, more: Partial<SearchResult> = {}): SearchResult => ({
  title: url,
  url,
  snippet: '',
  ...more,
});
const straight = ({ answer }: { readonly answer: () => Promise<readonly SearchResult[]> }) => answer();

function provider(
  name: string,
  ...answers: readonly (readonly SearchResult[] | Error)[]
): SearchProvider & { asked: number } {
  const own = {
    name,
    host: `${name}.example`,
    asked: 0,
    search(): Promise<readonly SearchResult[]> {
      const answer = answers[Math.min(own.asked, answers.length - 1)] ?? [];
      own.asked += 1;
      return answer instanceof Error ? Promise.reject(answer) : Promise.resolve(answer);
    },
  };
  return own;
}

const query = (more = {}) => ({ text: 'q', limit: 5, now: 0, signal: new AbortController().signal, ...more });

describe('the chain of search providers', () => {
  it('asks the next only when one fails or finds nothing', async () => {
    const [first, second, third, fourth] = [
      provider('first', new TelosError('HTTP_UNAVAILABLE', 'down')),
      provider('second', []),
      provider('third', [page('https://a.example')]),
      provider('fourth', [page('https://b.example')]),
    ];
    const chain = createSearchChain([first, second, third, fourth], heldClock());
    expect(await chain.search(query(), straight)).toMatchObject([{ url: 'https://a.example' }]);
    expect([first.asked, second.asked, third.asked, fourth.asked]).toEqual([1, 1, 1, 0]);
  });

  it('gives no results when someone answered and nobody found anything', async () => {
    const chain = createSearchChain([provider('a', new Error('down')), provider('b', [])], heldClock());
    expect(await chain.search(query(), straight)).toEqual([]);
  });

  it('fails with every reason and the settings that help when nobody answers', async () => {
    const chain = createSearchChain(
      [provider('a', new Error('is down')), provider('b', new Error('is away'))],
      heldClock(),
    );
    await expect(chain.search(query(), straight)).rejects.toMatchObject({
      code: 'SEARCH_UNAVAILABLE',
      kind: 'retryable',
      message: 'No search provider answered. a: is down; b: is away',
      next: expect.stringMatching(/TELOS_SEARCH_URL.*BRAVE_API_KEY.*TAVILY_API_KEY/),
      details: {
        providers: [
          { provider: 'a', reason: 'is down' },
          { provider: 'b', reason: 'is away' },
        ],
      },
    });
  });

  it('leaves a provider alone for as long as it asks, then asks it again', async () => {
    const clock = heldClock();
    const limited = new TelosError('HTTP_RATE_LIMITED', 'slow down', { details: { retry_after_ms: 5000 } });
    const first = provider('first', limited, [page('https://first.example')]);
    const chain = createSearchChain([first, provider('second', [page('https://second.example')])], clock);
    const find = async () => (await chain.search(query(), straight))[0]?.url;
    expect(await find()).toBe('https://second.example');
    await clock.advance(4999);
    expect([await find(), first.asked]).toEqual(['https://second.example', 1]);
    await clock.advance(1);
    expect([await find(), first.asked]).toEqual(['https://first.example', 2]);
  });

  it('leaves a provider alone for a minute when it does not say how long', async () => {
    const clock = heldClock();
    const first = provider('first', new TelosError('HTTP_RATE_LIMITED', 'a puzzle'));
    const chain = createSearchChain([first], clock);
    await expect(chain.search(query(), straight)).rejects.toThrow('a puzzle');
    await clock.advance(30_000);
    await expect(chain.search(query(), straight)).rejects.toThrow('left alone for 30 s more');
    expect(first.asked).toBe(1);
  });

  it('gives each page once, whatever its address is dressed up with', async () => {
    const found = [
      page('https://www.a.example/x/?utm_source=n&b=2&a=1#top', { title: 'First' }),
      page('http://a.example/x?a=1&b=2&gclid=9'),
      page('https://a.example/x?a=2'),
      page('javascript:alert(1)'),
      page('nonsense'),
    ];
    const results = await createSearchChain([provider('a', found)], heldClock()).search(query(), straight);
    expect(results.map(({ url }) => url)).toEqual([found[0]?.url, 'https://a.example/x?a=2']);
  });

  it('gives plain text, bounded, and no more than was asked for', async () => {
    const found = [
      page('https://a.example', {
        title: '<b>A</b> &amp; B',
        snippet: `x&#39;s &hellip; &#x2713;<br>\n ${'word '.repeat(200)}`,
      }),
      page('https://b.example', { title: '' }),
      page('https://c.example'),
    ];
    const [first, second, ...rest] = await createSearchChain([provider('a', found)], heldClock()).search(
      query({ limit: 2 }),
      straight,
    );
    expect(first?.title).toBe('A & B');
    expect(first?.snippet).toMatch(/^x's … ✓ word .*word…$/);
    expect(first?.snippet.length).toBeLessThanOrEqual(500);
    expect([second?.title, rest]).toEqual(['https://b.example', []]);
  });

  it('leaves out what is older than asked for and states dates in one form', async () => {
    const found = [
      page('https://old.example', { published: '2026-01-01' }),
      page('https://new.example', { published: 'Fri, 20 Nov 2026 10:00:00 GMT' }),
      page('https://day.example', { published: '2026-11-21' }),
      page('https://unknown.example', { published: 'last week' }),
    ];
    const since = Date.parse('2026-11-01T00:00:00Z');
    const results = await createSearchChain([provider('a', found)], heldClock()).search(query({ since }), straight);
    expect(results.map(({ published }) => published)).toEqual(['2026-11-20T10:00:00.000Z', '2026-11-21', undefined]);
  });

  it('stops when its signal aborts, and asks nobody else', async () => {
    const cancel = new AbortController();
    const second = provider('second', [page('https://a.example')]);
    const first: SearchProvider = {
      host: 'first.example',
      name: 'first',
      search: () => {
        cancel.abort(new Error('cancelled by the run'));
        return Promise.reject(new Error('aborted'));
      },
    };
    const chain = createSearchChain([first, second], heldClock());
    await expect(chain.search(query({ signal: cancel.signal }), straight)).rejects.toThrow('cancelled by the run');
    expect(second.asked).toBe(0);
  });
});

describe('web.search', () => {
  it('asks a configured SearXNG at an inner address, and names the provider in its record', async () => {
    const server = await serveLoopback((_, response) =>
      answerJson(response, { results: [{ url: 'https://a.example', title: 'A', content: 'x' }] }),
    );
    const context = recordingContext();
    const tool = webSearchTool({ searxngUrl: server.origin }, heldClock());
    expect(await runTool(tool, { query: 'x' }, context)).toEqual({
      results: [{ title: 'A', url: 'https://a.example', snippet: 'x' }],
    });
    expect(context.calls).toMatchObject([
      { kind: 'http', name: 'web.search', attributes: { provider: 'searxng' }, output: { results: 1 } },
    ]);
    expect(tool.returns).toEqual(['untrusted']);
  });

  it('asks SearXNG, Brave, Tavily, DuckDuckGo and Wikipedia in this order, and shows no key when all fail', async () => {
    const server = await serveLoopback((_, response) => response.writeHead(503).end('away'));
    const baseUrls = {
      brave: server.origin,
      tavily: server.origin,
      duckduckgo: server.origin,
      wikipedia: server.origin,
    };
    const settings = { searxngUrl: server.origin, braveKey: 'key-of-brave', tavilyKey: 'key-of-tavily', baseUrls };
    const context = recordingContext();
    const failure: unknown = await runTool(webSearchTool(settings, heldClock()), { query: 'x' }, context).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'SEARCH_UNAVAILABLE' });
    const asked = context.calls.map(({ input }) => input);
    expect(asked).toMatchObject(
      ['searxng', 'brave', 'tavily', 'duckduckgo', 'wikipedia'].map((name) => ({ provider: name })),
    );
    expect(context.calls.every(({ error }) => error?.code === 'HTTP_UNAVAILABLE')).toBe(true);
    expect(JSON.stringify([failure, String(failure), context.calls])).not.toContain('key-of');
  });

  it('needs no configuration: it asks DuckDuckGo, then Wikipedia', async () => {
    const server = await serveLoopback(({ url }, response) => {
      if (url.startsWith('/html')) response.writeHead(202).end();
      else answerJson(response, { query: { search: [{ title: 'Telos', snippet: 'end' }] } });
    });
    const baseUrls = { duckduckgo: server.origin, wikipedia: server.origin };
    const { results } = await runTool(webSearchTool({ baseUrls }, heldClock()), { query: 'telos' }, recordingContext());
    expect(results).toEqual([{ title: 'Telos', url: 'https://en.wikipedia.org/wiki/Telos', snippet: 'end' }]);
  });

  it.each([
    { query: ' ' },
    { query: 'x', limit: 0 },
    { query: 'x', limit: 21 },
    { query: 'x', since: 'recently' },
    { query: 'x', sort: 1 },
  ])('refuses the input %j', (input) => {
    expect(webSearchTool({}, heldClock()).input.safeParse(input).success).toBe(false);
  });

  it.each([
    ['12h', '2026-11-22T21:00:00.000Z'],
    ['7d', '2026-11-16T09:00:00.000Z'],
    ['2026-01-31', '2026-01-31T00:00:00.000Z'],
    ['2026-01-31T10:00:00+02:00', '2026-01-31T08:00:00.000Z'],
  ])('takes since: %s for %s', (text, at) => {
    expect(new Date(sinceOf(text, heldClock().now()) ?? 0).toISOString()).toBe(at);
  });
});
