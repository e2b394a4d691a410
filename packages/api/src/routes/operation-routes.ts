import { Health, Problem, Readiness } from '@telos/contract';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { HttpMetrics } from '../http-metrics.ts';
import type { ApiServer } from './api-server.ts';

/** For whoever keeps the server running: is it alive, can it work, what does it do. */
export function operationRoutes(app: ApiServer, deps: ApiDeps, metrics: HttpMetrics): void {
  const tags = ['operation'];

  app.get(
    '/healthz',
    {
      schema: {
        tags,
        operationId: 'health',
        summary: 'The process answers',
        response: { 200: Health, default: Problem },
      },
    },
    async () => ({ status: 'ok' as const, version: deps.version }),
  );

  app.get(
    '/readyz',
    {
      schema: {
        tags,
        operationId: 'readiness',
        summary: 'The store answers too',
        response: { 200: Readiness, default: Problem },
      },
    },
    async () => {
      await deps.store.runs.list({}, 1);
      return { status: 'ready' as const };
    },
  );

  app.get(
    '/metrics',
    {
      schema: {
        tags,
        operationId: 'metrics',
        summary: 'Prometheus metrics',
        response: {
          200: { description: 'Prometheus text', content: { 'text/plain': { schema: z.string() } } },
          default: Problem,
        },
      },
    },
    async (_request, reply) => {
      const text = await metrics.text();
      return reply.type('text/plain; version=0.0.4; charset=utf-8').send(text);
    },
  );
}
