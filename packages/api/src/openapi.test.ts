import { Validator } from '@seriousme/openapi-schema-validator';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { parseApiKeys } from './guards/api-keys.ts';
import { serveForTest } from './testing/served-api.ts';
import type { TestServer } from './testing/served-api.ts';

const Document = z.looseObject({
  openapi: z.string(),
  paths: z.record(z.string(), z.record(z.string(), z.looseObject({ responses: z.record(z.string(), z.unknown()) }))),
  components: z.looseObject({ schemas: z.record(z.string(), z.unknown()) }),
});

let server: TestServer;
beforeAll(async () => {
  server = await serveForTest({ keys: parseApiKeys('a-key-of-good-length') });
});
afterAll(() => server.close());

describe('the OpenAPI document', () => {
  it('is valid', async () => {
    const document = z.record(z.string(), z.unknown()).parse(await (await server.get('/openapi.json')).json());
    const result = await new Validator().validate(document);
    expect(result.errors).toBeUndefined();
    expect(result.valid).toBe(true);
  });

  it('lists every route with its answers, problems among them', async () => {
    const { paths, components } = Document.parse(await (await server.get('/openapi.json')).json());
    const listed = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(listed.sort()).toEqual([
      'DELETE /v1/keys/{id}',
      'DELETE /v1/workflows/{id}',
      'GET /healthz',
      'GET /metrics',
      'GET /readyz',
      'GET /v1/approvals',
      'GET /v1/approvals/{id}',
      'GET /v1/artifacts/{hash}',
      'GET /v1/audit',
      'GET /v1/checks',
      'GET /v1/experiments',
      'GET /v1/experiments/{id}',
      'GET /v1/keys',
      'GET /v1/models',
      'GET /v1/runs',
      'GET /v1/runs/counts',
      'GET /v1/runs/{a}/diff/{b}',
      'GET /v1/runs/{id}',
      'GET /v1/runs/{id}/events',
      'GET /v1/runs/{id}/share',
      'GET /v1/runs/{id}/steps/{path}',
      'GET /v1/runs/{id}/test',
      'GET /v1/runs/{id}/trace',
      'GET /v1/runs/{id}/workflow',
      'GET /v1/schemas/workflow',
      'GET /v1/tools',
      'GET /v1/workflows',
      'GET /v1/workflows/{id}',
      'POST /v1/approvals',
      'POST /v1/approvals/{id}',
      'POST /v1/experiments',
      'POST /v1/experiments/{id}/stop',
      'POST /v1/keys',
      'POST /v1/objectives',
      'POST /v1/runs',
      'POST /v1/runs/{id}/callback',
      'POST /v1/runs/{id}/cancel',
      'POST /v1/runs/{id}/fork',
      'POST /v1/runs/{id}/pause',
      'POST /v1/runs/{id}/resume',
      'POST /v1/runs/{id}/retry',
      'POST /v1/runs/{id}/signals/{name}',
      'POST /v1/traces',
      'POST /v1/workflows/check',
      'PUT /v1/workflows/{id}',
    ]);
    for (const [path, methods] of Object.entries(paths)) {
      for (const [method, { responses }] of Object.entries(methods)) {
        expect(JSON.stringify(responses['default']), `${method} ${path}`).toContain('#/components/schemas/Problem');
      }
    }
    expect(Object.keys(components.schemas)).toEqual(
      expect.arrayContaining(['RunDetail', 'Trace', 'Problem', 'EventView']),
    );
  });

  it('is shown at /docs from files of this server', async () => {
    const page = await server.get('/docs');
    const html = await page.text();
    expect(page.headers.get('content-type')).toContain('text/html');
    expect(html).toContain('/openapi.json');
    const sources = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, source = '']) => source);
    expect(sources.filter((source) => /^(https?:)?\/\//.test(source))).toEqual([]);
    const script = sources.find((source) => source.includes('.js'));
    const answer = await fetch(new URL(script ?? '', `${server.url}/docs/`));
    expect(answer.headers.get('content-type')).toContain('javascript');
    expect((await answer.text()).length).toBeGreaterThan(100_000);
  });
});
