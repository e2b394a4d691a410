/** W3C trace context, in by the request that starts a run and out by every request that its steps make. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient } from '@telos/client';
import { serveScript } from '@telos/testkit/mcp-server';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

const trace = '4bf92f3577b34da6a3ce929d0e0e4736';
const caller = '00f067aa0ba902b7';

type Seen = {
  readonly path: string;
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
};

/** Says of each request which trace it carries; the first at /flaky fails. */
async function recorder(): Promise<{ readonly host: string; readonly seen: readonly Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(({ url = '', headers }, response) => {
    const isFirst = !seen.some(({ path }) => path === url);
    seen.push({
      path: url,
      traceparent: headers['traceparent']?.toString(),
      tracestate: headers['tracestate']?.toString(),
    });
    if (url.startsWith('/v1/')) response.writeHead(400, { 'content-type': 'application/json' }).end('{}');
    else if (url === '/flaky' && isFirst) response.writeHead(503).end();
    else
      response.writeHead(200, { 'content-type': 'text/html' }).end('<p>Something to read, in a sentence or two.</p>');
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, seen }; // it listens on TCP, so the address has a port
}

describe('a step that asks others', () => {
  it('carries the trace of whoever started its run, below the span of its own attempt', async () => {
    const { host, seen } = await recorder();
    const crm = await serveScript({ tools: [{ name: 'find', annotations: { readOnlyHint: true } }] });
    onTestFinished(() => crm.close());
    const { url } = await folder.serve({
      TELOS_ALLOWED_HOSTS: `${host},${crm.host}`,
      OPENAI_API_KEY: 'k',
      OPENAI_BASE_URL: `http://${host}/v1`,
    });
    const telos = createClient({ url });
    const source = `telos: 1
id: asks
tools: { crm: { mcp: { url: "${crm.url}" } } }
steps:
  - { id: flaky, uses: http.request, with: { url: "http://${host}/flaky" }, retry: { max: 3, delay: 1ms } }
  - { id: page, uses: web.read, with: { url: "http://${host}/page" }, on_error: continue }
  - { id: model, uses: llm, with: { model: openai/m, prompt: hello }, on_error: continue }
  - { id: served, uses: crm.find, with: {} }
  - { id: own, uses: http.request, with: { url: "http://${host}/own", headers: { traceparent: "00-own" } } }
`;
    const { id, status } = await telos.runs.start(
      { source },
      { traceparent: `00-${trace}-${caller}-01`, tracestate: 'rojo=1', waitSeconds: 60 },
    );
    expect(status).toBe('succeeded');
    const { trace_id: traceId, spans } = await telos.runs.trace(id);
    expect(traceId).toBe(trace);
    const spanOf = (path: string, attempt?: number) =>
      spans.find(
        (span) =>
          span.path === path &&
          span.kind === (attempt === undefined ? 'step' : 'attempt') &&
          (attempt === undefined || span.attempt === attempt),
      )?.id;
    const sentTo = (path: string) => seen.filter((one) => one.path === path).map(({ traceparent }) => traceparent);
    const below = (span: string | undefined) => `00-${trace}-${span}-01`;

    // The first attempt stands for its step until there is a second.
    expect(sentTo('/flaky')).toEqual([below(spanOf('flaky')), below(spanOf('flaky', 2))]);
    expect(new Set(sentTo('/page'))).toEqual(new Set([below(spanOf('page'))]));
    expect(sentTo('/v1/chat/completions')).toContain(below(spanOf('model')));
    expect(crm.received.map((headers) => headers['traceparent'])).toContain(below(spanOf('served')));
    // What a workflow says itself goes before.
    expect(sentTo('/own')).toEqual(['00-own']);
    // The state of the trace goes with the trace, and to no model.
    const statesTo = (path: string) => [
      ...new Set(seen.filter((one) => one.path === path).map(({ tracestate }) => tracestate)),
    ];
    expect(['/flaky', '/page', '/v1/chat/completions', '/own'].map(statesTo)).toEqual([
      ['rojo=1'],
      ['rojo=1'],
      [undefined],
      [undefined],
    ]);
    expect(crm.received.map((headers) => headers['tracestate'])).toContain('rojo=1');
  });

  it('is of a trace of its run when whoever started it says nothing of one', async () => {
    const { host, seen } = await recorder();
    const { url } = await folder.serve({ TELOS_ALLOWED_HOSTS: host });
    const telos = createClient({ url });
    const source = `telos: 1\nid: asks\nsteps:\n  - { id: a, uses: http.request, with: { url: "http://${host}/page" } }\n`;
    const { id } = await telos.runs.start({ source }, { waitSeconds: 30 });
    const { trace_id: traceId, spans } = await telos.runs.trace(id);
    const step = spans.find(({ kind }) => kind === 'step')?.id;
    expect(seen.map(({ traceparent }) => traceparent)).toEqual([`00-${traceId}-${step}-01`]);
  });
});
