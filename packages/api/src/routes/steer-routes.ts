import { randomUUID } from 'node:crypto';
import {
  Accepted,
  CancelRequest,
  ForkRequest,
  JsonValue,
  locations,
  PauseRequest,
  Problem,
  ResumeRequest,
  RunReceipt,
  SignalReceipt,
} from '@telos/contract';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import type { HttpMetrics } from '../http-metrics.ts';
import { callerOf } from '../guards/guard-requests.ts';
import { runReceipt } from '../run-view/run-receipt.ts';
import type { StartedRun } from '../start-program.ts';
import { callAgain } from '../callbacks/call-again.ts';
import { forkRun, retryRun } from '../steer/fork-run.ts';
import { postMessage } from '../steer/post-message.ts';
import { resumeRun } from '../steer/resume-run.ts';
import { signalRun } from '../steer/signal-run.ts';
import { RunParams } from './api-server.ts';
import type { ApiServer } from './api-server.ts';
import { budgetOf, idempotencyKeyOf, traceContextOf } from './run-request.ts';

const tags = ['runs'];
const wish = 'The wish is stored when it answers; the owner of the run carries it out.';
const ForkHeaders = z.object({
  'idempotency-key': z.string().exactOptional(),
  traceparent: z.string().exactOptional(),
  tracestate: z.string().exactOptional(),
});

/** What can be asked of a run that exists. */
export function steerRoutes(app: ApiServer, deps: ApiDeps, metrics: HttpMetrics): void {
  app.post(
    '/v1/runs/:id/cancel',
    {
      schema: {
        tags,
        operationId: 'cancelRun',
        summary: 'Cancel a run',
        description: `${wish} What is under way is aborted, what is to be undone is undone; a second cancel skips that.`,
        params: RunParams,
        body: CancelRequest.nullish(),
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const reason = request.body?.reason ?? 'asked for by API';
      await postMessage(deps, id, { id: randomUUID(), kind: 'cancel', reason, ...by(request) });
      return reply.code(202).send({ id, accepted: true as const });
    },
  );

  app.post(
    '/v1/runs/:id/pause',
    {
      schema: {
        tags,
        operationId: 'pauseRun',
        summary: 'Pause a run',
        description: `${wish} No step is started any more; what is under way ends by itself.`,
        params: RunParams,
        body: PauseRequest.nullish(),
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const note = request.body?.note;
      await postMessage(deps, id, {
        id: randomUUID(),
        kind: 'pause',
        ...(note === undefined ? {} : { note }),
        ...by(request),
      });
      return reply.code(202).send({ id, accepted: true as const });
    },
  );

  app.post(
    '/v1/runs/:id/resume',
    {
      schema: {
        tags,
        operationId: 'resumeRun',
        summary: 'Let a paused run go on, perhaps with another budget',
        description: `${wish} One that is not paused is answered 409, unless it is given a budget.`,
        params: RunParams,
        body: ResumeRequest.nullish(),
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const { budget, path } = request.body ?? {};
      await resumeRun(deps, id, {
        id: randomUUID(),
        kind: 'resume',
        ...(budget === undefined ? {} : { budget: budgetOf(budget) }),
        ...(path === undefined ? {} : { path }),
        ...by(request),
      });
      return reply.code(202).send({ id, accepted: true as const });
    },
  );

  app.post(
    '/v1/runs/:id/retry',
    {
      schema: {
        tags,
        operationId: 'retryRun',
        summary: 'Do again what did not succeed, as a new run',
        description: 'Of a run that has ended. Steps that succeeded are kept and cost nothing.',
        params: RunParams,
        headers: ForkHeaders,
        response: { 202: RunReceipt, default: Problem },
      },
    },
    async (request, reply) => answer(reply, await retryRun(deps, request.params.id, repeatable(request))),
  );

  app.post(
    '/v1/runs/:id/fork',
    {
      schema: {
        tags,
        operationId: 'forkRun',
        summary: 'Do a run again from some steps on, perhaps with edits, as a new run',
        params: RunParams,
        headers: ForkHeaders,
        body: ForkRequest,
        response: { 202: RunReceipt, default: Problem },
      },
    },
    async (request, reply) => {
      const { from, set, side_effects: sideEffects } = request.body;
      const effects = sideEffects === undefined ? {} : { sideEffects };
      const fork = { from, set, ...effects, ...repeatable(request) };
      return answer(reply, await forkRun(deps, request.params.id, fork));
    },
  );

  app.post(
    '/v1/runs/:id/callback',
    {
      schema: {
        tags,
        operationId: 'callAgain',
        summary: 'Post the end of a run again',
        description:
          'Of a run whose callback was delivered or given up. It goes out under the same `webhook-id`, and is tried again as it was the first time.',
        params: RunParams,
        response: { 202: Accepted, default: Problem },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      await callAgain(deps, id);
      return reply.code(202).send({ id, accepted: true as const });
    },
  );

  app.post(
    '/v1/runs/:id/signals/:name',
    {
      schema: {
        tags,
        operationId: 'signalRun',
        summary: 'Send a signal to a run',
        description:
          'The body is the payload, any JSON. It goes to the step that has waited longest for it, or is kept for the next that will. `Idempotency-Key` makes it repeatable.',
        params: RunParams.extend({ name: z.string().regex(/^[a-z][a-z0-9_]{0,99}$/) }),
        headers: z.object({ 'idempotency-key': z.string().exactOptional() }),
        body: JsonValue.optional(),
        response: { 202: SignalReceipt, default: Problem },
      },
    },
    async (request, reply) => {
      const { id, name } = request.params;
      const key = idempotencyKeyOf(request.headers['idempotency-key']);
      const payload = request.body ?? null;
      const named = key === undefined ? {} : { id: key };
      const { waiting } = await signalRun(deps, id, { ...named, name, payload, ...by(request) });
      return reply.code(202).send({ id, accepted: true as const, waiting });
    },
  );

  const answer = async (reply: FastifyReply, { run, existing }: StartedRun) => {
    if (!existing) metrics.runStarted();
    return reply
      .header('location', locations.run(run))
      .code(202)
      .send(await runReceipt(deps.store, run, existing));
  };
}

function by(request: FastifyRequest): { readonly by?: string } {
  const { name } = callerOf(request);
  return name === undefined ? {} : { by: name };
}

function repeatable(request: FastifyRequest & { readonly headers: z.infer<typeof ForkHeaders> }) {
  const { headers } = request;
  const key = idempotencyKeyOf(headers['idempotency-key'], callerOf(request));
  return {
    ...(key === undefined ? {} : { idempotencyKey: key }),
    ...traceContextOf(headers),
  };
}
