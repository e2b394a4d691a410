import { EventPage, EventQuery, heartbeatMs, Problem } from '@telos/contract';
import type { EventView } from '@telos/contract';
import { isTerminal, TelosError, terminalStatuses } from '@telos/core';
import type { RunSummary } from '@telos/core';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { keyLostOf } from '../guards/guard-requests.ts';
import { openEventStream } from '../event-stream.ts';
import { eventView } from '../run-view/event-view.ts';
import { whenGone } from '../when-gone.ts';
import { RunParams } from './api-server.ts';
import type { ApiServer } from './api-server.ts';

/** The journal of a run: in pages as JSON, or as server-sent events while it grows. */
export function eventRoutes(app: ApiServer, deps: ApiDeps, closing: AbortSignal): void {
  const { store, live, clock } = deps;
  const most = deps.streams ?? 10_000;
  let open = 0;

  app.get(
    '/v1/runs/:id/events',
    {
      exposeHeadRoute: false, // a head cannot be followed by a stream
      schema: {
        tags: ['runs'],
        operationId: 'getEvents',
        summary: 'The journal of a run',
        description:
          'JSON in pages; with `Accept: text/event-stream` a stream that goes on until the run ends. `Last-Event-ID` resumes it without a gap or a repeat; 204 says that nothing will follow. `event: live` messages carry text of running steps, what their models think, and their tool calls piece by piece as they form; they are not kept.',
        params: RunParams,
        querystring: EventQuery,
        headers: z.object({ accept: z.string().exactOptional(), 'last-event-id': z.string().exactOptional() }),
        response: {
          200: {
            description: 'A page of events, or a stream of them',
            content: { 'application/json': { schema: EventPage }, 'text/event-stream': { schema: z.string() } },
          },
          204: z.undefined().describe('The run has ended and everything was sent'),
          default: Problem,
        },
      },
    },
    async (request, reply) => {
      const run = await store.runs.get(request.params.id);
      if (run === undefined) {
        throw new TelosError('RUN_NOT_FOUND', `There is no run ${request.params.id}.`);
      }
      if (!(request.headers.accept ?? '').includes('text/event-stream')) {
        return page(run, request.query.after, request.query.limit);
      }
      const after = lastEventId(request.headers['last-event-id']) ?? request.query.after;
      if (terminalStatuses.includes(run.status) && after >= run.seq) return reply.code(204).send(undefined);
      if (open >= most) {
        reply.header('retry-after', 5);
        throw new TelosError('TOO_MANY_REQUESTS', `This server keeps at most ${most} event streams open.`);
      }
      open += 1;
      try {
        await stream(request, reply, run.id, after);
      } finally {
        open -= 1;
      }
      return reply;
    },
  );

  const page = async (run: RunSummary, after: number, limit: number): Promise<EventPage> => {
    const items: EventView[] = [];
    let last = after;
    let ended = terminalStatuses.includes(run.status) && after >= run.seq;
    for await (const recorded of store.journal.read(run.id, after)) {
      items.push(eventView(recorded));
      last = recorded.seq;
      ended = isTerminal(recorded.event);
      if (items.length === limit) break;
    }
    return { items, last, ended };
  };

  const stream = async (request: FastifyRequest, reply: FastifyReply, run: string, after: number): Promise<void> => {
    // What hooks have said of every answer; a stream writes its own head.
    const headers = reply.getHeaders();
    reply.hijack();
    const gone = whenGone(reply.raw);
    const lost = keyLostOf(request);
    const signal = AbortSignal.any([gone.signal, closing, ...(lost === undefined ? [] : [lost])]);
    const events = openEventStream(reply.raw, headers);
    signal.addEventListener('abort', () => {
      // Whoever reads nothing would keep it open.
      if (lost?.aborted === true && reply.raw.writableNeedDrain) reply.raw.destroy();
    });
    const unsubscribe = live.subscribe(run, (part) => events.offer({ event: 'live', data: part }));
    const beating = beat(events.heartbeat, signal);
    try {
      for await (const recorded of store.journal.follow(run, after, signal)) {
        const data = eventView(recorded);
        await events.write({ id: recorded.seq, event: data.type, data });
        if (signal.aborted) break;
      }
    } catch (error) {
      // The head is sent: all that is left is to close, so that the reader resumes where it was.
      deps.report?.(error, request.id);
    } finally {
      unsubscribe();
      events.end();
      gone.abort();
      await beating;
    }
  };

  const beat = async (heartbeat: () => void, signal: AbortSignal): Promise<void> => {
    while (!signal.aborted) {
      await clock.sleep(heartbeatMs, signal);
      if (!signal.aborted) heartbeat();
    }
  };
}

/** @throws TelosError REQUEST_MALFORMED when it is no sequence. */
function lastEventId(header: string | undefined): number | undefined {
  if (header === undefined || header === '') return undefined;
  if (/^\d{1,15}$/.test(header)) return Number(header);
  throw new TelosError('REQUEST_MALFORMED', 'The Last-Event-ID must be the id of an event of this stream.');
}
