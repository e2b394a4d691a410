import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { setImmediate as turn } from 'node:timers/promises';
import type { RunEvent, Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { createFakeClock } from '@telos/testkit';
import type { FakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { begun, chat, created, gate, journal, runId, started, startedAt, succeeded } from '../testing/journal.ts';
import { spanIdOf } from '@telos/core';
import type { Untimed } from '../testing/journal.ts';
import { createTraceExporter } from './export-traces.ts';
import type { TraceExporter } from './export-traces.ts';

/** The request of OTLP/JSON 1.x as its protocol buffers have it, strictly: a field that is not there is a fault. */
const AnyValue = z.lazy(() =>
  z.union([
    z.strictObject({ stringValue: z.string() }),
    z.strictObject({ boolValue: z.boolean() }),
    z.strictObject({ intValue: z.string().regex(/^-?\d+$/) }),
    z.strictObject({ doubleValue: z.number() }),
    z.strictObject({ arrayValue: z.strictObject({ values: z.array(AnyValue) }) }),
    z.strictObject({ kvlistValue: z.strictObject({ values: z.array(KeyValue) }) }),
  ]),
) as z.ZodType<object>;
const KeyValue = z.strictObject({ key: z.string().min(1), value: AnyValue });
const nanoseconds = z.string().regex(/^\d{19}$/);
const OtlpSpan = z.strictObject({
  traceId: z.string().regex(/^[0-9a-f]{32}$/),
  spanId: z.string().regex(/^[0-9a-f]{16}$/),
  parentSpanId: z
    .string()
    .regex(/^[0-9a-f]{16}$/)
    .optional(),
  name: z.string().min(1),
  kind: z.int().min(1).max(5),
  startTimeUnixNano: nanoseconds,
  endTimeUnixNano: nanoseconds,
  attributes: z.array(KeyValue),
  events: z.array(
    z.strictObject({ timeUnixNano: nanoseconds, name: z.string().min(1), attributes: z.array(KeyValue) }),
  ),
  status: z.strictObject({ code: z.int().min(0).max(2), message: z.string().optional() }),
});
const Request = z.strictObject({
  resourceSpans: z.array(
    z.strictObject({
      resource: z.strictObject({ attributes: z.array(KeyValue) }),
      scopeSpans: z.array(z.strictObject({ scope: z.strictObject({ name: z.string() }), spans: z.array(OtlpSpan) })),
    }),
  ),
});

type Taken = {
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly spans: readonly z.infer<typeof OtlpSpan>[];
};

let store: Store;
let clock: FakeClock;
let collector: Server;
let exporter: TraceExporter | undefined;
/** What the collector was asked, whatever it answered, and the statuses that it answers next; 200 after them. */
let asked: Taken[] = [];
let statuses: number[] = [];
let told: string[] = [];

beforeEach(async () => {
  asked = [];
  statuses = [];
  told = [];
  store = await openSqliteStore({ path: ':memory:' });
  clock = createFakeClock();
  collector = createServer((request, response) => {
    void text(request).then((body) => {
      const { resourceSpans } = Request.parse(JSON.parse(body));
      const spans = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scoped) => scoped.spans));
      asked.push({ url: request.url ?? '', headers: request.headers, spans });
      const status = statuses.shift() ?? 200;
      response.writeHead(status, status === 429 ? { 'retry-after': '7' } : {}).end(status === 200 ? '{}' : 'no');
    });
  });
  await new Promise<void>((resolve) => void collector.listen(0, '127.0.0.1', resolve));
});

afterEach(async () => {
  await exporter?.close(0);
  exporter = undefined;
  collector.closeAllConnections();
  await new Promise((resolve) => void collector.close(resolve));
  await store.close();
});

function open(url = `http://127.0.0.1:${(collector.address() as AddressInfo).port}/otlp/`): TraceExporter {
  exporter = createTraceExporter(
    { store, clock, report: (message) => void told.push(message) },
    { url, headers: { 'x-key': 'k' }, resource: { 'service.name': 'telos' } },
  );
  return exporter;
}

async function keepRun(id: string = runId, traceparent?: string): Promise<void> {
  const [first, ...more] = journal(
    { ...created, ...(traceparent === undefined ? {} : { traceparent }) },
    started,
    begun('draft'),
    chat('draft'),
    { ...succeeded('draft'), gate: gate(true, 0.9) },
    { type: 'run.succeeded', outputs: { value: 'secret text' } },
  ).map(({ event }) => event);
  if (first?.type !== 'run.created') throw new Error('A journal begins with run.created.');
  await store.journal.create({ id, created: first, more });
}

async function keepEvents(...events: readonly Untimed<RunEvent>[]): Promise<void> {
  const [first, ...more] = journal(created, started, ...events).map(({ event }) => event);
  if (first?.type !== 'run.created') throw new Error('A journal begins with run.created.');
  await store.journal.create({ id: runId, created: first, more });
}

/** Moves time on until the collector was asked so many times. */
async function untilAsked(times: number): Promise<void> {
  for (let looks = 0; asked.length < times; looks += 1) {
    if (looks > 20_000) throw new Error(`The collector was asked ${asked.length} times.`);
    await clock.advance(50);
    await turn();
  }
}

