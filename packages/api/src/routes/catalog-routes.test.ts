import { CheckList, Health, ModelList, Readiness, ToolList } from '@telos/contract';
import type { AnyTool } from '@telos/core';
import type { Catalog } from '@telos/language';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { hello, problemIn, serveForTest, testCatalog } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveForTest();
});
afterAll(() => server.close());

describe('the catalogue', () => {
  it('lists tools with the schemas of what they take and give', async () => {
    const { items } = ToolList.parse(await (await server.get('/v1/tools')).json());
    expect(items.find(({ name }) => name === 'llm')).toMatchObject({
      effect: 'read',
      returns: ['untrusted'],
      input: { type: 'object', properties: { prompt: { type: 'string' } }, required: ['prompt'] },
    });
  });

  it('lists checks with their parameters', async () => {
    const { items } = CheckList.parse(await (await server.get('/v1/checks')).json());
    expect(items).toMatchObject([{ name: 'length', needs: 'local', params: { required: ['max'] } }]);
  });

  it('gives the language as a JSON Schema, with what each key is for', async () => {
    const schema: unknown = await (await server.get('/v1/schemas/workflow')).json();
    expect(schema).toMatchObject({
      required: ['telos', 'id', 'steps'],
      $defs: { step: { properties: { uses: { description: 'A tool, such as llm, web.search, db.query.' } } } },
    });
  });

  it('lists models and says which can be called', async () => {
    const { items } = ModelList.parse(await (await server.get('/v1/models')).json());
    expect(items.map(({ ref, available }) => [ref, available])).toEqual([
      ['offline/extractive', true],
      ['openai/gpt-5.2', false],
    ]);
  });
});

describe('the servers that workflows name', () => {
  const served = { description: 'Finds.', input: { type: 'object' }, effect: 'read', pin: 'p' } as const;
  const find: AnyTool = {
    name: 'crm.find',
    description: 'Finds.',
    input: z.looseObject({}),
    output: z.json(),
    effect: 'read',
    returns: ['untrusted'],
    idempotent: false,
    run: () => Promise.resolve(null),
  };
  const flow = 'telos: 1\nid: flow\nsteps: [{ id: a, uses: crm.find }]\n';

  /** A server that all workflows share, and that is known once it was met. */
  async function open() {
    const met: string[] = [];
    const catalog: Catalog = {
      ...testCatalog,
      shared: { models: {}, evaluators: {}, tools: { crm: { mcp: { url: 'https://crm.example' } } } },
      servers: {
        known: () =>
          met.length > 0 ? { tools: { find: served }, heldBack: {} } : { unknown: 'not met', next: 'meet it' },
        tool: () => find,
      },
    };
    const api = await serveForTest({ catalog, meet: async (source) => void met.push(source) });
    onTestFinished(() => api.close());
    return { api, met };
  }

  it('are met when a text is published, and by no check of it', async () => {
    const { api, met } = await open();
    const checked = await api.send('POST', '/v1/workflows/check', { source: flow });
    expect(await checked.json()).toMatchObject({ valid: false, errors: [{ code: 'MCP_NOT_PINNED' }] });
    expect(met).toEqual([]);
    expect((await api.send('PUT', '/v1/workflows/flow', { source: flow })).status).toBeLessThan(300);
    expect(met).toEqual([flow]);
    expect(await (await api.send('POST', '/v1/workflows/check', { source: flow })).json()).toMatchObject({
      valid: true,
    });
  });

  it('have their tools listed, as far as they were accepted', async () => {
    const { api, met } = await open();
    const names = async (): Promise<readonly string[]> =>
      ToolList.parse(await (await api.get('/v1/tools')).json()).items.map(({ name }) => name);
    expect(await names()).not.toContain('crm.find');
    met.push('met');
    expect(await names()).toContain('crm.find');
  });
});

describe('the state of the server', () => {
  it('is told by health, readiness and metrics', async () => {
    expect(Health.parse(await (await server.get('/healthz')).json()).version).toBe('0.0.0-test');
    Readiness.parse(await (await server.get('/readyz')).json());
    await server.send('POST', '/v1/runs', { source: hello, inputs: { name: 'Ada' } });
    const answer = await server.get('/metrics');
    expect(answer.headers.get('content-type')).toContain('text/plain; version=0.0.4');
    const text = await answer.text();
    expect(text).toContain('telos_runs{status="pending"} 1');
    expect(text).toContain('telos_runs_started_total 1');
    expect(text).toMatch(/telos_http_request_duration_seconds_count\{method="GET",route="\/healthz",status="200"\} 1/);
    expect(text).toMatch(/process_resident_memory_bytes \d+/);
  });
});

describe('an artifact', () => {
  const put = (text: string, type: string) => server.store.blobs.put(new TextEncoder().encode(text), type);

  it('is given with its type, may be kept for ever, and is not sent twice', async () => {
    const hash = await put('{"a":1}', 'application/json');
    const answer = await server.get(`/v1/artifacts/${hash}`);
    expect(await answer.text()).toBe('{"a":1}');
    expect(answer.headers.get('content-type')).toContain('application/json');
    expect(answer.headers.get('cache-control')).toContain('immutable');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
    const again = await server.get(`/v1/artifacts/${hash}`, { 'if-none-match': answer.headers.get('etag') ?? '' });
    expect(again.status).toBe(304);
  });

  it.each(['text/html', 'image/svg+xml', 'application/javascript', 'a"b\r\nx: y'])(
    'of type %s is saved and never run',
    async (type) => {
      const hash = await put(`<script>alert(1)</script>${type}`, type);
      const answer = await server.get(`/v1/artifacts/${hash}`);
      expect(answer.status).toBe(200);
      expect(answer.headers.get('content-disposition')).toMatch(/^attachment; filename="[0-9a-f]{16}\.\w+"$/);
      expect(answer.headers.get('content-security-policy')).toBe("default-src 'none'; sandbox");
      await answer.body?.cancel();
    },
  );

  it('is a 404 when nothing has the hash and a 400 when it is none', async () => {
    await problemIn(await server.get(`/v1/artifacts/${'0'.repeat(64)}`), 404, 'ARTIFACT_NOT_FOUND');
    await problemIn(await server.get('/v1/artifacts/..%2f..%2fetc'), 400, 'REQUEST_MALFORMED');
  });
});
