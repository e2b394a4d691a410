/**
 * Pages of other origins: closed, but for those that the operator names.
 *
 * A page of a named origin may read answers and change things as a program may.
 * Credentials of the browser are never asked for: what such a page shows is its
 * own API key, in a header.
 */
import type { FastifyInstance, FastifyRequest } from 'fastify';

export type Origins = ReadonlySet<string>;

const methods = 'GET, HEAD, POST, PUT, DELETE';
const sent =
  'authorization, content-type, idempotency-key, last-event-id, prefer, telos-as, traceparent, tracestate, x-request-id';
const read = 'location, preference-applied, retry-after, x-request-id';
const preflightSeconds = 600;

/** Whether the page that asks is of a named origin. */
export function isNamedOrigin(origins: Origins | undefined, { headers: { origin } }: FastifyRequest): boolean {
  return origin !== undefined && origins?.has(origin) === true;
}

/** Registered before guards, for a preflight carries no key. */
export function allowOrigins(app: FastifyInstance, origins: Origins | undefined): void {
  if (origins === undefined || origins.size === 0) return;
  app.addHook('onRequest', async (request, reply) => {
    reply.header('vary', 'origin');
    const { origin } = request.headers;
    if (origin === undefined || !isNamedOrigin(origins, request)) return;
    reply.headers({
      'access-control-allow-origin': origin,
      'access-control-expose-headers': read,
      'cross-origin-resource-policy': 'cross-origin',
    });
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return;
    reply.headers({
      'access-control-allow-methods': methods,
      'access-control-allow-headers': sent,
      'access-control-max-age': preflightSeconds,
    });
    await reply.code(204).send();
  });
}
