import type { FastifyInstance } from 'fastify';

const everywhere = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
} as const;

/** The studio loads its own files and nothing else. */
const studioPolicy =
  "default-src 'self'; img-src 'self' data: blob:; media-src 'self' blob:; style-src 'self'; " +
  "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

/** The reference page starts from a script in the page. */
const docsPolicy =
  "default-src 'self'; img-src 'self' data:; font-src 'self' data:; style-src 'self' 'unsafe-inline'; " +
  "script-src 'self' 'unsafe-inline'; object-src 'none'; base-uri 'none'; frame-ancestors 'none'";

function securityHeaders(url: string): { readonly [name: string]: string } {
  // What the API tells is of this moment and of whoever asked; a route whose answer never changes says so itself.
  const kept = /^\/(v1|metrics|hooks)(\/|$|\?)/.test(url) ? { 'cache-control': 'no-store' } : {};
  return {
    ...everywhere,
    ...kept,
    'content-security-policy': /^\/docs(\/|$|\?)/.test(url) ? docsPolicy : studioPolicy,
  };
}

export function setSecurityHeaders(app: FastifyInstance): void {
  app.addHook('onRequest', async (request, reply) => {
    reply.headers({ ...securityHeaders(request.url), 'x-request-id': request.id });
  });
}
