import * as fc from 'fast-check';
import { Problem } from '@telos/contract';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { serveForTest } from './testing/served-api.ts';
import type { TestServer } from './testing/served-api.ts';

let server: TestServer;
beforeAll(async () => {
  server = await serveForTest();
});
afterAll(() => server.close());

const routes = ['/v1/runs', '/v1/workflows/check', '/v1/workflows/hello', '/v1/runs/x/cancel'] as const;
const text = fc.oneof(
  fc.string(),
  fc.string({ unit: 'binary' }),
  fc.constantFrom('telos: 1', '&a [*a]', '? ', '{}', '- -'),
);
const nearly = fc.record(
  {
    workflow: fc.oneof(text, fc.jsonValue()),
    source: fc.oneof(text, fc.jsonValue()),
    inputs: fc.oneof(fc.dictionary(fc.string(), fc.jsonValue()), fc.jsonValue()),
    tags: fc.oneof(fc.array(fc.string()), fc.jsonValue()),
    budget: fc.oneof(fc.record({ usd: fc.double() }, { requiredKeys: [] }), fc.jsonValue()),
    reason: fc.oneof(text, fc.jsonValue()),
  },
  { requiredKeys: [] },
);
const body = fc.oneof(nearly, fc.jsonValue()).map((value) => JSON.stringify(value));

describe('whatever is sent', () => {
  it('is answered, and failures are problems and never ours', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom('POST', 'PUT', 'DELETE', 'PATCH'),
        fc.constantFrom(...routes),
        fc.oneof({ weight: 4, arbitrary: body }, { weight: 1, arbitrary: text }),
        async (method, route, sent) => {
          const answer = await server.send(method, route, sent);
          const answered = await answer.text();
          expect(answer.status, answered).toBeLessThan(500);
          if (answer.status >= 400) Problem.parse(JSON.parse(answered));
        },
      ),
      { numRuns: 300 },
    );
    expect(server.reported).toEqual([]);
  });

  it('is answered at any address', async () => {
    await fc.assert(
      fc.asyncProperty(fc.webPath(), fc.webQueryParameters(), async (path, query) => {
        const answer = await server.get(`/v1/${path}?${query}`);
        expect(answer.status).toBeLessThan(500);
        await answer.body?.cancel();
      }),
      { numRuns: 200 },
    );
  });
});
