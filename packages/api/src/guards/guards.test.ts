import { createHash } from 'node:crypto';
import { request } from 'node:http';
import { connect } from 'node:net';
import { TelosError } from '@telos/core';
import { createFakeClock } from '@telos/testkit';
import { Problem } from '@telos/contract';
import { afterEach, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';
import { holderOf, parseApiKeys } from './api-keys.ts';
import { depthOf } from './json-body.ts';
import { isLoopback } from './loopback.ts';

let server: TestServer;
afterEach(async () => {
  await server?.close();
});

/** A request whose Host header `fetch` would not let us choose. */
function ask(url: string, headers: Record<string, string>): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { headers }, (answer) => {
      let body = '';
      answer.on('data', (chunk: Buffer) => (body += chunk.toString()));
      answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.on('error', reject);
    sent.end();
  });
}

/** The first line of the answer to a request written by hand, whose target no client would send as it is. */
function firstLine(url: string, head: string, body = ''): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname);
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
    socket.on('end', () => resolve(text.split('\r\n', 1)[0] ?? ''));
    socket.on('error', reject);
    socket.write(`${head}\r\nhost: 127.0.0.1\r\nconnection: close\r\n\r\n${body}`);
  });
}

describe('a server without keys', () => {
  it.each(['127.0.0.1:80', 'localhost', 'LOCALHOST:7420', '[::1]:7420'])('answers to %s', async (host) => {
    server = await serveForTest();
    expect((await ask(`${server.url}/v1/runs`, { host })).status).toBe(200);
  });

  it.each(['evil.example', 'evil.example:7420', '127.0.0.1.evil.example', '10.0.0.1', 'localhost@evil.example', '%%'])(
    'does not answer to %s',
    async (host) => {
      server = await serveForTest();
      const { status, body } = await ask(`${server.url}/v1/runs`, { host });
      expect(status).toBe(403);
      expect(Problem.parse(JSON.parse(body)).code).toBe('HOST_REFUSED');
    },
  );

  it('takes no change from a page of another site, and one from its own', async () => {
    server = await serveForTest();
    const body = { source: hello, inputs: { name: 'Ada' } };
    await problemIn(
      await server.send('POST', '/v1/runs', body, { origin: 'https://evil.example' }),
      403,
      'ORIGIN_REFUSED',
    );
    await problemIn(await server.send('POST', '/v1/runs', body, { origin: 'null' }), 403, 'ORIGIN_REFUSED');
    expect((await server.send('POST', '/v1/runs', body, { origin: server.url })).status).toBe(202);
  });

  it('grants no other site leave to read', async () => {
    server = await serveForTest();
    const answer = await server.get('/v1/runs', { origin: 'https://evil.example' });
    expect(answer.headers.get('access-control-allow-origin')).toBeNull();
  });
});

