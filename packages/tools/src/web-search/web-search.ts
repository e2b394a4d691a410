import type { Clock, Tool, TraceContext } from '@telos/core';
import { z } from 'zod';
import { recordedCall } from '../recorded-call.ts';
import type { SearchSettings } from './configured-chain.ts';
import type { SearchChain } from './search-chain.ts';
import { sinceOf, sincePattern } from './since.ts';

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
  traceContext?: () => TraceContext | undefined,
): Tool<z.infer<typeof input>, z.infer<typeof output>> {
  let chain: Promise<SearchChain> | undefined;
  const opened = (): Promise<SearchChain> =>
    (chain ??= import('./configured-chain.ts').then(({ configuredChain }) =>
      configuredChain(settings, clock, traceContext),
    ));
  return {
    name: 'web.search',
    description: 'Searches the web and gives title, URL and snippet of each result. Read a page whole with `web.read`.',
    input,
    output,
    effect: 'read',
    returns: ['untrusted'],
    idempotent: false,
    spendsNothing: true,
    sendsTo: async () => (await opened()).hosts.map((host) => ({ host })),
    async run({ query, limit = 5, since }, context) {
      const now = clock.now();
      const from = since === undefined ? undefined : sinceOf(since, now);
      const results = await (
        await opened()
      ).search(
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
