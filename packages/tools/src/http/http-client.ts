/**
 * The one way out: every request a workflow makes goes through this client.
 *
 * It speaks http and https, connects to public addresses only (and to inner ones
 * that the operator listed by host and port), follows a bounded number of
 * redirects and checks each of them anew, bounds size and time, unpacks with a
 * bound, and closes the socket when its signal aborts. It retries nothing and
 * keeps no cookies.
 */
import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { TelosError } from '@telos/core';
import type { Clock } from '@telos/core';
import type Undici from 'undici';
import type { Agent } from 'undici';
import { addressRefused, guardedLookup, isRefusedAddress } from './address-guard.ts';
import type { Resolve } from './address-guard.ts';
import { allowListOf } from './allow-list.ts';
import type { AllowList } from './allow-list.ts';
import { acceptedEncodings, readBoundedBody, tooLarge } from './bounded-body.ts';
import { networkError } from './network-error.ts';
import { follow, isRedirect } from './redirect.ts';
import type { Hop } from './redirect.ts';

export type HttpRequest = {
  readonly url: string;
  /** Upper case; default GET. */
  readonly method?: string;
  readonly headers?: { readonly [name: string]: string };
  readonly body?: string | Uint8Array;
  readonly signal: AbortSignal;
  /** Bound of the unpacked body; default 10 MiB. */
  readonly maxBytes?: number;
  /** From the first look-up to the last byte, redirects included; default 30,000. */
  readonly timeoutMs?: number;
};

export type HttpResponse = {
  /** The last URL of the redirects, without credentials. */
  readonly url: string;
  readonly status: number;
  /** Names in lower case; repeated headers joined by ", ". */
  readonly headers: { readonly [name: string]: string };
  /** Unpacked. */
  readonly body: Uint8Array;
  readonly redirects: number;
};

export interface HttpClient {
  /**
   * Gives the answer whatever its status.
   * @throws TelosError HTTP_URL_INVALID, HTTP_ADDRESS_REFUSED, HTTP_REDIRECT_REFUSED, HTTP_TOO_LARGE, HTTP_BODY_INVALID,
   *   HTTP_TIMEOUT, HTTP_UNAVAILABLE; or the signal's reason when it aborts.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
}

export type HttpClientSettings = {
  readonly clock: Clock;
  /** Inner hosts (`host` or `host:port`) that may be reached all the same; default none. */
  readonly allowedHosts?: readonly string[];
  readonly userAgent?: string;
  /** How names become addresses; default the system's resolver. */
  readonly resolve?: Resolve;
};

const defaultUserAgent = 'Telos/0.1 (workflow engine)';
const defaultMaxBytes = 10 * 1024 * 1024;
const defaultTimeoutMs = 30_000;
const connectTimeoutMs = 10_000;
const maxRedirects = 5;

