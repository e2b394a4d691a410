import type { Clock, TraceContext } from '@telos/core';
import { createHttpClient } from '../http/http-client.ts';
import { brave } from './providers/brave.ts';
import { duckDuckGo } from './providers/duckduckgo.ts';
import { searxng } from './providers/searxng.ts';
import { tavily } from './providers/tavily.ts';
import { wikipedia } from './providers/wikipedia.ts';
import { createSearchChain } from './search-chain.ts';
import type { SearchChain } from './search-chain.ts';

export type SearchSettings = {
  /** Base URL of a SearXNG; may be an inner address, because the operator names it. */
  readonly searxngUrl?: string;
  readonly braveKey?: string;
  readonly tavilyKey?: string;
  /** Other base URLs of the public providers: a proxy, or a stand-in. */
  readonly baseUrls?: { readonly [provider in 'brave' | 'tavily' | 'duckduckgo' | 'wikipedia']?: string };
};

/** The chain that the settings ask for: SearXNG, Brave and Tavily where configured, then DuckDuckGo and Wikipedia. */
export function configuredChain(
  settings: SearchSettings,
  clock: Clock,
  traceContext?: () => TraceContext | undefined,
): SearchChain {
  const { searxngUrl, braveKey, tavilyKey, baseUrls = {} } = settings;
  const configured = [searxngUrl, ...Object.values(baseUrls)].flatMap((url) =>
    url !== undefined && URL.canParse(url) ? [hostAndPort(new URL(url))] : [],
  );
  // What the operator names in the settings may be an inner address; what a workflow names may not.
  const http = createHttpClient({ clock, allowedHosts: configured, traceContext });
  const providers = [
    ...(searxngUrl === undefined ? [] : [searxng(http, clock, searxngUrl)]),
    ...(braveKey === undefined ? [] : [brave(http, clock, braveKey, baseUrls.brave)]),
    ...(tavilyKey === undefined ? [] : [tavily(http, clock, tavilyKey, baseUrls.tavily)]),
    duckDuckGo(http, clock, baseUrls.duckduckgo),
    wikipedia(http, clock, baseUrls.wikipedia),
  ];
  return createSearchChain(providers, clock);
}

function hostAndPort(url: URL): string {
  return `${url.hostname}:${url.port === '' ? (url.protocol === 'https:' ? '443' : '80') : url.port}`;
}
