import type { Clock, Tool } from '@telos/core';
import { z } from 'zod';
import { createHttpClient } from '../http/http-client.ts';
import { recordedCall } from '../recorded-call.ts';
import { brave } from './providers/brave.ts';
import { duckDuckGo } from './providers/duckduckgo.ts';
import { searxng } from './providers/searxng.ts';
import { tavily } from './providers/tavily.ts';
import { wikipedia } from './providers/wikipedia.ts';
import { createSearchChain } from './search-chain.ts';
import { sinceOf, sincePattern } from './since.ts';

export type SearchSettings = {
  /** Base URL of a SearXNG; may be an inner address, because the operator names it. */
  readonly searxngUrl?: string;
  readonly braveKey?: string;
  readonly tavilyKey?: string;
  /** Other base URLs of the public providers: a proxy, or a stand-in. */
  readonly baseUrls?: { readonly [provider in 'brave' | 'tavily' | 'duckduckgo' | 'wikipedia']?: string };
};

const input = z.strictObject({
  query: z.string().trim().min(1).max(1000),
  limit: z.int().min(1).max(20).exactOptional().describe('Default 5.'),
  since: z
    .string()
    .regex(sincePattern, 'expected a date like 2026-01-31 or an age like 12h, 7d, 2w, 6m, 1y')
    .exactOptional()
    .describe('A date, or an age: 12h, 7d, 2w, 6m, 1y.'),
});

const output = z.object({
  results: z.array(
    z.object({ title: z.string(), url: z.string(), snippet: z.string(), published: z.string().exactOptional() }),
  ),
});

/**
 * Searches the web. Providers are asked in this order until one finds something:
 * SearXNG, Brave, Tavily (each if configured), DuckDuckGo, Wikipedia.
 */
export function webSearchTool(
  settings: SearchSettings,
  clock: Clock,
): Tool<z.infer<typeof input>, z.infer<typeof output>> {
  const { searxngUrl, braveKey, tavilyKey, baseUrls = {} } = settings;
  const configured = [searxngUrl, ...Object.values(baseUrls)].filter((url) => url !== undefined && URL.canParse(url));
  // What the operator names in the settings may be an inner address; what a workflow names may not.
  const http = createHttpClient({ clock, allowedHosts: configured.map((url) => hostAndPort(new URL(url ?? ''))) });
  const chain = createSearchChain(
    [
      ...(searxngUrl === undefined ? [] : [searxng(http, clock, searxngUrl)]),
      ...(braveKey === undefined ? [] : [brave(http, clock, braveKey, baseUrls.brave)]),
      ...(tavilyKey === undefined ? [] : [tavily(http, clock, tavilyKey, baseUrls.tavily)]),
      duckDuckGo(http, clock, baseUrls.duckduckgo),
      wikipedia(http, clock, baseUrls.wikipedia),
    ],
    clock,
  );
  return {
    name: 'web.search',
    description: 'Searches the web and gives title, URL and snippet of each result. Read a page whole with `web.read`.',
    input,
    output,
    effect: 'read',
    returns: ['untrusted'],
    idempotent: false,
    async run({ query, limit = 5, since }, context) {
      const now = clock.now();
      const from = since === undefined ? undefined : sinceOf(since, now);
      const results = await chain.search(
        { text: query, limit, now, signal: context.signal, ...(from === undefined ? {} : { since: from }) },
        ({ provider, answer }) => {
          const call = { kind: 'http', name: 'web.search', input: { provider, query, limit } } as const;
          return recordedCall(context, clock, call, async () => {
            const result = await answer();
            return { result, output: { results: result.length }, attributes: { provider } };
          });
        },
      );
      return { results: [...results] };
    },
  };
}

function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
}
