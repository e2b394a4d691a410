import { TelosError } from '@telos/core';
import type { AllowList } from './allow-list.ts';

/** One request of a chain of redirects. */
export type Hop = {
  readonly url: URL;
  readonly method: string;
  /** Names in lower case. */
  readonly headers: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
  /** Whether it goes to an inner host that the operator allows, and has not been outside before. */
  readonly inner: boolean;
};

const redirects = new Set([301, 302, 303, 307, 308]);

/** Headers that say nothing about who is asking; only these cross to another origin. */
const carriedAcrossOrigins = new Set(['accept', 'accept-encoding', 'accept-language', 'user-agent']);

export function isRedirect(status: number): boolean {
  return redirects.has(status);
}

/**
 * The request that a redirect asks for. Credentials, cookies and whatever other
 * headers the caller set stay at the origin they were meant for.
 * @throws TelosError HTTP_REDIRECT_REFUSED when the target is no http(s) URL, or a body would go to another origin.
 */
export function follow(hop: Hop, status: number, location: string, isAllowed: AllowList): Hop {
  const url = URL.canParse(location, hop.url.href) ? new URL(location, hop.url.href) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    throw new TelosError('HTTP_REDIRECT_REFUSED', `${hop.url.host} redirects to what is no http or https URL`);
  }
  if (url.hash === '') url.hash = hop.url.hash;
  url.username = '';
  url.password = '';
  const becomesGet =
    (status === 303 && hop.method !== 'HEAD' && hop.method !== 'GET') ||
    ((status === 301 || status === 302) && hop.method === 'POST');
  const sameOrigin = url.origin === hop.url.origin;
  if (!sameOrigin && !becomesGet && hop.body !== undefined && !isUpgrade(hop.url, url)) {
    throw new TelosError(
      'HTTP_REDIRECT_REFUSED',
      `${hop.url.host} redirects to ${url.host}, which would receive the body of the request`,
    );
  }
  const headers = Object.fromEntries(
    Object.entries(hop.headers).filter(
      ([name]) =>
        (sameOrigin || carriedAcrossOrigins.has(name) || (!becomesGet && name === 'content-type')) &&
        !(becomesGet && name.startsWith('content-')),
    ),
  );
  // An outer page must not lead to an inner one, even to one that a workflow may name itself.
  const inner = hop.inner && isAllowed(url);
  if (becomesGet) return { url, method: 'GET', headers, inner };
  return { url, method: hop.method, headers, inner, ...(hop.body === undefined ? {} : { body: hop.body }) };
}

/** The same host, from http to https on their usual ports. */
function isUpgrade(from: URL, to: URL): boolean {
  return from.hostname === to.hostname && from.protocol === 'http:' && to.protocol === 'https:' && to.port === '';
}
