import type { Config } from '../config/config.ts';
import type { Finding } from './finding.ts';

const patienceMs = 3000;

/** Which providers `web.search` would ask, and whether those that it can look at answer. */
export async function examineSearch({ searxngUrl, braveKey, tavilyKey }: Config['search']): Promise<Finding[]> {
  const keys = [braveKey === undefined ? '' : 'Brave', tavilyKey === undefined ? '' : 'Tavily'].filter(
    (name) => name !== '',
  );
  const own = searxngUrl === undefined ? [] : [await examineSearxng(searxngUrl)];
  const asked = [...(searxngUrl === undefined ? [] : ['SearXNG']), ...keys, 'DuckDuckGo', 'Wikipedia'].join(', ');
  return [...own, { about: 'search', verdict: 'sound', message: `asks ${asked}, in this order.` }];
}

async function examineSearxng(url: string): Promise<Finding> {
  const about = 'search SearXNG';
  const address = new URL('search?q=telos&format=json', url.endsWith('/') ? url : `${url}/`);
  const { username, password, host } = address;
  // `fetch` takes no credentials in an address, and would name them in its error.
  address.username = '';
  address.password = '';
  try {
    const credentials = Buffer.from(`${decodeURIComponent(username)}:${decodeURIComponent(password)}`);
    const headers = new Headers(username === '' ? {} : { authorization: `Basic ${credentials.toString('base64')}` });
    const answer = await fetch(address, { headers, signal: AbortSignal.timeout(patienceMs) });
    await answer.body?.cancel();
    if (answer.ok) return { about, verdict: 'sound', message: `${host} answers.` };
    const next = answer.status === 403 ? 'Add `json` to `search.formats` in its settings.' : 'Look at its log.';
    return { about, verdict: 'broken', message: `${host} answers ${answer.status}.`, next };
  } catch {
    return {
      about,
      verdict: 'broken',
      message: `${host} does not answer.`,
      next: 'Start it, or correct TELOS_SEARCH_URL.',
    };
  }
}