describe('a server with keys', () => {
  const key = 'a-key-of-good-length';
  const keys = parseApiKeys(`another-key-of-length,sha256:${createHash('sha256').update(key).digest('hex')}`);

  // A router reads an address more leniently than a pattern does.
  it.each([
    '/%761/runs',
    '/v%31/runs',
    '/%76%31/tools',
    '/metric%73',
    'http://127.0.0.1/v1/runs',
    'http://127.0.0.1/metrics',
  ])('wants one however the address is spelled: %s', async (target) => {
    server = await serveForTest({ keys, studioFolder: import.meta.dirname });
    expect(await firstLine(server.url, `GET ${target} HTTP/1.1`)).toContain(' 401 ');
    const started = `POST ${target} HTTP/1.1\r\ncontent-type: application/json\r\ncontent-length: 2`;
    expect(await firstLine(server.url, started, '{}')).toMatch(/ (401|404|405) /);
    // The router takes this spelling, or the test would prove nothing.
    expect(await firstLine(server.url, `GET ${target} HTTP/1.1\r\nauthorization: Bearer ${key}`)).toContain(' 200 ');
  });

  it('wants one for everything but health, documents and pages', async () => {
    server = await serveForTest({ keys });
    for (const path of ['/v1/runs', '/v1/tools', '/metrics', '/v1/none']) {
      const answer = await server.get(path);
      expect(answer.headers.get('www-authenticate')).toContain('Bearer');
      await problemIn(answer, 401, 'API_KEY_MISSING');
    }
    for (const path of ['/healthz', '/readyz', '/openapi.json']) expect((await server.get(path)).status).toBe(200);
    expect((await server.get('/v1/runs', { authorization: `Bearer ${key}` })).status).toBe(200);
    expect((await server.get('/v1/runs', { authorization: 'bearer another-key-of-length' })).status).toBe(200);
    await problemIn(await server.get('/v1/runs', { authorization: 'Bearer wrong' }), 401, 'API_KEY_WRONG');
    await problemIn(await server.get('/v1/runs', { authorization: `Basic ${key}` }), 401, 'API_KEY_MISSING');
  });

  it('answers to any host name', async () => {
    server = await serveForTest({ keys });
    const headers = { host: 'telos.example', authorization: `Bearer ${key}` };
    expect((await ask(`${server.url}/v1/runs`, headers)).status).toBe(200);
  });

  it('slows down whoever guesses, for a minute', async () => {
    const clock = createFakeClock();
    server = await serveForTest({ keys, clock });
    const guess = () => server.get('/v1/runs', { authorization: 'Bearer wrong' });
    for (let tries = 0; tries < 20; tries += 1) await problemIn(await guess(), 401, 'API_KEY_WRONG');
    const refused = await guess();
    expect(refused.headers.get('retry-after')).toBe('60');
    await problemIn(refused, 429, 'TOO_MANY_REQUESTS');
    await clock.advance(60_000);
    await problemIn(await guess(), 401, 'API_KEY_WRONG');
  });

  it('takes a right key while others behind the same address guess', async () => {
    server = await serveForTest({ keys, clock: createFakeClock() });
    const using = (bearer: string) => server.get('/v1/runs', { authorization: `Bearer ${bearer}` });
    for (let tries = 0; tries < 21; tries += 1) await (await using('wrong')).text();
    await problemIn(await using('wrong'), 429, 'TOO_MANY_REQUESTS');
    expect((await using(key)).status).toBe(200);
  });

  it('tells those who guess apart by what a proxy that is trusted says of them, and believes nobody else', async () => {
    const guess = async (from: string, path = '/v1/runs') =>
      (await server.get(path, { authorization: 'Bearer wrong', 'x-forwarded-for': from })).status;
    server = await serveForTest({ keys, clock: createFakeClock(), trustedProxies: ['loopback'] });
    for (let tries = 0; tries < 20; tries += 1) expect(await guess('192.0.2.1')).toBe(401);
    expect(await guess('192.0.2.1')).toBe(429);
    // What the caller wrote itself stands before what the proxy added.
    expect(await guess('192.0.2.7, 192.0.2.1')).toBe(429);
    expect(await guess('192.0.2.2')).toBe(401);
    await server.close();
    server = await serveForTest({ keys, clock: createFakeClock() });
    for (let tries = 0; tries < 20; tries += 1) expect(await guess(`192.0.2.${tries}`)).toBe(401);
    expect(await guess('192.0.2.99')).toBe(429);
  });

  it('does so no longer when the clock is set back', async () => {
    const clock = createFakeClock();
    let behind = 0;
    server = await serveForTest({ keys, clock: { ...clock, now: () => clock.now() - behind } });
    const guess = () => server.get('/v1/runs', { authorization: 'Bearer wrong' });
    for (let tries = 0; tries < 21; tries += 1) await (await guess()).text();
    await problemIn(await guess(), 429, 'TOO_MANY_REQUESTS');
    behind = 3_600_000;
    expect((await server.get('/v1/runs', { authorization: `Bearer ${key}` })).status).toBe(200);
  });
});

