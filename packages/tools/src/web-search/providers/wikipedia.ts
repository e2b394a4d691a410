import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import { z } from 'zod';
import type { HttpClient } from '../../http/http-client.ts';
import { hostOf } from '../provider.ts';
import type { SearchProvider } from '../provider.ts';
import { fetchJson } from './fetch-json.ts';

const answer = z.object({
  query: z.object({ search: z.array(z.object({ title: z.string(), snippet: z.string() })) }).nullish(),
  error: z.object({ code: z.string(), info: z.string() }).nullish(),
});

/** Wikipedia's own search, in English. Its pages have no date of publication, so it answers no query that asks for recent ones. */
export function wikipedia(http: HttpClient, clock: Clock, baseUrl = 'https://en.wikipedia.org'): SearchProvider {
  return {
    name: 'wikipedia',
    host: hostOf(baseUrl),
    async search({ text, limit, since, signal }) {
      if (since !== undefined) {
        throw new TelosError('HTTP_UNAVAILABLE', 'it cannot be asked for what was published since a date');
      }
      const url = new URL(`${baseUrl}/w/api.php`);
      const fields = {
        action: 'query',
        list: 'search',
        format: 'json',
        formatversion: '2',
        srlimit: String(limit),
        srsearch: text,
      };
      for (const [name, value] of Object.entries(fields)) url.searchParams.set(name, value);
      const found = await fetchJson(http, clock, answer, { url: url.href, signal });
      if (found.error) {
        const code = found.error.code === 'ratelimited' ? 'HTTP_RATE_LIMITED' : 'HTTP_UNAVAILABLE';
        throw new TelosError(code, `it says: ${found.error.info.slice(0, 200)}`);
      }
      return (found.query?.search ?? []).map(({ title, snippet }) => ({
        title,
        url: `https://en.wikipedia.org/wiki/${encodeURIComponent(title.replace(/ /g, '_')).replace(/%2F/g, '/').replace(/%3A/g, ':')}`,
        snippet,
      }));
    },
  };
}
