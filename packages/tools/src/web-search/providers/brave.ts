import type { Clock } from '@telos/core';
import { z } from 'zod';
import type { HttpClient } from '../../http/http-client.ts';
import { hostOf } from '../provider.ts';
import type { SearchProvider } from '../provider.ts';
import { dateOf } from '../since.ts';
import { fetchJson } from './fetch-json.ts';

const answer = z.object({
  web: z
    .object({
      results: z.array(
        z.object({
          url: z.string(),
          title: z.string(),
          description: z.string().nullish(),
          page_age: z.string().nullish(),
        }),
      ),
    })
    .nullish(),
});

/** Brave's web search API; needs a key. Titles and descriptions come as HTML. */
export function brave(
  http: HttpClient,
  clock: Clock,
  key: string,
  baseUrl = 'https://api.search.brave.com',
): SearchProvider {
  return {
    name: 'brave',
    host: hostOf(baseUrl),
    async search({ text, limit, since, now, signal }) {
      const url = new URL(`${baseUrl}/res/v1/web/search`);
      url.searchParams.set('q', text);
      url.searchParams.set('count', String(limit));
      if (since !== undefined) url.searchParams.set('freshness', `${dateOf(since)}to${dateOf(now)}`);
      const headers = { 'x-subscription-token': key };
      const found = await fetchJson(http, clock, answer, { url: url.href, headers, signal });
      return (found.web?.results ?? []).map((result) => ({
        url: result.url,
        title: result.title,
        snippet: result.description ?? '',
        ...(result.page_age ? { published: result.page_age } : {}),
      }));
    },
  };
}
