import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';

/**
 * `/openapi.json`, and `/docs`, which shows it.
 *
 * The reference page brings five megabytes of script, so it is loaded when somebody opens it: by a small server of its
 * own that listens nowhere and is asked in memory.
 */
export function documentRoutes(app: FastifyInstance): void {
  let text: string | undefined;
  app.get('/openapi.json', { schema: { hide: true } }, async (_request, reply) => {
    text ??= JSON.stringify(app.swagger());
    return reply.type('application/json; charset=utf-8').send(text);
  });

  let reference: Promise<FastifyInstance> | undefined;
  const show = async (url: string) => {
    reference ??= referenceServer();
    return (await reference).inject({ method: 'GET', url });
  };
  for (const url of ['/docs', '/docs/*']) {
    app.get(url, { schema: { hide: true } }, async (request, reply) => {
      const { statusCode, headers, rawPayload } = await show(request.url);
      if (statusCode === 404) return reply.callNotFound();
      for (const name of ['content-type', 'location', 'etag', 'cache-control']) {
        const value = headers[name];
        if (value !== undefined) reply.header(name, value);
      }
      return reply.code(statusCode).send(rawPayload);
    });
  }
  app.addHook('onClose', async () => {
    await (await reference)?.close();
  });
}

async function referenceServer(): Promise<FastifyInstance> {
  const { default: reference } = await import('@scalar/fastify-api-reference');
  const server = Fastify();
  await server.register(reference, {
    routePrefix: '/docs',
    configuration: {
      url: '/openapi.json',
      withDefaultFonts: false,
      telemetry: false,
      showDeveloperTools: 'never',
      agent: { disabled: true },
      mcp: { disabled: true },
      pageTitle: 'Telos API',
    },
  });
  await server.ready();
  return server;
}
