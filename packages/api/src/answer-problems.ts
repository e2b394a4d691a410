/** Turns every failure of a request into a problem document: one shape, whoever failed. */
import { TelosError } from '@telos/core';
import type { ErrorCode } from '@telos/core';
import { problemMediaType } from '@telos/contract';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { hasZodFastifySchemaValidationErrors } from 'fastify-type-provider-zod';
import { problemOf } from './problem-of.ts';
import { requestFaults } from './request-faults.ts';
import type { RouteTable } from './route-table.ts';
import type { PageFallback } from './routes/studio-routes.ts';

type Report = ((error: unknown, requestId: string) => void) | undefined;

export function answerProblems(
  app: FastifyInstance,
  routes: RouteTable,
  studioPage: PageFallback,
  report: Report,
): void {
  app.setErrorHandler((error: FastifyError, request, reply) => answerProblem(error, request, reply, report));
  app.setNotFoundHandler((request, reply) => {
    if (studioPage(request, reply)) return reply;
    const path = request.url.split('?', 1)[0] ?? '/';
    const allowed = routes.methodsAt(path);
    if (allowed.length === 0) {
      return answerProblem(new TelosError('ROUTE_NOT_FOUND', `There is nothing at ${path}.`), request, reply, report);
    }
    reply.header('allow', allowed.join(', '));
    const refused = new TelosError('METHOD_NOT_ALLOWED', `${path} takes ${allowed.join(', ')}, not ${request.method}.`);
    return answerProblem(refused, request, reply, report);
  });
}

export function answerProblem(error: unknown, request: FastifyRequest, reply: FastifyReply, report: Report) {
  const known = knownFailure(error, request);
  const problem = problemOf(known, request.id);
  if (problem.status >= 500) report?.(error, request.id);
  if (problem.status === 503 && !reply.hasHeader('retry-after')) reply.header('retry-after', 1);
  return reply.code(problem.status).type(problemMediaType).send(JSON.stringify(problem));
}

/** What Fastify itself refuses, in our words. */
const frameworkCodes: { readonly [code: string]: ErrorCode } = {
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'MEDIA_TYPE_UNSUPPORTED',
  FST_ERR_CTP_BODY_TOO_LARGE: 'BODY_TOO_LARGE',
};

function knownFailure(error: unknown, request: FastifyRequest): unknown {
  if (error instanceof TelosError || !(error instanceof Error)) return error;
  if (hasZodFastifySchemaValidationErrors(error)) {
    const part = error.validationContext ?? 'request';
    const schemas: { readonly [part: string]: unknown } = { ...request.routeOptions.schema };
    const problems = requestFaults(part, schemas[part], error.validation);
    const sentences = problems.map(({ path, message }) => `${path}: ${message}`);
    return new TelosError('REQUEST_MALFORMED', sentences.join('; '), { details: { problems } });
  }
  const { code, statusCode } = error as Partial<FastifyError>; // fields that Fastify adds to its errors, each optional
  const mapped = code === undefined ? undefined : frameworkCodes[code];
  if (mapped === 'BODY_TOO_LARGE') {
    const { bodyLimit } = request.routeOptions;
    return new TelosError(mapped, `The body is larger than ${bodyLimit} bytes.`);
  }
  if (mapped === 'MEDIA_TYPE_UNSUPPORTED') {
    const sent = request.headers['content-type'];
    return new TelosError(
      mapped,
      sent === undefined
        ? 'The body says of no type that it is of.'
        : `A body of the type ${sent.slice(0, 100)} is not read here.`,
    );
  }
  if (mapped !== undefined) return new TelosError(mapped, error.message);
  if (statusCode !== undefined && statusCode >= 400 && statusCode < 500) {
    return new TelosError('REQUEST_MALFORMED', error.message);
  }
  return error;
}
