/**
 * The one way out: every request a workflow makes goes through this client.
 *
 * It speaks http and https, connects to public addresses only (and to inner ones
 * that the operator listed by host and port), follows a bounded number of
 * redirects and checks each of them anew, bounds size and time, unpacks with a
 * bound, and closes the socket when its signal aborts. It retries nothing and
 * keeps no cookies.
 */
import { TelosError } from '@telos/core';
import type { Clock, TraceContext } from '@telos/core';
import type { Resolve } from './address-guard.ts';
import { allowListOf } from './allow-list.ts';
import type { Arrived, Exchange, readWhole } from './exchange.ts';
import { firstHop } from './first-hop.ts';
import type { HttpRequest, HttpResponse } from './messages.ts';

export interface HttpClient {
  /**
   * Gives the answer whatever its status.
   * @throws TelosError HTTP_URL_INVALID, HTTP_ADDRESS_REFUSED, HTTP_REDIRECT_REFUSED, HTTP_TOO_LARGE, HTTP_BODY_INVALID,
   *   HTTP_TIMEOUT, HTTP_UNAVAILABLE; or the signal's reason when it aborts.
   */
  request(request: HttpRequest): Promise<HttpResponse>;
  /**
   * The same, with the body still to come, as a stream that stays open needs it. Nothing but the signal ends it.
   * @throws TelosError what `request` throws, but for HTTP_TOO_LARGE, HTTP_BODY_INVALID and HTTP_TIMEOUT.
   */
  open(request: Omit<HttpRequest, 'maxBytes' | 'timeoutMs'>): Promise<Arrived>;
}

export type HttpClientSettings = {
  readonly clock: Clock;
  /** Inner hosts (`host` or `host:port`) that may be reached all the same; default none. */
  readonly allowedHosts?: readonly string[];
  readonly userAgent?: string;
  /** W3C trace context of whoever asks, carried by each request that brings none of its own. */
  readonly traceContext?: (() => TraceContext | undefined) | undefined;
  /** How names become addresses; default the system's resolver. */
  readonly resolve?: Resolve;
};

const defaultUserAgent = 'Telos/0.1 (workflow engine)';
const defaultTimeoutMs = 30_000;

/**
 * Creates a client. What it needs is loaded with its first request, and its idle
 * sockets keep no process open, so there is nothing to close.
 * @throws TelosError HTTP_URL_INVALID for an entry of `allowedHosts` that is no host.
 */
export function createHttpClient(settings: HttpClientSettings): HttpClient {
  const { clock, resolve, userAgent = defaultUserAgent, traceContext } = settings;
  const isAllowed = allowListOf(settings.allowedHosts ?? []);
  const traced = <R extends Pick<HttpRequest, 'url' | 'headers'>>(request: R): R => {
    // A trace that the request names itself is another one, of whose state nothing is known here.
    const isOwn = Object.keys(request.headers ?? {}).some((name) => name.toLowerCase() === 'traceparent');
    const context = isOwn ? undefined : traceContext?.();
    return context === undefined ? request : { ...request, headers: { ...context, ...request.headers } };
  };
  let loaded: Promise<{ readonly send: Exchange; readonly readWhole: typeof readWhole }> | undefined;
  const load = () =>
    (loaded ??= import('./exchange.ts').then(async ({ createExchange, readWhole }) => ({
      send: await createExchange(isAllowed, resolve),
      readWhole,
    })));
  return {
    async open(request) {
      const { signal } = request;
      signal.throwIfAborted();
      const { send } = await load();
      try {
        return await send(firstHop(traced(request), userAgent, isAllowed), request, signal);
      } catch (error) {
        throw signal.aborted ? signal.reason : error;
      }
    },
    async request(request) {
      const hop = firstHop(traced(request), userAgent, isAllowed);
      const timeoutMs = request.timeoutMs ?? defaultTimeoutMs;
      const ended = new AbortController();
      const deadline = new AbortController();
      void clock.sleep(timeoutMs, ended.signal).then(() => deadline.abort());
      try {
        request.signal.throwIfAborted();
        const { send, readWhole } = await load();
        return await readWhole(await send(hop, request, AbortSignal.any([request.signal, deadline.signal])), request);
      } catch (error) {
        if (request.signal.aborted) throw request.signal.reason;
        if (!deadline.signal.aborted) throw error;
        throw new TelosError('HTTP_TIMEOUT', `${hop.url.host} did not answer in full within ${timeoutMs} ms`, {
          details: { host: hop.url.host, timeout_ms: timeoutMs },
        });
      } finally {
        ended.abort();
      }
    },
  };
}
