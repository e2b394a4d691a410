import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import type { Readable } from 'node:stream';
import { TelosError } from '@telos/core';
import type { Agent } from 'undici';
import { addressRefused, guardedLookup, isRefusedAddress } from './address-guard.ts';
import type { Resolve } from './address-guard.ts';
import type { AllowList } from './allow-list.ts';
import { readBoundedBody, tooLarge } from './bounded-body.ts';
import type { HttpRequest, HttpResponse } from './messages.ts';
import { networkError } from './network-error.ts';
import { follow, isRedirect } from './redirect.ts';
import type { Hop } from './redirect.ts';

/** Sends a request and follows its redirects. The body is left to be read. */
export type Exchange = (first: Hop, options: { readonly keepsHost?: boolean }, signal: AbortSignal) => Promise<Arrived>;

export type Arrived = {
  /** The last of the redirects. */
  readonly hop: Hop;
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: { readonly [name: string]: string };
  /** Packed as the headers say. */
  readonly body: Readable;
  readonly redirects: number;
};

const defaultMaxBytes = 10 * 1024 * 1024;
const connectTimeoutMs = 10_000;
const maxRedirects = 5;

/** Loads undici and gives an exchange over two pools of connections: a guarded one, and one to allowed inner hosts. */
export async function createExchange(isAllowed: AllowList, resolve: Resolve = resolveAll): Promise<Exchange> {
  const { Agent, buildConnector, request: send } = await import('undici');
  // The request's own deadline covers every phase; only a dead address is given up earlier.
  const options = { headersTimeout: 0, bodyTimeout: 0, connections: 32 };
  const connectGuarded = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(resolve) });
  const toInner = new Agent({ ...options, connect: { timeout: connectTimeoutMs } });
  const guarded: Agent = new Agent({
    ...options,
    connect: (target, callback) => {
      // A literal address is connected to without a look-up, so it is checked here.
      const literal = target.hostname.replace(/^\[|\]$/g, '');
      if (isIP(literal) !== 0 && isRefusedAddress(literal)) callback(addressRefused(literal, literal), null);
      else connectGuarded(target, callback);
    },
  });

  return async (first, { keepsHost = false }, signal) => {
    let hop = first;
    try {
      for (let redirects = 0; ; redirects += 1) {
        const response = await send(hop.url, {
          dispatcher: hop.inner ? toInner : guarded,
          method: hop.method,
          headers: hop.headers,
          signal,
          ...(hop.body === undefined ? {} : { body: hop.body }),
        });
        const headers = plainHeaders(response.headers);
        const location = headers['location'];
        if (!isRedirect(response.statusCode) || location === undefined)
          return { hop, status: response.statusCode, headers, body: response.body, redirects };
        await response.body.dump();
        if (redirects === maxRedirects) throw tooManyRedirects(first.url.host);
        const next = follow(hop, response.statusCode, location, isAllowed);
        if (keepsHost && next.url.hostname !== hop.url.hostname) throw leavesHost(hop.url.host, next.url.host);
        hop = next;
      }
    } catch (error) {
      throw networkError(hop.url.host, error, hop === first);
    }
  };
}

/** Reads the body within the request's bounds. */
export async function readWhole(
  { hop, status, headers, body, redirects }: Arrived,
  { maxBytes = defaultMaxBytes }: HttpRequest,
): Promise<HttpResponse> {
  const { host, href } = hop.url;
  try {
    const isHead = hop.method === 'HEAD';
    if (!isHead && Number(headers['content-length'] ?? 0) > maxBytes) {
      body.destroy();
      throw tooLarge(host, maxBytes);
    }
    const encoding = isHead ? undefined : headers['content-encoding'];
    const read = await readBoundedBody(body, { encoding, maxBytes, host });
    return { url: href, status, headers, body: read, redirects };
  } catch (error) {
    // It had answered: whatever it was asked may have happened.
    throw networkError(host, error, false);
  }
}

function resolveAll(host: string): ReturnType<Resolve> {
  return lookup(host, { all: true });
}

function leavesHost(from: string, to: string): TelosError {
  return new TelosError('HTTP_REDIRECT_REFUSED', `${from} redirects to ${to}, and the request carries private data`, {
    next: `Ask ${to} itself, where it may have private data.`,
  });
}

function tooManyRedirects(host: string): TelosError {
  return new TelosError('HTTP_REDIRECT_REFUSED', `${host} redirects more than ${maxRedirects} times`);
}

function plainHeaders(headers: { readonly [name: string]: string | string[] | undefined }): { [name: string]: string } {
  const plain: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
