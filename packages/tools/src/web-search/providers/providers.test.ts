import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../../http/http-client.ts';
import { heldClock, realClock } from '../../testing/clocks.ts';
import { answerJson, serveLoopback } from '../../testing/loopback-server.ts';
import type { Answering } from '../../testing/loopback-server.ts';
import type { SearchQuery } from '../provider.ts';
import { brave } from './brave.ts';
import { duckDuckGo } from './duckduckgo.ts';
import { searxng } from './searxng.ts';
import { tavily } from './tavily.ts';
import { wikipedia } from './wikipedia.ts';

const clock = heldClock(Date.parse('2026-11-23T09:00:00Z'));

function query(more: Partial<SearchQuery> = {}): SearchQuery {
  return { text: 'telos & "ends"', limit: 3, now: clock.now(), signal: new AbortController().signal, ...more };
}

async function served(answer: Answering) {
  const server = await serveLoopback(answer);
  const http = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
  const asked = () => new URL(server.received.at(-1)?.url ?? '', server.origin);
  return { server, http, asked };
}

describe('SearXNG', () => {
  const body = {
    query: 'telos',
    number_of_results: 0,
    results: [
      {
        url: 'https://a.example/1',
        title: 'One',
        content: 'First',
        engine: 'bing',
        publishedDate: '2026-11-20T00:00:00',
        score: 1,
      },
      { url: 'https://a.example/2', title: 'Two', content: null, publishedDate: null },
    ],
    answers: [],
    unresponsive_engines: [],
  };

  it('is asked for JSON and gives its results', async () => {
    const { server, http, asked } = await served((_, response) => answerJson(response, body));
    const results = await searxng(http, clock, `${server.origin}/`).search(query());
    expect(asked().pathname).toBe('/search');
    expect(Object.fromEntries(asked().searchParams)).toEqual({ q: 'telos & "ends"', format: 'json' });
    expect(results).toEqual([
      { url: 'https://a.example/1', title: 'One', snippet: 'First', published: '2026-11-20T00:00:00' },
      { url: 'https://a.example/2', title: 'Two', snippet: '' },
    ]);
  });

  it.each([
    [12, 'day'],
    [24 * 6, 'week'],
    [24 * 30, 'month'],
    [24 * 300, 'year'],
    [24 * 900, null],
  ])('is asked for the window that covers the last %d hours: %s', async (hours, window) => {
    const { server, http, asked } = await served((_, response) => answerJson(response, body));
    await searxng(http, clock, server.origin).search(query({ since: clock.now() - hours * 3_600_000 }));
    expect(asked().searchParams.get('time_range')).toBe(window);
  });

  it('says how to enable JSON when it refuses the format', async () => {
    const { server, http } = await served((_, response) => response.writeHead(403).end('<h1>Forbidden</h1>'));
    await expect(searxng(http, clock, server.origin).search(query())).rejects.toThrow('add `json` to `search.formats`');
  });

  it('is not taken to have found nothing when its engines do not answer', async () => {
    const silent = {
      ...body,
      results: [],
      unresponsive_engines: [
        ['google', 'CAPTCHA'],
        ['bing', 'timeout'],
      ],
    };
    const { server, http } = await served((_, response) => answerJson(response, silent));
    await expect(searxng(http, clock, server.origin).search(query())).rejects.toThrow(
      'google (CAPTCHA), bing (timeout)',
    );
  });

  it('fails on a page that is no JSON', async () => {
    const { server, http } = await served((_, response) => response.end('<html>'));
    await expect(searxng(http, clock, server.origin).search(query())).rejects.toMatchObject({
      code: 'HTTP_BODY_INVALID',
    });
  });
});

