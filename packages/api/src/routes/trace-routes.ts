import { locations, Problem, TracesRequest, TracesResult } from '@telos/contract';
import { mostForeignSpans } from '@telos/core';
import type { ApiDeps } from '../api-deps.ts';
import { foreignSpansIn } from '../otlp/foreign-spans.ts';
import type { ApiServer } from './api-server.ts';

/** What other services tell of traces that runs are part of. */
export function traceRoutes(app: ApiServer, { store, clock }: ApiDeps): void {
  app.post(
    locations.traces,
    {
      schema: {
        tags: ['traces'],
        operationId: 'takeSpans',
        summary: 'Take spans of other services',
        description: `OTLP/JSON, as exporters of OpenTelemetry send it when this server is their endpoint. Spans of the trace of a run stand in \`foreign\` of that trace: at most ${mostForeignSpans} of one trace, for 30 days.`,
        body: TracesRequest,
        response: { 200: TracesResult, default: Problem },
      },
    },
    async (request): Promise<TracesResult> => {
      const rejected = await store.spans.put(foreignSpansIn(request.body), clock.now());
      if (rejected === 0) return {};
      const errorMessage = `A trace has at most ${mostForeignSpans} spans of other services here.`;
      return { partialSuccess: { rejectedSpans: String(rejected), errorMessage } };
    },
  );
}