describe('API keys in the settings', () => {
  it('are held as digests and found again', () => {
    const keys = parseApiKeys(' sixteen-letters1 , sixteen-letters2 ');
    expect(holderOf(keys, 'sixteen-letters2')).toEqual({ roles: [] });
    expect(holderOf(keys, 'sixteen-letters3')).toBeUndefined();
    expect(holderOf(keys, '')).toBeUndefined();
    expect(JSON.stringify(keys)).not.toContain('sixteen');
  });

  it('say whom they were given to, by name and in roles, where that stands before them', () => {
    const digest = createHash('sha256').update('sixteen-letters3').digest('hex');
    const keys = parseApiKeys(
      `anna=sixteen-letters1, ben:runner+legal=sixteen-letters2,ci:viewer+bots=sha256:${digest}`,
    );
    expect(holderOf(keys, 'sixteen-letters1')).toEqual({ name: 'anna', roles: [] });
    expect(holderOf(keys, 'sixteen-letters2')).toEqual({ name: 'ben', roles: ['runner', 'legal'] });
    expect(holderOf(keys, 'sixteen-letters3')).toEqual({ name: 'ci', roles: ['viewer', 'bots'] });
    expect(holderOf(keys, 'anna=sixteen-letters1')).toBeUndefined();
    expect(holderOf(parseApiKeys('c2l4dGVlbi1sZXR0ZXJz=='), 'c2l4dGVlbi1sZXR0ZXJz==')).toEqual({ roles: [] });
  });

  it.each([
    ['anna:edtior=sixteen-letters1', 'did you mean editor?'],
    ['anna:veiwer+legal=sixteen-letters1', 'did you mean viewer?'],
    ['anna:Admin=sixteen-letters1', 'did you mean admin?'],
    ['anna:legal=sixteen-letters1', 'runner+legal'],
  ])('are refused where no role says what they may do, for else they could do everything: %s', (setting, said) => {
    expect(() => parseApiKeys(`sixteen-letters0,${setting}`)).toThrow(/^Key 2 of 2 .*/);
    expect(() => parseApiKeys(setting)).toThrow(said);
    expect(parseApiKeys('anna:runner+edtior=sixteen-letters1').holders).toHaveLength(1);
  });

  it.each(['', 'short', 'good-long-enough-key,', 'has a space inside it', 'sha256:12', 'sha256:' + 'Z'.repeat(64)])(
    'are refused as %j without being repeated',
    (setting) => {
      try {
        parseApiKeys(setting);
        expect.unreachable();
      } catch (error) {
        expect(error).toBeInstanceOf(TelosError);
        expect(error).toMatchObject({ code: 'API_KEYS_INVALID' });
        if (setting !== '') expect(String(error)).not.toContain(setting);
      }
    },
  );
});

