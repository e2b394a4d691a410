import type { FastifyInstance } from 'fastify';
import type { Answered } from '../api-deps.ts';
import { callerOf } from './guard-requests.ts';
import { subjectOf } from './subject-of.ts';

const aboutRuns = /^\/v1\/runs(\/|$)/;

/** Tells of every answer once it has gone out; a stream of events, when it has ended. */
export function tellAnswers(app: FastifyInstance, answered: (answer: Answered) => void): void {
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    const { name } = callerOf(request);
    const subject = aboutRuns.test(route) ? subjectOf(request, reply) : undefined;
    answered({
      request: request.id,
      method: request.method,
      route,
      status: reply.statusCode,
      ms: reply.elapsedTime,
      ...(name === undefined ? {} : { by: name }),
      ...(subject === undefined ? {} : { run: subject }),
    });
  });
}
