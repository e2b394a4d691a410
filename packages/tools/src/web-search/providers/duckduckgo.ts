import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import type { HttpClient } from '../../http/http-client.ts';
import { hostOf } from '../provider.ts';
import type { SearchProvider, SearchResult } from '../provider.ts';
import { decodeEntities } from '../plain-text.ts';
import { dateOf } from '../since.ts';
import { fetchText } from './fetch-json.ts';

/** DuckDuckGo's page for browsers without JavaScript. Needs no key; answers bursts with a puzzle instead of results. */
export function duckDuckGo(http: HttpClient, clock: Clock, baseUrl = 'https://html.duckduckgo.com'): SearchProvider {
  return {
    name: 'duckduckgo',
    host: hostOf(baseUrl),
    async search({ text, since, now, signal }) {
      const url = new URL(`${baseUrl}/html/`);
      url.searchParams.set('q', text);
      if (since !== undefined) url.searchParams.set('df', `${dateOf(since)}..${dateOf(now)}`);
      const page = await fetchText(http, clock, { url: url.href, headers: { accept: 'text/html' }, signal });
      if (page.status === 202 || /anomaly-modal|anomaly\.js/.test(page.text)) {
        throw new TelosError('HTTP_RATE_LIMITED', 'it asks for a puzzle to be solved: too many requests from here');
      }
      const results = parseDuckDuckGo(page.text);
      if (results.length === 0 && !/class="[^"]*\bno-results\b|No results\./.test(page.text)) {
        throw new TelosError('HTTP_BODY_INVALID', 'its page has an unknown shape');
      }
      return results;
    },
  };
}

/**
 * Reads the results of the page: each is a link of class `result__a`, followed by
 * an element of class `result__snippet`. Advertisements are passed over. The page
 * is scanned for these two tags alone, in linear time.
 */
function parseDuckDuckGo(html: string): readonly SearchResult[] {
  const results: SearchResult[] = [];
  let current: { title: string; url: string; snippet: string } | undefined;
  const keep = (): void => {
    if (current !== undefined) results.push(current);
    current = undefined;
  };
  const lower = html.toLowerCase();
  const tag = /<(a|td|div|span)\b([^<>]{0,4000})>/gi;
  for (let match = tag.exec(html); match !== null; match = tag.exec(html)) {
    const [, name = '', attributes = ''] = match;
    const classes = attribute(attributes, 'class').split(/\s+/);
    const isTitle = classes.includes('result__a');
    if (!isTitle && !classes.includes('result__snippet')) continue;
    const end = lower.indexOf(`</${name.toLowerCase()}>`, tag.lastIndex);
    const inside = html.slice(tag.lastIndex, end === -1 ? tag.lastIndex : end);
    if (isTitle) {
      keep();
      const url = targetOf(decodeEntities(attribute(attributes, 'href')));
      current = url === undefined ? undefined : { title: inside, url, snippet: '' };
    } else if (current !== undefined) {
      current.snippet ||= inside;
    }
  }
  keep();
  return results;
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`(?:^|\\s)${name}\\s*=\\s*"([^"]*)"`, 'i').exec(attributes)?.[1] ?? '';
}

/** The page that a result's link leads to; undefined for advertisements and what is no link. */
function targetOf(href: string): string | undefined {
  if (!URL.canParse(href, 'https://duckduckgo.com')) return undefined;
  const url = new URL(href, 'https://duckduckgo.com');
  const isOwn = url.hostname === 'duckduckgo.com' || url.hostname.endsWith('.duckduckgo.com');
  if (!isOwn) return url.href;
  return url.pathname === '/l/' ? (url.searchParams.get('uddg') ?? undefined) : undefined;
}