/** Creates a client. Its idle sockets keep no process open, so there is nothing to close. */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const isAllowed = allowListOf(settings.allowedHosts ?? []);
  const resolve = settings.resolve ?? ((host) => lookup(host, { all: true }));
  const userAgent = settings.userAgent ?? defaultUserAgent;
  let agents: Promise<Agents> | undefined;

  return {
    async request(request) {
      const first = firstHop(request, userAgent, isAllowed);
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const ended = new AbortController();
      const deadline = new AbortController();
      const signal = AbortSignal.any([request.signal, deadline.signal]);
      void settings.clock.sleep(timeoutMs, ended.signal).then(() => deadline.abort());
      let host = first.url.host;
      try {
        request.signal.throwIfAborted();
        agents ??= createAgents(resolve);
        const { guarded, open, request: send } = await agents;
        let hop = first;
        for (let redirects = 0; ; redirects += 1) {
          host = hop.url.host;
          const response = await send(withoutCredentials(hop.url), {
            dispatcher: hop.inner ? open : guarded,
            method: hop.method,
            headers: hop.headers,
            signal,
            ...(hop.body === undefined ? {} : { body: hop.body }),
          });
          const headers = plainHeaders(response.headers);
          const location = headers['location'];
          if (isRedirect(response.statusCode) && location !== undefined) {
            await response.body.dump();
            if (redirects === maxRedirects) {
              throw new TelosError(
                'HTTP_REDIRECT_REFUSED',
                `${first.url.host} redirects more than ${maxRedirects} times`,
              );
            }
            hop = follow(hop, response.statusCode, location, isAllowed);
            continue;
          }
          const maxBytes = request.maxBytes ?? defaultMaxBytes;
          if (hop.method !== 'HEAD' && Number(headers['content-length'] ?? 0) > maxBytes) {
            response.body.destroy();
            throw tooLarge(host, maxBytes);
          }
          const body = await readBoundedBody(response.body, {
            encoding: hop.method === 'HEAD' ? undefined : headers['content-encoding'],
            maxBytes,
            host,
          });
          return { url: withoutCredentials(hop.url), status: response.statusCode, headers, body, redirects };
        }
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (deadline.signal.aborted) {
          throw new TelosError('HTTP_TIMEOUT', `${host} did not answer in full within ${timeoutMs} ms`, {
            details: { host, timeout_ms: timeoutMs },
          });
        }
        throw networkError(host, error);
      } finally {
        ended.abort();
      }
    },
  };
}

type Agents = { readonly guarded: Agent; readonly open: Agent; readonly request: typeof Undici.request };

async function createAgents(resolve: Resolve): Promise<Agents> {
  const { Agent, buildConnector, request } = await import('undici');
  // The request's own deadline covers every phase; only a dead address is given up earlier.
  const options = { headersTimeout: 0, bodyTimeout: 0, connections: 32 };
  const connectGuarded = buildConnector({ timeout: connectTimeoutMs, lookup: guardedLookup(resolve) });
  return {
    request,
    open: new Agent({ ...options, connect: { timeout: connectTimeoutMs } }),
    guarded: new Agent({
      ...options,
      connect: (target, callback) => {
        // A literal address is connected to without a look-up, so it is checked here.
        const literal = target.hostname.replace(/^\[|\]$/g, '');
        if (isIP(literal) !== 0 && isRefusedAddress(literal)) callback(addressRefused(literal, literal), null);
        else connectGuarded(target, callback);
      },
    }),
  };
}

function firstHop(request: HttpRequest, userAgent: string, isAllowed: AllowList): Hop {
  const url = URL.canParse(request.url) ? new URL(request.url) : undefined;
  if (url === undefined || (url.protocol !== 'http:' && url.protocol !== 'https:')) {
    const shown = url === undefined ? request.url.slice(0, 200) : `${url.protocol}...`;
    throw new TelosError('HTTP_URL_INVALID', `"${shown}" is no http or https URL`);
  }
  const headers: Record<string, string> = {
    'user-agent': userAgent,
    accept: '*/*',
    'accept-encoding': acceptedEncodings,
  };
  for (const [name, value] of Object.entries(request.headers ?? {})) headers[name.toLowerCase()] = value;
  if (url.username !== '' || url.password !== '') {
    const credentials = `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}`;
    headers['authorization'] ??= `Basic ${Buffer.from(credentials).toString('base64')}`;
  }
  return {
    url,
    method: request.method ?? 'GET',
    headers,
    inner: isAllowed(url),
    ...(request.body === undefined ? {} : { body: request.body }),
  };
}

function withoutCredentials(url: URL): string {
  const plain = new URL(url);
  plain.username = '';
  plain.password = '';
  return plain.href;
}

function plainHeaders(headers: { readonly [name: string]: string | string[] | undefined }): { [name: string]: string } {
  const plain: { [name: string]: string } = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined) plain[name] = Array.isArray(value) ? value.join(', ') : value;
  }
  return plain;
}