describe('Brave', () => {
  const body = {
    type: 'search',
    query: { original: 'telos' },
    web: {
      type: 'search',
      results: [
        {
          title: 'Telos &amp; ends',
          url: 'https://a.example/1',
          description: 'About <strong>telos</strong>.',
          page_age: '2026-11-01T10:00:00',
          age: 'November 1, 2026',
        },
      ],
    },
  };

  it('is asked with its key and gives its results', async () => {
    const { server, http, asked } = await served((_, response) => answerJson(response, body));
    const since = Date.parse('2026-11-01T00:00:00Z');
    const results = await brave(http, clock, 'brave-key', server.origin).search(query({ since }));
    expect(server.received[0]?.headers['x-subscription-token']).toBe('brave-key');
    expect(asked().pathname).toBe('/res/v1/web/search');
    expect(Object.fromEntries(asked().searchParams)).toEqual({
      q: 'telos & "ends"',
      count: '3',
      freshness: '2026-11-01to2026-11-23',
    });
    expect(results).toMatchObject([{ url: 'https://a.example/1', published: '2026-11-01T10:00:00' }]);
  });

  it('gives nothing when it found nothing', async () => {
    const { server, http } = await served((_, response) => answerJson(response, { type: 'search', query: {} }));
    expect(await brave(http, clock, 'k', server.origin).search(query())).toEqual([]);
  });

  it('says how long to wait when it asks for fewer requests', async () => {
    const { server, http } = await served((_, response) => response.writeHead(429, { 'retry-after': '2' }).end('{}'));
    await expect(brave(http, clock, 'k', server.origin).search(query())).rejects.toMatchObject({
      code: 'HTTP_RATE_LIMITED',
      details: { retry_after_ms: 2000 },
    });
  });
});

describe('Tavily', () => {
  it('is asked with its key and gives its results', async () => {
    const { server, http } = await served((_, response) =>
      answerJson(response, {
        query: 'telos',
        results: [
          {
            title: 'One',
            url: 'https://a.example/1',
            content: 'First',
            score: 0.9,
            published_date: 'Fri, 20 Nov 2026 10:00:00 GMT',
          },
        ],
        response_time: 1.2,
      }),
    );
    const results = await tavily(http, clock, 'tvly-key', server.origin).search(
      query({ since: Date.parse('2026-11-01') }),
    );
    const [request] = server.received;
    expect(request).toMatchObject({ method: 'POST', url: '/search', headers: { authorization: 'Bearer tvly-key' } });
    expect(JSON.parse(request?.body ?? '')).toEqual({
      query: 'telos & "ends"',
      max_results: 3,
      start_date: '2026-11-01',
    });
    expect(results).toEqual([
      { title: 'One', url: 'https://a.example/1', snippet: 'First', published: 'Fri, 20 Nov 2026 10:00:00 GMT' },
    ]);
  });

  it('fails on a key that it does not know, without showing it', async () => {
    const { server, http } = await served((_, response) =>
      answerJson(response, { detail: { error: 'Unauthorized' } }, 401),
    );
    const failure: unknown = await tavily(http, clock, 'tvly-key', server.origin)
      .search(query())
      .catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'HTTP_STATUS', details: { status: 401 } });
    expect(JSON.stringify(failure)).not.toContain('tvly-key');
  });
});

