import type { Clock } from '@telos/core';
import { z } from 'zod';
import type { HttpClient } from '../../http/http-client.ts';
import { hostOf } from '../provider.ts';
import type { SearchProvider } from '../provider.ts';
import { dateOf } from '../since.ts';
import { fetchJson } from './fetch-json.ts';

const answer = z.object({
  results: z.array(
    z.object({
      url: z.string(),
      title: z.string().nullish(),
      content: z.string().nullish(),
      published_date: z.string().nullish(),
    }),
  ),
});

/** Tavily's search API; needs a key. */
export function tavily(
  http: HttpClient,
  clock: Clock,
  key: string,
  baseUrl = 'https://api.tavily.com',
): SearchProvider {
  return {
    name: 'tavily',
    host: hostOf(baseUrl),
    async search({ text, limit, since, signal }) {
      const found = await fetchJson(http, clock, answer, {
        url: `${baseUrl}/search`,
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          query: text,
          max_results: limit,
          ...(since === undefined ? {} : { start_date: dateOf(since) }),
        }),
        signal,
      });
      return found.results.map((result) => ({
        url: result.url,
        title: result.title ?? '',
        snippet: result.content ?? '',
        ...(result.published_date ? { published: result.published_date } : {}),
      }));
    },
  };
}
