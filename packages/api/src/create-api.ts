/**
 * The HTTP door, put together: guards first, then routes, one shape of failure
 * behind all of them. Nothing listens yet; `serveApi` does that.
 */
import { randomUUID } from 'node:crypto';
import Fastify from 'fastify';
import type { FastifyInstance } from 'fastify';
import { validatorCompiler } from 'fastify-type-provider-zod';
import type { ZodTypeProvider } from 'fastify-type-provider-zod';
import { answerProblem, answerProblems } from './answer-problems.ts';
import type { ApiDeps } from './api-deps.ts';
import { answerClientError } from './guards/client-errors.ts';
import { compressAnswers } from './guards/compress-answers.ts';
import { allowOrigins } from './guards/cors.ts';
import { guardRequests } from './guards/guard-requests.ts';
import { readJsonBodies } from './guards/json-body.ts';
import { keepToNamespaces } from './guards/keep-to-namespace.ts';
import { createKeyring } from './guards/keyring.ts';
import { noteChanges } from './guards/note-changes.ts';
import { tellAnswers } from './guards/tell-answers.ts';
import { setSecurityHeaders } from './guards/security-headers.ts';
import { httpMetrics } from './http-metrics.ts';
import { collectOpenApi } from './openapi.ts';
import { routeTable } from './route-table.ts';
import type { ApiServer } from './routes/api-server.ts';
import { approvalRoutes } from './routes/approval-routes.ts';
import { artifactRoutes } from './routes/artifact-routes.ts';
import { shareRoute } from './routes/share-route.ts';
import { auditRoutes } from './routes/audit-routes.ts';
import { catalogRoutes } from './routes/catalog-routes.ts';
import { documentRoutes } from './routes/document-routes.ts';
import { eventRoutes } from './routes/event-routes.ts';
import { experimentRoutes } from './routes/experiment-routes.ts';
import { hookRoutes } from './routes/hook-routes.ts';
import { keyRoutes } from './routes/key-routes.ts';
import { operationRoutes } from './routes/operation-routes.ts';
import { runListRoutes } from './routes/run-list-routes.ts';
import { runRoutes } from './routes/run-routes.ts';
import { runTestRoute } from './routes/run-test-route.ts';
import { startRoutes } from './routes/start-routes.ts';
import { steerRoutes } from './routes/steer-routes.ts';
import { studioRoutes } from './routes/studio-routes.ts';
import { traceRoutes } from './routes/trace-routes.ts';
import { workflowRoutes } from './routes/workflow-routes.ts';

const requestIds = /^[\w.-]{1,100}$/;

/**
 * Makes the API. Event streams and waiting callers are let go when it closes.
 *
 * @returns Ready to be asked with `inject`, or to listen.
 */
export async function createApi(deps: ApiDeps): Promise<FastifyInstance> {
  const requestMs = deps.requestMs ?? 60_000;
  const app = Fastify({
    bodyLimit: deps.bodyBytes ?? 4 * 1024 * 1024,
    forceCloseConnections: 'idle',
    // A caller's own id is kept when it is harmless in a header and a log.
    genReqId: (request) => {
      const sent = request.headers['x-request-id'];
      return typeof sent === 'string' && requestIds.test(sent) ? sent : randomUUID();
    },
    requestIdHeader: false,
    trustProxy:
      deps.trustedProxies === undefined || deps.trustedProxies.length === 0 ? false : [...deps.trustedProxies],
    // Answers may take as long as they need, but something moves: the longest wait for a run is a minute, and streams beat.
    requestTimeout: requestMs,
    connectionTimeout: 2 * requestMs,
    http: { headersTimeout: requestMs / 3, connectionsCheckingInterval: requestMs / 12 },
    clientErrorHandler: answerClientError,
    routerOptions: { maxParamLength: 2_000 },
    frameworkErrors: (error, request, reply) => {
      void answerProblem(error, request, reply, deps.report);
    },
  });
  const closing = new AbortController();
  app.addHook('preClose', async () => closing.abort());

  app.setValidatorCompiler(validatorCompiler);
  // Answers are typed against the contract by the compiler and checked against it by tests; here they are only written.
  app.setSerializerCompiler(() => (answer) => JSON.stringify(answer));

  const routes = routeTable(app);
  setSecurityHeaders(app);
  allowOrigins(app, deps.origins);
  if (deps.keys !== undefined) {
    const { clock, report } = deps;
    noteChanges(app, { audit: deps.store.audit, clock, ...(report === undefined ? {} : { report }) });
  }
  if (deps.answered !== undefined) tellAnswers(app, deps.answered);
  compressAnswers(app);
  const { keys: fixed, ...open } = deps;
  const keys =
    fixed === undefined
      ? undefined
      : createKeyring({
          fixed,
          kept: deps.store.keys,
          clock: deps.clock,
          closing: closing.signal,
          ...(deps.report === undefined ? {} : { report: deps.report }),
        });
  const authorize = guardRequests(app, { ...open, rates: deps.store.rates, ...(keys === undefined ? {} : { keys }) });
  if (deps.keys !== undefined) keepToNamespaces(app, deps.store);
  readJsonBodies(app);
  const metrics = httpMetrics(app, {
    runs: deps.store.runs,
    clock: deps.clock,
    ...(deps.moreMetrics === undefined ? {} : { more: deps.moreMetrics }),
  });
  await collectOpenApi(app, deps.version, deps.keys !== undefined);
  const studioPage = await studioRoutes(app, deps.studioFolder);
  answerProblems(app, routes, studioPage, deps.report);

  const api: ApiServer = app.withTypeProvider<ZodTypeProvider>();
  startRoutes(api, deps, metrics, closing.signal);
  runListRoutes(api, deps);
  runRoutes(api, deps);
  steerRoutes(api, deps, metrics);
  approvalRoutes(api, deps);
  eventRoutes(api, deps, closing.signal);
  workflowRoutes(api, deps);
  catalogRoutes(api, deps);
  artifactRoutes(api, deps);
  shareRoute(api, deps);
  runTestRoute(api, deps);
  experimentRoutes(api, deps);
  auditRoutes(api, deps);
  keyRoutes(api, deps);
  await traceRoutes(api, deps);
  operationRoutes(api, deps, metrics);
  documentRoutes(app);
  await hookRoutes(app, deps, metrics, authorize);
  await app.ready();
  return app;
}
