import { locations, ObjectiveRequest, Problem, RunReceipt, StartRunRequest } from '@telos/contract';
import type { StartRunRequest as StartRequest } from '@telos/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { HttpMetrics } from '../http-metrics.ts';
import { callbackSpec } from '../callbacks/callback-spec.ts';
import { callerOf } from '../guards/guard-requests.ts';
import { newRunReceipt, runReceipt } from '../run-view/run-receipt.ts';
import { objectiveRun } from '../start-objective.ts';
import { startRun } from '../start-run.ts';
import type { StartRun } from '../start-run.ts';
import { waitForEnd } from '../wait-for-end.ts';
import { whenGone } from '../when-gone.ts';
import type { ApiServer } from './api-server.ts';
import { budgetOf, idempotencyKeyOf, traceContextOf, waitSecondsOf } from './run-request.ts';

const StartHeaders = z.object({
  'idempotency-key': z.string().exactOptional(),
  prefer: z.string().exactOptional(),
  traceparent: z.string().exactOptional(),
  tracestate: z.string().exactOptional(),
});
type Asking = FastifyRequest & { readonly headers: z.infer<typeof StartHeaders> };

const shared = {
  tags: ['runs'],
  description:
    'Stored when it answers. `Idempotency-Key` makes it repeatable; `Prefer: wait=30` waits up to that many seconds (at most 60) for the end and then answers 200 with the outputs.',
  headers: StartHeaders,
  response: { 200: RunReceipt, 202: RunReceipt, default: Problem },
};

/** The two ways to begin: a workflow, or an objective. */
export function startRoutes(app: ApiServer, deps: ApiDeps, metrics: HttpMetrics, closing: AbortSignal): void {
  const { store, clock } = deps;

  app.post(
    locations.runs,
    { schema: { ...shared, operationId: 'startRun', summary: 'Start a run', body: StartRunRequest } },
    async (request, reply) => {
      const { workflow, source, inputs } = request.body;
      const from = workflow === undefined ? { source: source ?? '' } : { workflow };
      return start(request, reply, { from, inputs, ...terms(deps, request.body) });
    },
  );

  app.post(
    locations.objectives,
    { schema: { ...shared, operationId: 'startObjective', summary: 'State an objective', body: ObjectiveRequest } },
    async (request, reply) => {
      return start(request, reply, { ...objectiveRun(request.body), ...terms(deps, request.body) });
    },
  );

  const start = async (request: Asking, reply: FastifyReply, what: StartRun) => {
    const { headers } = request;
    const key = idempotencyKeyOf(headers['idempotency-key'], callerOf(request));
    const waitSeconds = waitSecondsOf(headers.prefer);
    const started = await startRun(deps, {
      ...what,
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...traceContextOf(headers),
    });
    const { run, existing, createdAt } = started;
    if (!existing) metrics.runStarted();
    let ended = false;
    if (waitSeconds !== undefined) {
      const signal = AbortSignal.any([whenGone(reply.raw).signal, closing]);
      ended = await waitForEnd({ journal: store.journal, clock }, run, waitSeconds * 1000, signal);
      reply.header('preference-applied', `wait=${waitSeconds}`);
    }
    const isUnread = waitSeconds === undefined && createdAt !== undefined;
    return reply
      .header('location', locations.run(run))
      .code(ended ? 200 : 202)
      .send(isUnread ? newRunReceipt(started, createdAt) : await runReceipt(store, run, existing));
  };
}

type Term = 'tags' | 'budget' | 'callback' | 'namespace' | 'priority';

/** What is said of a run beside what it does. */
function terms(
  deps: ApiDeps,
  { tags, budget, callback, namespace, priority }: Pick<StartRequest, Term>,
): Pick<StartRun, Term> {
  return {
    ...(namespace === undefined ? {} : { namespace }),
    ...(priority === undefined ? {} : { priority }),
    ...(tags === undefined ? {} : { tags }),
    ...(budget === undefined ? {} : { budget: budgetOf(budget) }),
    ...(callback === undefined ? {} : { callback: callbackSpec(deps, callback) }),
  };
}
