import { locations, Problem, TracesRequest, TracesResult } from '@telos/contract';
import { mostForeignSpans } from '@telos/core';
import type { FastifyRequest } from 'fastify';
import type { ApiDeps } from '../api-deps.ts';
import { jsonReader } from '../guards/json-body.ts';
import { foreignSpansIn } from '../otlp/foreign-spans.ts';
import { tracesAnswer, tracesIn } from '../otlp/otlp-protobuf.ts';
import { unpack } from '../otlp/unpack.ts';
import type { ApiServer } from './api-server.ts';

const protobuf = 'application/x-protobuf';

/** What other services tell of traces that runs are part of. */
export async function traceRoutes(app: ApiServer, { store, clock }: ApiDeps): Promise<void> {
  await app.register(async (scope: ApiServer) => {
    readOtlp(scope);
    scope.post(
      locations.traces,
      {
        schema: {
          tags: ['traces'],
          operationId: 'takeSpans',
          summary: 'Take spans of other services',
          description: `OTLP, as exporters of OpenTelemetry send it when this server is their endpoint: JSON, or protocol buffers as \`${protobuf}\`, packed by gzip or not. Spans of the trace of a run stand in \`foreign\` of that trace: at most ${mostForeignSpans} of one trace, for 30 days.`,
          body: TracesRequest,
          response: { 200: TracesResult, default: Problem },
        },
      },
      async (request, reply) => {
        const rejected = await store.spans.put(foreignSpansIn(request.body), clock.now());
        const errorMessage = `A trace has at most ${mostForeignSpans} spans of other services here.`;
        const result = rejected === 0 ? {} : { partialSuccess: { rejectedSpans: String(rejected), errorMessage } };
        // The answer is in the form of the request.
        if (request.headers['content-type']?.startsWith(protobuf) === true) {
          // Typed for text, and bytes go out as they are.
          reply.type(protobuf).serializer(() => tracesAnswer(result) as unknown as string);
        }
        return reply.send(result);
      },
    );
  });
}

/** Reads bodies in both forms of the protocol; whatever form they came in, they are read as JSON is. */
function readOtlp(scope: ApiServer): void {
  const json = jsonReader(scope);
  const most = scope.initialConfig.bodyLimit ?? 0;
  const plain = (request: FastifyRequest, body: Buffer) => unpack(body, request.headers['content-encoding'], most);
  scope.removeAllContentTypeParsers();
  scope.addContentTypeParser('application/json', { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    json(request, (await plain(request, body)).toString()),
  );
  scope.addContentTypeParser(protobuf, { parseAs: 'buffer' }, async (request: FastifyRequest, body: Buffer) =>
    tracesIn(await plain(request, body)),
  );
}