describe('a request', () => {
  it('gets its id back, or one of ours when its own could do harm', async () => {
    server = await serveForTest();
    expect((await server.get('/healthz', { 'x-request-id': 'abc-1' })).headers.get('x-request-id')).toBe('abc-1');
    const id = (await server.get('/healthz', { 'x-request-id': 'a b<script>' })).headers.get('x-request-id');
    expect(id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it('is answered with headers that keep browsers careful', async () => {
    server = await serveForTest();
    const { headers } = await server.get('/v1/none');
    expect(headers.get('content-security-policy')).toContain("default-src 'self'");
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  it('is a 404 at no address and a 405 with what is allowed at a wrong method', async () => {
    server = await serveForTest();
    await problemIn(await server.get('/v1/nothing'), 404, 'ROUTE_NOT_FOUND');
    const answer = await server.send('DELETE', '/v1/runs');
    expect(answer.headers.get('allow')?.split(', ').sort()).toEqual(['GET', 'HEAD', 'POST']);
    await problemIn(answer, 405, 'METHOD_NOT_ALLOWED');
    await problemIn(await server.send('PUT', '/v1/runs/1/trace'), 405, 'METHOD_NOT_ALLOWED');
  });

  it.each([
    ['text that is not JSON', '{"a":', 'application/json', 400, 'REQUEST_MALFORMED'],
    ['a poisoned prototype', '{"__proto__":{"a":1}}', 'application/json', 400, 'REQUEST_MALFORMED'],
    ['a key that stands twice', '{"source":"a","source":"b"}', 'application/json', 400, 'REQUEST_MALFORMED'],
    ['nesting without end', '['.repeat(10_000) + ']'.repeat(10_000), 'application/json', 400, 'REQUEST_MALFORMED'],
    ['no body', '', 'application/json', 400, 'REQUEST_MALFORMED'],
    ['plain text', 'hello', 'text/plain', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['a form', 'a=b', 'application/x-www-form-urlencoded', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    [
      'more than the server takes',
      JSON.stringify({ source: 'x'.repeat(2_000) }),
      'application/json',
      413,
      'BODY_TOO_LARGE',
    ],
  ])('with %s is refused', async (_title, body, type, status, code) => {
    server = await serveForTest({ bodyBytes: 21_000, ...(status === 413 ? { bodyBytes: 1_000 } : {}) });
    await problemIn(await server.send('POST', '/v1/runs', body, { 'content-type': type }), status, code);
  });

  it.each([
    ['/v1/runs?limit=0', 'querystring.limit: expected at least 1'],
    ['/v1/runs?limit=1000', 'querystring.limit: expected at most 200'],
    ['/v1/runs?since=1d', 'querystring.since: expected an instant with its zone, like 2026-01-31T08:00:00Z'],
  ])('that does not fit says what would: %s', async (path, said) => {
    server = await serveForTest();
    expect((await problemIn(await server.get(path), 400, 'REQUEST_MALFORMED')).detail).toBe(said);
  });

  it('without a field that it needs, or of a type that is not read, names it', async () => {
    server = await serveForTest();
    const missing = await problemIn(await server.send('POST', '/v1/objectives', {}), 400, 'REQUEST_MALFORMED');
    expect(missing.detail).toBe('body.objective: is missing: expected string');
    const twice = '{"workflow":"hello","inputs":{"to":[{"name":"Ada","name":"Bob"}]}}';
    const repeated = await problemIn(await server.send('POST', '/v1/runs', twice), 400, 'REQUEST_MALFORMED');
    expect(repeated).toMatchObject({
      detail: 'body.inputs.to.0.name: stands twice in one object',
      errors: [{ path: 'body.inputs.to.0.name', message: 'stands twice in one object' }],
    });
    const typed = await server.send('POST', '/v1/runs', 'a=b', { 'content-type': 'text/csv' });
    expect((await problemIn(typed, 415, 'MEDIA_TYPE_UNSUPPORTED')).detail).toBe(
      'A body of the type text/csv is not read here.',
    );
  });

  it('that is too large says how large it may be', async () => {
    server = await serveForTest({ bodyBytes: 1_000 });
    const body = JSON.stringify({ source: 'x'.repeat(2_000) });
    const answer = await server.send('POST', '/v1/runs', body, { 'content-type': 'application/json' });
    expect(await answer.json()).toMatchObject({ detail: 'The body is larger than 1000 bytes.' });
  });

  it('with a broken address is a problem too', async () => {
    server = await serveForTest();
    await problemIn(await server.get('/v1/runs/%zz'), 400, 'REQUEST_MALFORMED');
  });
});

describe('what is not HTTP', () => {
  it('is answered with a problem, and the connection ends', async () => {
    server = await serveForTest();
    const answer = await new Promise<string>((resolve, reject) => {
      const socket = connect(Number(new URL(server.url).port), '127.0.0.1', () => socket.write('nonsense\r\n\r\n'));
      let text = '';
      socket.on('data', (chunk: Buffer) => (text += chunk.toString()));
      socket.on('end', () => resolve(text));
      socket.on('error', reject);
    });
    expect(answer).toMatch(/^HTTP\/1\.1 400 /);
    const problem = Problem.parse(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))));
    expect(problem).toMatchObject({ status: 400, code: 'REQUEST_MALFORMED' });
  });
});

describe('the depth of JSON text', () => {
  it('counts brackets outside strings', () => {
    expect(depthOf('{"a":[1,{"b":"]]]]{{{{\\"["}]}')).toBe(3);
    expect(depthOf('"[["')).toBe(0);
  });
});

describe('an address to listen on', () => {
  it('is loopback or it is not', () => {
    for (const host of ['127.0.0.1', '127.9.9.9', 'localhost', '::1', '[::1]', 'a.localhost'])
      expect(isLoopback(host)).toBe(true);
    for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.evil.example', 'example.com', ''])
      expect(isLoopback(host)).toBe(false);
  });
});
