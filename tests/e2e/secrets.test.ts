/** What nobody may read anywhere: every route is asked after runs that had secrets in their hands. */
import { createHmac } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

const secrets = {
  TELOS_SECRET_CRM: 'crm-5eCr3t/with+"signs"',
  TELOS_SECRET_HOOK: 'hook-key-0fA9c1d2e3b4',
  OPENAI_API_KEY: 'sk-openai-7d1f0c9b8a',
  TAVILY_API_KEY: 'tvly-1a2b3c4d5e6f',
  OTEL_EXPORTER_OTLP_HEADERS: 'x-api-key=otlp-9f8e7d6c5b4a',
};
const apiKey = 'admin-key-0123456789abcdef';

/** Everything that may not be found, as it is and as JSON, URLs and base64 write it. */
const withheld = [...Object.values(secrets).map((value) => value.replace('x-api-key=', '')), apiKey].flatMap(
  (value) => [
    value,
    JSON.stringify(value).slice(1, -1),
    encodeURIComponent(value),
    Buffer.from(value).toString('base64').replace(/=+$/, ''),
  ],
);

/** Says back what it was sent, as a careless service does, and at /broken as an error. */
async function echo(): Promise<string> {
  const server = createServer((request, response) => {
    const body = JSON.stringify({ you: request.headers, at: request.url });
    response.writeHead(request.url?.startsWith('/broken') === true ? 400 : 200, {
      'content-type': 'application/json',
      'x-echo': String(request.headers['authorization']),
    });
    response.end(body);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  return `127.0.0.1:${(server.address() as AddressInfo).port}`; // it listens on TCP, so the address has a port
}

const Document = z.object({
  paths: z.record(z.string(), z.record(z.string(), z.object({ operationId: z.string() }))),
});
const Started = z.object({ id: z.string() });

describe('a secret', () => {
  it('is in no answer of any route and in no line of the log, after runs that used, echoed and failed with it', async () => {
    const host = await echo();
    const served = await folder.serve({
      ...secrets,
      OPENAI_BASE_URL: `http://${host}/broken`,
      OTEL_EXPORTER_OTLP_ENDPOINT: `http://${host}/broken`,
      TELOS_ALLOWED_HOSTS: host,
      TELOS_API_KEYS: `anna:admin=${apiKey}`,
      TELOS_LOG_LEVEL: 'debug',
      TELOS_LOG_FORMAT: 'json',
    });
    const authorization = `Bearer ${apiKey}`;
    const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
      const answer = await fetch(served.url + path, {
        method,
        headers: { authorization, ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
        signal: AbortSignal.timeout(30_000),
      });
      return { status: answer.status, head: JSON.stringify([...answer.headers]), text: await answer.text() };
    };
    const leaks: string[] = [];
    const look = (what: string, text: string) => {
      for (const value of withheld) if (text.includes(value)) leaks.push(`${what}: ${value}`);
    };

    const source = `telos: 1
id: careless
triggers: { webhook: { path: /careless, signature: { secret: HOOK, header: x-signature } } }
steps:
  - { id: said, uses: http.request, with: { url: "http://${host}/echo", headers: { authorization: "Bearer \${{ secrets.CRM }}" } } }
  - { id: made, uses: transform, with: { value: { body: "\${{ steps.said.output }}" } } }
  - { id: model, uses: llm, with: { model: openai/m, prompt: hello }, on_error: continue }
  - { id: broken, uses: http.request, with: { url: "http://${host}/broken", headers: { authorization: "Bearer \${{ secrets.CRM }}" } } }
outputs: { all: "\${{ steps.made.output }}" }
`;
    const waited = { prefer: 'wait=30' };
    expect((await ask('PUT', '/v1/workflows/careless', { source })).status).toBe(201);
    const run = await ask('POST', '/v1/runs', { workflow: 'careless' }, waited);
    look('startRun', run.head + run.text);
    expect(run.text).toContain('"failed"');
    const { id } = Started.parse(JSON.parse(run.text));
    const unset = source
      .replaceAll('secrets.CRM', 'secrets.NOT_SET')
      .replace('id: careless', 'id: unset')
      .replace(/triggers.*\n/, '');
    const refused = await ask('POST', '/v1/runs', { source: unset });
    expect(refused.text).toContain('TELOS_SECRET_NOT_SET');
    const signature = createHmac('sha256', secrets.TELOS_SECRET_HOOK).update('{}').digest('hex');
    const hooked = await ask('POST', '/hooks/careless', {}, { 'x-signature': signature });
    look('hook', hooked.head + hooked.text);
    look('hook, wrong', JSON.stringify(await ask('POST', '/hooks/careless', {}, { 'x-signature': 'wrong' })));

    const document = Document.parse(JSON.parse((await ask('GET', '/openapi.json')).text));
    const values: { readonly [name: string]: string } = {
      id,
      a: id,
      b: id,
      path: 'broken',
      name: 'paid',
      hash: '0'.repeat(64),
    };
    const asked = new Map<string, number>();
    for (const [path, methods] of Object.entries(document.paths)) {
      for (const [method, { operationId }] of Object.entries(methods)) {
        if (operationId === 'withdrawWorkflow') continue;
        const about = path.startsWith('/v1/workflows') ? { ...values, id: 'careless' } : values;
        const target = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => about[name] ?? 'x');
        const bodies: { readonly [operation: string]: unknown } = {
          forkRun: { from: 'broken' },
          checkWorkflow: { source },
        };
        const body = method === 'get' ? undefined : (bodies[operationId] ?? {});
        const answer = await ask(method.toUpperCase(), target, body, operationId.startsWith('start') ? waited : {});
        look(operationId, answer.head + answer.text);
        asked.set(operationId, answer.status);
      }
    }
    for (const path of ['said', 'made', 'model', 'broken']) {
      const answer = await ask('GET', `/v1/runs/${id}/steps/${path}`);
      expect(answer.status).toBe(200);
      look(`step ${path}`, answer.text);
    }
    look('stream', (await ask('GET', `/v1/runs/${id}/events`, undefined, { accept: 'text/event-stream' })).text);
    // They were all asked for what is there, or the test would prove nothing.
    for (const operation of [
      'getRun',
      'getEvents',
      'getTrace',
      'shareRun',
      'forkRun',
      'retryRun',
      'getWorkflow',
      'listAudit',
      'listRuns',
    ])
      expect([200, 202], operation).toContain(asked.get(operation));
    expect(asked.size).toBeGreaterThan(25);
    look('metrics', (await ask('GET', '/metrics')).text);
    look('log', served.log.join('\n'));
    expect(leaks).toEqual([]);
  });
});
