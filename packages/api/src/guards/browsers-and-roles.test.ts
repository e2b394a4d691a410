/** What a server lets pages of other origins do, what each role of a key may do, how often, and how answers are packed. */
import { request } from 'node:http';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { createFakeClock } from '@telos/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';
import { parseApiKeys } from './api-keys.ts';

let server: TestServer;
afterEach(() => server.close());

const origin = 'https://app.example';
const origins = new Set([origin]);
const start = { source: hello, inputs: { name: 'Ada' } };

describe('a page of another origin', () => {
  const cross = { origin, 'sec-fetch-site': 'cross-site' };

  it('that is named may start a run, and reads what its script needs', async () => {
    server = await serveForTest({ origins });
    const answer = await server.send('POST', '/v1/runs', start, cross);
    expect(answer.status).toBe(202);
    expect(answer.headers.get('access-control-allow-origin')).toBe(origin);
    expect(answer.headers.get('access-control-expose-headers')).toContain('location');
    expect(answer.headers.get('cross-origin-resource-policy')).toBe('cross-origin');
    expect(answer.headers.get('vary')).toContain('origin');
    expect(answer.headers.has('access-control-allow-credentials')).toBe(false);
  });

  it('that is named may follow a run', async () => {
    server = await serveForTest({ origins });
    const id = await server.start();
    const stream = await server.get(`/v1/runs/${id}/events`, { ...cross, accept: 'text/event-stream' });
    expect(stream.headers.get('access-control-allow-origin')).toBe(origin);
    expect(stream.headers.get('x-content-type-options')).toBe('nosniff');
    await stream.body?.cancel();
  });

  it('that is named is told beforehand what it may send, without a key', async () => {
    server = await serveForTest({ origins, keys: parseApiKeys('a-key-of-good-length') });
    const asked = { ...cross, 'access-control-request-method': 'POST' };
    const answer = await server.send('OPTIONS', '/v1/runs', undefined, asked);
    expect(answer.status).toBe(204);
    expect(answer.headers.get('access-control-allow-headers')).toContain('authorization');
    await problemIn(await server.send('POST', '/v1/runs', start, cross), 401, 'API_KEY_MISSING');
  });

  it.each(['https://evil.example', 'http://app.example', 'https://app.example:8443', 'null'])(
    'that is not named changes nothing and reads nothing: %s',
    async (other) => {
      server = await serveForTest({ origins });
      const foreign = { origin: other, 'sec-fetch-site': 'cross-site' };
      await problemIn(await server.send('POST', '/v1/runs', start, foreign), 403, 'ORIGIN_REFUSED');
      const read = await server.get('/v1/runs', foreign);
      expect(read.headers.has('access-control-allow-origin')).toBe(false);
      const asked = { ...foreign, 'access-control-request-method': 'POST' };
      expect(
        (await server.send('OPTIONS', '/v1/runs', undefined, asked)).headers.has('access-control-allow-methods'),
      ).toBe(false);
    },
  );

  it('is none that may when no origin is named', async () => {
    server = await serveForTest();
    await problemIn(await server.send('POST', '/v1/runs', start, cross), 403, 'ORIGIN_REFUSED');
    expect((await server.get('/v1/runs', cross)).headers.has('access-control-allow-origin')).toBe(false);
  });
});