describe('traces to a collector', () => {
  it('are the spans of the run, in the form of the protocol, below the span of whoever started it', async () => {
    const traceId = 'ab'.repeat(16);
    await keepRun(runId, `00-${traceId}-${'cd'.repeat(8)}-01`);
    open().ended(runId);
    await untilAsked(1);
    const [taken] = asked;
    expect(taken).toMatchObject({
      url: '/otlp/v1/traces',
      headers: { 'x-key': 'k', 'content-type': 'application/json' },
    });
    const root = spanIdOf(runId, '');
    expect(taken?.spans.map(({ name, spanId, parentSpanId }) => [name, spanId, parentSpanId])).toEqual([
      ['invoke_workflow', root, 'cd'.repeat(8)],
      ['step draft', spanIdOf(runId, 'draft'), root],
      ['chat openai/gpt-5.2', expect.any(String), spanIdOf(runId, 'draft')],
      ['evaluate grounded', expect.any(String), spanIdOf(runId, 'draft')],
    ]);
    expect(new Set(taken?.spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    const [run, step, model] = taken?.spans ?? [];
    expect(run?.startTimeUnixNano).toBe(`${startedAt}000000`);
    expect(step?.events.map(({ name }) => name)).toContain('gen_ai.evaluation.result');
    expect(model).toMatchObject({ kind: 3, status: { code: 1 } });
    expect(model?.attributes).toContainEqual({ key: 'gen_ai.usage.input_tokens', value: { intValue: '10' } });
    expect(model?.attributes).toContainEqual({ key: 'openinference.span.kind', value: { stringValue: 'LLM' } });
  });

  it('hold neither inputs nor outputs nor messages', async () => {
    await keepRun();
    open().ended(runId);
    await untilAsked(1);
    expect(JSON.stringify(asked)).not.toMatch(/secret text|Acme|hello/);
  });

  it('hold nothing of what a signal brought or a person wrote', async () => {
    const wait = { kind: 'signal', name: 'go', onTimeout: 'fail' } as const;
    await keepEvents(
      begun('draft'),
      { type: 'wait.opened', path: 'draft', attempt: 1, wait },
      { type: 'wait.closed', path: 'draft', attempt: 1, closing: { signal: 's1', payload: { value: 'Anna Secret' } } },
      succeeded('draft'),
      { type: 'step.resolved', path: 'draft', attempt: 1, as: 'retry', by: 'ann', note: 'ask Anna Secret' },
      { type: 'run.cancelled', reason: 'enough' },
    );
    open().ended(runId);
    await untilAsked(1);
    expect(JSON.stringify(asked)).toContain('s1');
    expect(JSON.stringify(asked)).not.toContain('Anna Secret');
  });

  it('hold no word of what was said of a step that carries `private`, nor why the run failed that has one', async () => {
    const reason = (text: string) => ({ check: 'c', uses: 'c', score: 0, verdict: 'fail' as const, reason: text });
    const error = { code: 'GATE_FAILED', kind: 'terminal', message: 'It is not Anna Secret', path: 'row' } as const;
    const said = { passed: false, score: 0, attempts: 1 };
    await keepEvents(
      begun('tea'),
      { ...succeeded('tea'), gate: { ...said, verdicts: [reason('too hot')] } },
      { ...begun('row'), labels: ['private'] },
      chat('row'),
      {
        type: 'step.failed',
        path: 'row',
        attempt: 1,
        error,
        labels: ['private'],
        gate: { ...said, verdicts: [reason(error.message)] },
      },
      { type: 'run.failed', error },
    );
    open().ended(runId);
    await untilAsked(1);
    const sent = JSON.stringify(asked);
    expect(sent).not.toContain('Anna Secret');
    expect(sent).toContain('too hot');
    expect(sent).toContain('GATE_FAILED');
  });

  it('are sent again while the collector cannot take them, which is said once', async () => {
    statuses = [503, 429, 502];
    await keepRun();
    const running = open();
    running.ended(runId);
    await untilAsked(3);
    // Asked at 0.5 s, a second later, and then not before the seven seconds are over that it wanted.
    expect(clock.now() - startedAt).toBeGreaterThanOrEqual(8500);
    await untilAsked(4);
    expect(told).toEqual([
      expect.stringMatching(/^The collector at 127\.0\.0\.1:\d+ does not take traces: status 503, no$/),
    ]);
    await running.close(60_000);
    expect(running.metrics()).toContain('telos_otlp_spans_total{outcome="sent"} 4');
  });

  it('are not sent again when they are refused for good', async () => {
    statuses = [400];
    await keepRun();
    const running = open();
    running.ended(runId);
    await untilAsked(1);
    await running.close(60_000);
    expect(asked).toHaveLength(1);
    expect(running.metrics()).toContain('telos_otlp_spans_total{outcome="lost"} 4');
  });

  it('come together, and a run that is not there any more is passed over', async () => {
    const ids = Array.from({ length: 20 }, (_, n) => `019ab000-0000-7000-8000-0000000001${n + 10}`);
    for (const id of ids) await keepRun(id);
    const running = open();
    for (const id of [...ids, 'gone']) running.ended(id);
    await untilAsked(1);
    await running.close(60_000);
    expect(asked).toHaveLength(1);
    expect(asked[0]?.spans).toHaveLength(80);
  });

  it('hold nothing up: a process that ends waits as long as it is told to, and no longer', async () => {
    await keepRun();
    const running = open('http://127.0.0.1:9');
    running.ended(runId);
    const closed = running.close(3000);
    await clock.advance(3000);
    await closed;
    expect(running.metrics()).toContain('telos_otlp_spans_total{outcome="lost"} 4');
    expect(told).toHaveLength(1);
  });
});
