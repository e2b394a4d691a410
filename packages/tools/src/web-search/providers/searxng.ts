import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import { z } from 'zod';
import type { HttpClient } from '../../http/http-client.ts';
import { hostOf } from '../provider.ts';
import type { SearchProvider } from '../provider.ts';
import { windowOf } from '../since.ts';
import { fetchJson } from './fetch-json.ts';

const answer = z.object({
  results: z.array(
    z.object({
      url: z.string(),
      title: z.string().nullish(),
      content: z.string().nullish(),
      publishedDate: z.string().nullish(),
    }),
  ),
  /** Pairs of engine and reason. */
  unresponsive_engines: z.array(z.array(z.unknown())).nullish(),
});

/** SearXNG: a search engine that the operator runs. Its `search.formats` setting must list `json`. */
export function searxng(http: HttpClient, clock: Clock, baseUrl: string): SearchProvider {
  return {
    name: 'searxng',
    host: hostOf(baseUrl),
    async search({ text, since, now, signal }) {
      const url = new URL(`${baseUrl.replace(/\/+$/, '')}/search`);
      url.searchParams.set('q', text);
      url.searchParams.set('format', 'json');
      const window = since === undefined ? undefined : windowOf(since, now);
      if (window !== undefined) url.searchParams.set('time_range', window);
      const found = await fetchJson(http, clock, answer, { url: url.href, signal }).catch((error: unknown) => {
        if (error instanceof TelosError && error.details['status'] === 403) {
          throw new TelosError(
            'HTTP_STATUS',
            'it refuses the JSON format: add `json` to `search.formats` in its settings',
            {
              details: error.details,
            },
          );
        }
        throw error;
      });
      const silent = found.unresponsive_engines ?? [];
      if (found.results.length === 0 && silent.length > 0) {
        const engines = silent.map(([engine, reason]) => `${String(engine)} (${String(reason)})`).join(', ');
        throw new TelosError('HTTP_UNAVAILABLE', `its engines do not answer: ${engines.slice(0, 300)}`);
      }
      return found.results.map((result) => ({
        url: result.url,
        title: result.title ?? '',
        snippet: result.content ?? '',
        ...(result.publishedDate ? { published: result.publishedDate } : {}),
      }));
    },
  };
}
