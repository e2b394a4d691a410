/**
 * What a request must show before a route sees it.
 *
 * Without keys the server is for this machine alone: a Host header that names
 * another machine means that a page elsewhere had its name pointed here (DNS
 * rebinding). A change asked for by a page of another site is refused with or
 * without keys. With keys, what is not public needs one.
 *
 * What is public is told by the route that will answer, never by the address as
 * it was sent: the router also takes `/%761/runs` and `http://any/v1/runs`.
 */
import { TelosError } from '@telos/core';
import type { Clock, Rates } from '@telos/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hookRoute } from '../routes/hook-route.ts';
import type { Person } from '../steer/person.ts';
import { nobody, readPerson } from '../steer/person.ts';
import { refuseBeyondRole } from './access.ts';
import { fingerprintOf } from './api-keys.ts';
import type { Keyring } from './keyring.ts';
import { hostNameOf, isLoopback } from './loopback.ts';
import { isNamedOrigin } from './cors.ts';
import type { Origins } from './cors.ts';
import { requestLimit } from './request-limit.ts';
import { wrongKeyLimit } from './wrong-key-limit.ts';

/** Routes that answer without a key: health, documents, the studio's own files. Every other route needs one. */
const open: ReadonlySet<string> = new Set(['/', '/*', '/healthz', '/readyz', '/openapi.json', '/docs', '/docs/*']);
/** Where no route is: what would be part of the API says no more than that a key is missing. */
const reserved = /^\/(v1|metrics|hooks)(\/|$|\?)/;
const reads = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whom a request comes from, once it has shown what it must. */
const callers = new WeakMap<FastifyRequest, Person>();
const losses = new WeakMap<FastifyRequest, AbortSignal>();

/** What the key says that was shown; without keys, what the request says of itself in the header `Telos-As`. */
export function callerOf(request: FastifyRequest): Person {
  return callers.get(request) ?? nobody;
}

/** Aborts when the key of this request is revoked or has expired: for answers that go on for long. Absent where it stays. */
export function keyLostOf(request: FastifyRequest): AbortSignal | undefined {
  return losses.get(request);
}

/** Refuses a request that does not show what it must. */
export type Authorize = (request: FastifyRequest, reply: FastifyReply) => Promise<void>;

/** @returns what every request is asked for but those to a hook, which ask for it where no signature stands in its place. */
export function guardRequests(
  app: FastifyInstance,
  options: {
    readonly keys?: Keyring;
    /** Of each key, or of each address where there are none; absent: as many as come. */
    readonly requestsPerMinute?: number;
    readonly origins?: Origins;
    readonly rates: Pick<Rates, 'add'>;
    readonly report?: (error: unknown, about: string) => void;
    readonly clock: Pick<Clock, 'now'>;
  },
): Authorize {
  const { keys, clock, origins, requestsPerMinute, rates, report } = options;
  const rate =
    requestsPerMinute === undefined
      ? undefined
      : requestLimit(requestsPerMinute, rates, (error) => report?.(error, 'rate of requests'));
  const admit = async (whose: string, reply: FastifyReply): Promise<void> => {
    const seconds = await rate?.take(whose, clock.now());
    if (seconds === undefined) return;
    reply.header('retry-after', seconds);
    throw new TelosError('TOO_MANY_REQUESTS', `This server takes ${requestsPerMinute} requests a minute of each key.`);
  };
  const limit = wrongKeyLimit();

  const authorize: Authorize = async (request, reply) => {
    if (keys === undefined) {
      refuseForeignHost(request);
      if (!isOpen(request)) await admit(`address ${request.ip}`, reply);
      const said = request.headers['telos-as'];
      if (typeof said === 'string') callers.set(request, readPerson(said, 'headers.telos-as'));
      return;
    }
    const presented = /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1];
    const holder = presented === undefined ? undefined : await keys.holder(presented);
    if (holder !== undefined && presented !== undefined) {
      await admit(`key ${fingerprintOf(presented)}`, reply);
      refuseBeyondRole(holder.person, request);
      callers.set(request, holder.person);
      if (holder.lost !== undefined) losses.set(request, holder.lost);
      return;
    }
    reply.header('www-authenticate', 'Bearer realm="telos"');
    if (presented === undefined) throw new TelosError('API_KEY_MISSING', 'The request carries no API key.');
    const wait = limit.wrong(request.ip, clock.now());
    if (wait !== undefined) {
      reply.header('retry-after', wait);
      throw new TelosError('TOO_MANY_REQUESTS', 'Too many wrong API keys came from this address.');
    }
    throw new TelosError('API_KEY_WRONG', 'The API key is not known here.');
  };

  app.addHook('onRequest', async (request, reply) => {
    const isHook = request.routeOptions.url === hookRoute;
    if (keys === undefined && !isHook) await authorize(request, reply);
    if (!isNamedOrigin(origins, request)) refuseForeignOrigin(request);
    if (keys !== undefined && !isHook && !isOpen(request)) await authorize(request, reply);
  });
  return authorize;
}

function isOpen({ routeOptions, url }: FastifyRequest): boolean {
  const route = routeOptions.url;
  return (route === undefined || open.has(route)) && !reserved.test(url);
}

function refuseForeignHost(request: FastifyRequest): void {
  const host = hostNameOf(request.headers.host);
  if (host !== undefined && isLoopback(host)) return;
  throw new TelosError('HOST_REFUSED', 'The Host header does not name this machine.');
}

function refuseForeignOrigin(request: FastifyRequest): void {
  if (reads.has(request.method)) return;
  const { origin, host } = request.headers;
  const site = request.headers['sec-fetch-site'];
  const foreign = origin !== undefined && originHost(origin) !== host;
  if (!foreign && site !== 'cross-site' && site !== 'same-site') return;
  throw new TelosError('ORIGIN_REFUSED', 'The request comes from a page of another site.');
}

function originHost(origin: string): string | undefined {
  try {
    return new URL(origin).host;
  } catch {
    return undefined;
  }
}
