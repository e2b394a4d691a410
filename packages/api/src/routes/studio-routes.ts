import { resolve } from 'node:path';
import fastifyStatic from '@fastify/static';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

/** Answers a request that no route takes with the studio's page, when it asks for a page; says whether it did. */
export type PageFallback = (request: FastifyRequest, reply: FastifyReply) => boolean;

/** What is never a page of the studio. */
const reserved = /^\/(v1|hooks|docs|metrics|healthz|readyz|openapi\.json|assets)(\/|$|\?)/;
/** Files whose name holds a hash of their content never change. */
const hashed = /[.-][A-Za-z0-9_-]{8,}\.(js|css|woff2?|png|svg|map)$/;

/** Serves the built studio at `/`. Any other address that asks for HTML leads to the same place in its page. */
export async function studioRoutes(app: FastifyInstance, folder: string | undefined): Promise<PageFallback> {
  if (folder === undefined) {
    app.get('/', { schema: { hide: true } }, async (_request, reply) => reply.redirect('/docs'));
    return () => false;
  }
  await app.register(fastifyStatic, {
    root: resolve(folder),
    prefix: '/',
    cacheControl: false,
    schemaHide: true,
    setHeaders(reply, path) {
      reply.header('cache-control', hashed.test(path) ? 'public, max-age=31536000, immutable' : 'no-cache');
    },
  });
  return (request, reply) => {
    const asksForPage = request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
    if (!asksForPage || reserved.test(request.url)) return false;
    // The studio keeps its place in the fragment: `/runs/1` typed by hand is `/#/runs/1`.
    void reply.redirect(`/#${request.url}`);
    return true;
  };
}
