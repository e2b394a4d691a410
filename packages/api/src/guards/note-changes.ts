/**
 * The audit log of a server with keys: every change that was carried out or
 * accepted stands in it before its answer goes out. A server without keys, which
 * this machine alone reaches, does not know who asks, and keeps none.
 */
import type { Audit, Clock } from '@telos/core';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { callerOf } from './guard-requests.ts';
import { subjectOf } from './subject-of.ts';

const reads = new Set(['GET', 'HEAD', 'OPTIONS']);
/** Keeps nothing of what it is sent, or what other services say of themselves, as often as they like. */
const harmless = new Set(['checkWorkflow', 'takeSpans']);

export function noteChanges(
  app: FastifyInstance,
  deps: {
    readonly audit: Pick<Audit, 'append'>;
    readonly clock: Pick<Clock, 'now'>;
    readonly report?: (error: unknown, about: string) => void;
  },
): void {
  app.addHook('onSend', async (request, reply, payload) => {
    const action = actionOf(request);
    if (action === undefined || reply.statusCode >= 400) return payload;
    const { name } = callerOf(request);
    const subject = subjectOf(request, reply);
    try {
      await deps.audit.append({
        at: deps.clock.now(),
        ...(name === undefined ? {} : { by: name }),
        action,
        ...(subject === undefined ? {} : { subject }),
        address: request.ip,
        request: request.id,
      });
    } catch (error) {
      // It is done: to answer that it failed would have it asked for again.
      deps.report?.(error, request.id);
    }
    return payload;
  });
}

function actionOf({ method, routeOptions: { schema } }: FastifyRequest): string | undefined {
  if (reads.has(method)) return undefined;
  const name = schema !== undefined && 'operationId' in schema ? schema.operationId : undefined;
  return typeof name === 'string' && !harmless.has(name) ? name : undefined;
}