describe('DuckDuckGo', () => {
  const result = (href: string, title: string, snippet: string, classes = ''): string => `
    <div class="result results_links results_links_deep web-result ${classes}">
      <div class="links_main links_deep result__body">
        <h2 class="result__title"><a rel="nofollow" class="result__a" href="${href}">${title}</a></h2>
        <div class="result__extras"><div class="result__extras__url"><a class="result__url" href="${href}"> example.org </a></div></div>
        <a class="result__snippet" href="${href}">${snippet}</a>
      </div>
    </div>`;
  const page = (inside: string): string =>
    `<!DOCTYPE html><html><body class="body--html"><div id="links" class="results">${inside}</div></body></html>`;

  it('gives its results with the targets of its links, and no advertisement', async () => {
    const html = page(
      result('https://duckduckgo.com/y.js?ad_domain=shop.example&ad_provider=bing', 'Buy now', 'An ad', 'result--ad') +
        result(
          '//duckduckgo.com/l/?uddg=https%3A%2F%2Fa.example%2Fx%3Fa%3D1%26b%3D2&amp;rut=f00',
          'A &amp; <b>B</b>',
          'Some <b>bold</b> text',
        ) +
        result('https://b.example/y', 'Direct', 'Plain'),
    );
    const { server, http, asked } = await served((_, response) =>
      response.setHeader('content-type', 'text/html').end(html),
    );
    const results = await duckDuckGo(http, clock, server.origin).search(query({ since: Date.parse('2026-11-01') }));
    expect(asked().pathname).toBe('/html/');
    expect(Object.fromEntries(asked().searchParams)).toEqual({ q: 'telos & "ends"', df: '2026-11-01..2026-11-23' });
    expect(results).toEqual([
      { url: 'https://a.example/x?a=1&b=2', title: 'A &amp; <b>B</b>', snippet: 'Some <b>bold</b> text' },
      { url: 'https://b.example/y', title: 'Direct', snippet: 'Plain' },
    ]);
  });

  it('gives nothing when it says that it found nothing', async () => {
    const none = page('<div class="no-results"><div>No results.</div></div>');
    const { server, http } = await served((_, response) => response.end(none));
    expect(await duckDuckGo(http, clock, server.origin).search(query())).toEqual([]);
  });

  it.each([
    [202, '<html><body>...</body></html>'],
    [200, page('<div class="anomaly-modal__title">Unfortunately, bots use DuckDuckGo too.</div>')],
  ])('is taken to ask for fewer requests when it answers %d with a puzzle', async (status, html) => {
    const { server, http } = await served((_, response) => response.writeHead(status).end(html));
    await expect(duckDuckGo(http, clock, server.origin).search(query())).rejects.toMatchObject({
      code: 'HTTP_RATE_LIMITED',
    });
  });

  it('fails on a page of an unknown shape rather than finding nothing in it', async () => {
    const { server, http } = await served((_, response) => response.end('<html><body>A new design</body></html>'));
    await expect(duckDuckGo(http, clock, server.origin).search(query())).rejects.toMatchObject({
      code: 'HTTP_BODY_INVALID',
    });
  });

  it('reads a page of results without ends', async () => {
    const { server, http } = await served((_, response) =>
      response.end('<a class="result__a" href="https://a.example">'.repeat(3000)),
    );
    expect(await duckDuckGo(http, clock, server.origin).search(query())).toHaveLength(3000);
  });
});

describe('Wikipedia', () => {
  it('gives its pages', async () => {
    const { server, http, asked } = await served((_, response) =>
      answerJson(response, {
        batchcomplete: true,
        query: {
          searchinfo: { totalhits: 2 },
          search: [
            {
              ns: 0,
              title: 'AC/DC: Live & more',
              pageid: 1,
              snippet: 'Ancient <span class="searchmatch">Telos</span>',
              timestamp: '2026-01-01T00:00:00Z',
            },
          ],
        },
      }),
    );
    const results = await wikipedia(http, clock, server.origin).search(query());
    expect(asked().searchParams.get('srsearch')).toBe('telos & "ends"');
    expect(results).toEqual([
      {
        url: 'https://en.wikipedia.org/wiki/AC/DC:_Live_%26_more',
        title: 'AC/DC: Live & more',
        snippet: 'Ancient <span class="searchmatch">Telos</span>',
      },
    ]);
  });

  it('passes on what it complains of', async () => {
    const { server, http } = await served((_, response) =>
      answerJson(response, { error: { code: 'ratelimited', info: 'Slow down.' } }),
    );
    await expect(wikipedia(http, clock, server.origin).search(query())).rejects.toMatchObject({
      code: 'HTTP_RATE_LIMITED',
    });
  });

  it('answers no question for what is recent', async () => {
    const { server, http } = await served((_, response) => response.end());
    await expect(wikipedia(http, clock, server.origin).search(query({ since: 1 }))).rejects.toThrow('since a date');
    expect(server.received).toHaveLength(0);
  });
});