describe('a key', () => {
  const keys = parseApiKeys(
    'v:viewer=viewer-key-0123456789,r:runner+legal=runner-key-0123456789,e:editor=editor-key-0123456789,a=full-key-0123456789ab',
  );
  const as = (name: string) => ({ authorization: `Bearer ${name}` });

  it('of a viewer reads, and checks a text, and changes nothing', async () => {
    server = await serveForTest({ keys });
    const viewer = as('viewer-key-0123456789');
    expect((await server.get('/v1/runs', viewer)).status).toBe(200);
    expect((await server.send('POST', '/v1/workflows/check', { source: hello }, viewer)).status).toBe(200);
    const refused = await problemIn(await server.send('POST', '/v1/runs', start, viewer), 403, 'ROLE_MISSING');
    expect(refused.detail).toContain('runner');
    await problemIn(await server.send('POST', '/hooks/a', {}, viewer), 404, 'ROUTE_NOT_FOUND');
    expect(await server.store.runs.count({})).toBe(0);
  });

  it('of a runner starts and cancels, and publishes nothing', async () => {
    server = await serveForTest({ keys });
    const runner = as('runner-key-0123456789');
    const id = await server.start({ name: 'Ada' }, runner);
    expect((await server.send('POST', `/v1/runs/${id}/cancel`, {}, runner)).status).toBe(202);
    await problemIn(await server.send('PUT', '/v1/workflows/hello', { source: hello }, runner), 403, 'ROLE_MISSING');
    await problemIn(await server.send('DELETE', '/v1/workflows/hello', undefined, runner), 403, 'ROLE_MISSING');
  });

  it.each(['editor-key-0123456789', 'full-key-0123456789ab'])(
    'of an editor, or in no role, publishes as well: %s',
    async (key) => {
      server = await serveForTest({ keys });
      expect((await server.send('PUT', '/v1/workflows/hello', { source: hello }, as(key))).status).toBe(201);
      expect((await server.send('POST', '/v1/runs', start, as(key))).status).toBe(202);
    },
  );

  it('asks as often as the server takes it, and no key uses up what another has', async () => {
    const clock = createFakeClock();
    server = await serveForTest({ keys, requestsPerMinute: 3, clock });
    const [one, other] = [as('viewer-key-0123456789'), as('editor-key-0123456789')];
    for (let asked = 0; asked < 3; asked += 1) expect((await server.get('/v1/runs', one)).status).toBe(200);
    const refused = await server.get('/v1/runs', one);
    expect(refused.headers.get('retry-after')).toBe('60');
    await problemIn(refused, 429, 'TOO_MANY_REQUESTS');
    expect((await server.get('/v1/runs', other)).status).toBe(200);
    expect((await server.get('/healthz')).status).toBe(200);
    await clock.advance(60_000);
    expect((await server.get('/v1/runs', one)).status).toBe(200);
  });
});

describe('an answer', () => {
  /** The bytes as they came: `fetch` unpacks them. */
  function raw(
    path: string,
    accepted?: string,
  ): Promise<{ readonly encoding: string | undefined; readonly body: Buffer }> {
    const headers = accepted === undefined ? {} : { 'accept-encoding': accepted };
    return new Promise((resolve, reject) => {
      request(server.url + path, { headers }, (answer) => {
        const pieces: Buffer[] = [];
        answer.on('data', (piece: Buffer) => pieces.push(piece));
        answer.on('end', () => resolve({ encoding: answer.headers['content-encoding'], body: Buffer.concat(pieces) }));
      })
        .on('error', reject)
        .end();
    });
  }

  it('is packed where the caller can unpack it, and is the same', async () => {
    server = await serveForTest();
    const plain = await raw('/openapi.json');
    expect(plain.encoding).toBeUndefined();
    const zipped = await raw('/openapi.json', 'gzip, deflate');
    expect(zipped.encoding).toBe('gzip');
    expect(gunzipSync(zipped.body).equals(plain.body)).toBe(true);
    const best = await raw('/openapi.json', 'gzip;q=0.5, br');
    expect(best.encoding).toBe('br');
    expect(brotliDecompressSync(best.body).equals(plain.body)).toBe(true);
    expect(best.body.length).toBeLessThan(plain.body.length / 4);
    expect((await raw('/openapi.json', 'gzip;q=0, identity')).encoding).toBeUndefined();
  });

  it('that is short goes out as it is', async () => {
    server = await serveForTest();
    expect(await raw('/healthz', 'gzip, br')).toMatchObject({ encoding: undefined });
  });
});
