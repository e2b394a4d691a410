/**
 * A chain of search providers: the first that finds something answers.
 *
 * A provider that fails, or finds nothing, gives way to the next. One that asks
 * for fewer requests is left alone for as long as it says (else a minute), so a
 * fan-out of searches does not keep knocking.
 */
import { TelosError } from '@telos/core';
import type { Clock, Instant } from '@telos/core';
import { normaliseUrl } from './normalise-url.ts';
import { plainText, snippetOf } from './plain-text.ts';
import type { SearchProvider, SearchQuery, SearchResult } from './provider.ts';

const restMs = 60_000;

/** One provider's part in a search, for the journal. */
type Asking = { readonly provider: string; readonly answer: () => Promise<readonly SearchResult[]> };

export interface SearchChain {
  /** Everybody who may be asked. */
  readonly hosts: readonly string[];
  /**
   * @param ask Carries out one provider's search; the caller records it.
   * @throws TelosError SEARCH_UNAVAILABLE when no provider answered, with each one's reason; the signal's reason when it aborts.
   */
  search(
    query: SearchQuery,
    ask: (asking: Asking) => Promise<readonly SearchResult[]>,
  ): Promise<readonly SearchResult[]>;
}

export function createSearchChain(providers: readonly SearchProvider[], clock: Clock): SearchChain {
  const restingUntil = new Map<string, Instant>();
  return {
    hosts: providers.map(({ host }) => host),
    async search(query, ask) {
      const reasons: { readonly provider: string; readonly reason: string }[] = [];
      let someoneAnswered = false;
      for (const provider of providers) {
        const until = restingUntil.get(provider.name) ?? 0;
        if (until > clock.now()) {
          const seconds = Math.ceil((until - clock.now()) / 1000);
          reasons.push({
            provider: provider.name,
            reason: `asked for fewer requests; it is left alone for ${seconds} s more`,
          });
          continue;
        }
        try {
          const found = await ask({ provider: provider.name, answer: () => provider.search(query) });
          const results = tidy(found, query);
          if (results.length > 0) return results;
          someoneAnswered = true;
        } catch (error) {
          query.signal.throwIfAborted();
          if (error instanceof TelosError && error.code === 'HTTP_RATE_LIMITED') {
            const askedFor = error.details['retry_after_ms'];
            restingUntil.set(provider.name, clock.now() + (typeof askedFor === 'number' ? askedFor : restMs));
          }
          reasons.push({ provider: provider.name, reason: error instanceof Error ? error.message : String(error) });
        }
      }
      if (someoneAnswered) return [];
      throw new TelosError(
        'SEARCH_UNAVAILABLE',
        `No search provider answered. ${reasons.map(({ provider, reason }) => `${provider}: ${reason}`).join('; ')}`,
        { details: { providers: reasons } },
      );
    },
  };
}

/** Plain text, each page once, nothing older than asked for, at most as many as asked for. */
function tidy(found: readonly SearchResult[], query: SearchQuery): readonly SearchResult[] {
  const seen = new Set<string>();
  const results: SearchResult[] = [];
  for (const { title, url, snippet, published } of found) {
    const key = normaliseUrl(url);
    if (key === undefined || seen.has(key)) continue;
    const at = published === undefined ? Number.NaN : Date.parse(published);
    if (query.since !== undefined && at < query.since) continue;
    seen.add(key);
    results.push({
      title: plainText(title) || url,
      url,
      snippet: snippetOf(snippet),
      ...(Number.isNaN(at) ? {} : { published: dateAsStated(published ?? '', at) }),
    });
    if (results.length === query.limit) break;
  }
  return results;
}

/** A day stays a day; anything finer becomes a UTC time. */
function dateAsStated(text: string, at: Instant): string {
  return /^\d{4}-\d{2}-\d{2}$/.test(text) ? text : new Date(at).toISOString();
}
