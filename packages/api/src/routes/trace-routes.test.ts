import { Trace, TracesResult } from '@telos/contract';
import { mostForeignSpans } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';

function span(more: Record<string, unknown> = {}) {
  return {
    traceId: trace,
    spanId: 'eee19b7ec3c1b174',
    name: 'GET /customers',
    kind: 2,
    startTimeUnixNano: '1767225600000500000',
    endTimeUnixNano: '1767225601000000000',
    ...more,
  };
}

function request(...spans: readonly object[]) {
  const attributes = [{ key: 'service.name', value: { stringValue: 'crm' } }];
  return { resourceSpans: [{ resource: { attributes }, scopeSpans: [{ scope: { name: 'http' }, spans }] }] };
}

async function told(...spans: readonly object[]): Promise<TracesResult> {
  const answer = await server.send('POST', '/v1/traces', request(...spans));
  expect(answer.status).toBe(200);
  return TracesResult.parse(await answer.json());
}

async function foreign(run: string): Promise<Trace['foreign']> {
  return Trace.parse(await (await server.get(`/v1/runs/${run}/trace`)).json()).foreign;
}

describe('spans of other services', () => {
  it('stand in the trace of the run that they are of, with what they say', async () => {
    server = await serveForTest();
    const run = await server.start({ name: 'Ada' }, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
    expect(await foreign(run)).toBeUndefined();
    const attributes = [
      { key: 'http.route', value: { stringValue: '/customers' } },
      { key: 'rows', value: { intValue: '42' } },
      { key: 'share', value: { doubleValue: 0.5 } },
      { key: 'cached', value: { boolValue: false } },
      { key: 'tags', value: { arrayValue: { values: [{ stringValue: 'a' }] } } },
      { key: 'of', value: { kvlistValue: { values: [{ key: 'n', value: { intValue: 1 } }] } } },
      { key: 'nothing', value: {} },
    ];
    const parent = 'EEE19B7EC3C1B173';
    expect(await told(span({ parentSpanId: parent, attributes, status: { code: 2, message: 'no' } }))).toEqual({});
    await told(span({ traceId: 'a'.repeat(32) }));
    expect(await foreign(run)).toEqual([
      {
        id: 'eee19b7ec3c1b174',
        parent_id: parent.toLowerCase(),
        service: 'crm',
        name: 'GET /customers',
        kind: 'server',
        started_at: '2026-01-01T00:00:00.000Z',
        ended_at: '2026-01-01T00:00:01.000Z',
        status: 'error',
        message: 'no',
        attributes: { 'http.route': '/customers', rows: 42, share: 0.5, cached: false, tags: ['a'], of: { n: 1 } },
      },
    ]);
  });

  it('of a run that nobody gave a trace stand in that which its steps carry to others', async () => {
    server = await serveForTest();
    const run = await server.start();
    const { trace_id: own } = Trace.parse(await (await server.get(`/v1/runs/${run}/trace`)).json());
    await told(span({ traceId: own }));
    expect(await foreign(run)).toHaveLength(1);
  });

  it.each([
    ['no list of resources', { resourceSpans: 'none' }],
    ['a trace that is none', request(span({ traceId: 'xyz' }))],
    ['a span without a beginning', request(span({ startTimeUnixNano: undefined }))],
  ])('are refused with %s', async (_, body) => {
    server = await serveForTest();
    await problemIn(await server.send('POST', '/v1/traces', body), 400, 'REQUEST_MALFORMED');
  });

  it('are refused in any form but JSON', async () => {
    server = await serveForTest();
    const sent = await server.send('POST', '/v1/traces', 'abc', { 'content-type': 'application/x-protobuf' });
    await problemIn(sent, 415, 'MEDIA_TYPE_UNSUPPORTED');
  });

  it('are kept up to a bound, of which the sender is told, and so is what each says', async () => {
    server = await serveForTest();
    const many = Array.from({ length: mostForeignSpans + 3 }, (_, index) =>
      span({ spanId: (index + 1).toString(16).padStart(16, '0') }),
    );
    expect(await told(...many)).toMatchObject({ partialSuccess: { rejectedSpans: '3' } });
    const long = [{ key: 'a', value: { stringValue: 'b'.repeat(100_000) } }];
    await told(span({ traceId: 'b'.repeat(32), attributes: long }));
    expect((await server.store.spans.of('b'.repeat(32)))[0]?.attributes).toEqual({ 'telos.left_out': true });
  });
});
