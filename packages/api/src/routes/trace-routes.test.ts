import { Trace, TracesResult } from '@telos/contract';
import { mostForeignSpans } from '@telos/core';
import * as fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { fieldsOf, messageOf, textIn } from '../otlp/protobuf.ts';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

/** What the exporter of @opentelemetry/exporter-trace-otlp-proto sends of one span. */
const exported =
  'CpsCChkKFQoMc2VydmljZS5uYW1lEgUKA2NybRAAEv0BCgYKBGh0dHAS8gEKEEv5LzV3s02mo86SnQ4ORzYSCFOmGBSda6KTIggA8GeqC6kCtyoOR0VUIC9jdXN0b21lcnMwAjkAAPrtUXKGGEEAypQpUnKGGEoaCgpodHRwLnJvdXRlEgwKCi9jdXN0b21lcnNKCgoEcm93cxICGCpKFAoFYmVsb3cSCxj5//////////8BShIKBXNoYXJlEgkhAAAAAAAA4D9KDAoGY2FjaGVkEgIQAEoUCgR0YWdzEgwqCgoDCgFhCgMKAWJQAFocCUA+3jhvYOsYEgZsb29rZWQaBwoBbhICGAEgAGAAcAB6BhICbm8YAoUBAQMAAA==';

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

  describe('as protocol buffers', () => {
    const send = async (body: Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
      fetch(`${server.url}/v1/traces`, {
        method: 'POST',
        headers: { 'content-type': 'application/x-protobuf', ...headers },
        body,
      });

    it.each([
      ['as they are', {}, (body: Uint8Array) => body],
      ['packed', { 'content-encoding': 'gzip' }, gzipSync],
    ])('are taken from an exporter of OpenTelemetry, %s', async (_, headers, packed) => {
      server = await serveForTest();
      const run = await server.start({ name: 'Ada' }, { traceparent: `00-${trace}-00f067aa0ba902b7-01` });
      const answer = await send(Uint8Array.from(packed(Buffer.from(exported, 'base64'))), headers);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-type')).toBe('application/x-protobuf');
      expect((await answer.arrayBuffer()).byteLength).toBe(0);
      expect(await foreign(run)).toEqual([
        {
          id: '53a618149d6ba293',
          parent_id: '00f067aa0ba902b7',
          service: 'crm',
          name: 'GET /customers',
          kind: 'server',
          started_at: '2026-01-01T00:00:00.000Z',
          ended_at: '2026-01-01T00:00:01.000Z',
          status: 'error',
          message: 'no',
          attributes: {
            'http.route': '/customers',
            rows: 42,
            below: -7,
            share: 0.5,
            cached: false,
            tags: ['a', 'b'],
          },
        },
      ]);
    });

    it('are told in the same form when not all were kept', async () => {
      server = await serveForTest();
      const id = Buffer.from(trace, 'hex');
      const spans = Array.from({ length: mostForeignSpans + 3 }, (_, index) => {
        const own = Buffer.alloc(8);
        own.writeUInt32BE(index + 1);
        return [
          2,
          messageOf([
            [1, id],
            [2, own],
            [7, 5n],
            [8, 6n],
          ]),
        ] as const;
      });
      const answer = await send(Uint8Array.from(messageOf([[1, messageOf([[2, messageOf(spans)]])]])));
      const [partial] = fieldsOf(new Uint8Array(await answer.arrayBuffer()));
      const [rejected, message] = partial?.value instanceof Uint8Array ? fieldsOf(partial.value) : [];
      expect(rejected).toEqual({ number: 1, value: 3n });
      expect(String(message?.value instanceof Uint8Array && textIn(message.value))).toContain('at most');
    });

    it('are refused, and never fail the server, whatever the bytes are', async () => {
      server = await serveForTest();
      const whole = Uint8Array.from(Buffer.from(exported, 'base64'));
      await fc.assert(
        fc.asyncProperty(
          fc.oneof(
            fc.uint8Array({ maxLength: 200 }),
            fc.nat(whole.length - 1).map((length) => whole.slice(0, length)),
            fc.tuple(fc.nat(whole.length - 1), fc.nat(255)).map(([at, byte]) => whole.with(at, byte)),
          ),
          async (body) => {
            const answer = await send(Uint8Array.from(body));
            expect([200, 400]).toContain(answer.status);
            await answer.arrayBuffer();
          },
        ),
        { numRuns: 200 },
      );
      let nested = messageOf([[1, 'x']]);
      for (let depth = 0; depth < 5_000; depth += 1) nested = messageOf([[5, messageOf([[1, nested]])]]);
      const deep = messageOf([
        [
          1,
          messageOf([
            [
              1,
              messageOf([
                [
                  1,
                  messageOf([
                    [1, 'a'],
                    [2, nested],
                  ]),
                ],
              ]),
            ],
          ]),
        ],
      ]);
      expect((await send(Uint8Array.from(deep))).status).toBe(200);
      expect(server.reported).toEqual([]);
    });

    it('are refused where they are too large when unpacked, or packed in another way, or in another form', async () => {
      server = await serveForTest();
      const bomb = Uint8Array.from(gzipSync(Buffer.alloc(5 * 1024 * 1024)));
      const packed = (encoding: string) => ({ 'content-encoding': encoding });
      await problemIn(await send(bomb, packed('gzip')), 413, 'BODY_TOO_LARGE');
      await problemIn(await send(bomb.slice(1), packed('gzip')), 400, 'REQUEST_MALFORMED');
      await problemIn(await send(bomb, packed('zstd')), 415, 'MEDIA_TYPE_UNSUPPORTED');
      await problemIn(await send(bomb, { 'content-type': 'text/plain' }), 415, 'MEDIA_TYPE_UNSUPPORTED');
    });
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
