import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { TelosError } from '@telos/core';
import { describe, expect, it } from 'vitest';
import { heldClock, realClock } from '../testing/clocks.ts';
import { answerJson, serveLoopback } from '../testing/loopback-server.ts';
import { createHttpClient } from './http-client.ts';
import type { HttpRequest } from './messages.ts';

const quiet = new AbortController().signal;
const text = (body: Uint8Array): string => Buffer.from(body).toString();

function get(url: string, more: Partial<HttpRequest> = {}): HttpRequest {
  return { url, signal: quiet, ...more };
}

describe('the guarded client and inner addresses', () => {
  it.each([
    'http://127.0.0.1:PORT/',
    'http://localhost:PORT/',
    'http://LOCALHOST:PORT/',
    'http://127.1:PORT/',
    'http://0x7f.1:PORT/',
    'http://0x7f000001:PORT/',
    'http://2130706433:PORT/',
    'http://017700000001:PORT/',
    'http://0.0.0.0:PORT/',
    'http://[::1]:PORT/',
    'http://[::]:PORT/',
    'http://[::ffff:127.0.0.1]:PORT/',
    'http://[::ffff:7f00:1]:PORT/',
    'http://[64:ff9b::7f00:1]:PORT/',
    'http://①②⑦.0.0.1:PORT/',
    'http://user:secret@127.0.0.1:PORT/',
    'http://169.254.169.254/latest/meta-data/',
    'https://127.0.0.1:PORT/',
  ])('refuses %s without connecting', async (form) => {
    const server = await serveLoopback((_, response) => response.end('inner'));
    const client = createHttpClient({ clock: realClock });
    const url = form.replace('PORT', String(server.port));
    await expect(client.request(get(url))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED', kind: 'terminal' });
    expect(server.connections()).toBe(0);
  });

  it('refuses a public name that resolves to an inner address', async () => {
    const server = await serveLoopback((_, response) => response.end('inner'));
    const client = createHttpClient({ clock: realClock, resolve: async () => [{ address: '127.0.0.1', family: 4 }] });
    await expect(client.request(get(`http://inner.example:${server.port}/`))).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
      details: { host: 'inner.example', address: '127.0.0.1' },
    });
    expect(server.connections()).toBe(0);
  });

  it('refuses a name of which only one address is inner', async () => {
    const server = await serveLoopback((_, response) => response.end('inner'));
    const resolve = async () => [
      { address: '93.184.215.14', family: 4 },
      { address: '127.0.0.1', family: 4 },
    ];
    const client = createHttpClient({ clock: realClock, resolve });
    const request = client.request(get(`http://mixed.example:${server.port}/`));
    await expect(request).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    expect(server.connections()).toBe(0);
  });

  it('connects only to the address it checked, so a name that changes its answer reaches nothing inner', async () => {
    const server = await serveLoopback((_, response) => response.end('inner'));
    const cancel = new AbortController();
    const answers = ['127.0.0.1', '93.184.215.14', '127.0.0.1'];
    let lookups = 0;
    const resolve = async () => {
      const address = answers[lookups] ?? '127.0.0.1';
      lookups += 1;
      // The public answer of the second request is not to be waited for.
      if (lookups === 2) setImmediate(() => cancel.abort(new Error('enough')));
      return [{ address, family: 4 }];
    };
    const client = createHttpClient({ clock: realClock, resolve });
    const url = `http://rebinding.example:${server.port}/`;
    await expect(client.request(get(url))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    await expect(client.request(get(url, { signal: cancel.signal }))).rejects.toThrow('enough');
    await expect(client.request(get(url))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    expect(lookups).toBe(3);
    expect(server.connections()).toBe(0);
  });

  it('reaches an inner host and port that the operator allows, and no other port of it', async () => {
    const server = await serveLoopback((_, response) => response.end('allowed'));
    const other = await serveLoopback((_, response) => response.end('other'));
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    const { status, body } = await client.request(get(server.origin));
    expect([status, text(body)]).toEqual([200, 'allowed']);
    await expect(client.request(get(other.origin))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    await expect(client.request(get(`http://localhost:${server.port}`))).rejects.toMatchObject({
      code: 'HTTP_ADDRESS_REFUSED',
    });
  });

  it('reaches every port of an inner host that is allowed without a port', async () => {
    const server = await serveLoopback((_, response) => response.end('allowed'));
    const client = createHttpClient({ clock: realClock, allowedHosts: ['127.0.0.1'] });
    expect((await client.request(get(server.origin))).status).toBe(200);
  });

  it.each(['http://example.org/', 'a b', '127.0.0.1:99999999', ''])(
    'refuses "%s" in the list of allowed hosts',
    (entry) => {
      expect(() => createHttpClient({ clock: realClock, allowedHosts: [entry] })).toThrow(TelosError);
    },
  );

  it.each(['ftp://example.org/', 'file:///etc/passwd', 'gopher://x/', 'data:text/plain,x', 'nonsense', ''])(
    'refuses "%s", which is no http or https URL',
    async (url) => {
      const client = createHttpClient({ clock: realClock });
      await expect(client.request(get(url))).rejects.toMatchObject({ code: 'HTTP_URL_INVALID' });
    },
  );
});

describe('the guarded client and redirects', () => {
  it('follows a redirect and says where it led', async () => {
    const server = await serveLoopback(({ url }, response) => {
      if (url === '/a') response.writeHead(302, { location: '/b?x=1' }).end('moved');
      else response.end('here');
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    const response = await client.request(get(`${server.origin}/a`));
    expect(response).toMatchObject({ status: 200, url: `${server.origin}/b?x=1`, redirects: 1 });
    expect(text(response.body)).toBe('here');
  });

  it('refuses a redirect to an inner address', async () => {
    const inner = await serveLoopback((_, response) => response.end('inner'));
    const server = await serveLoopback((_, response) => response.writeHead(302, { location: inner.origin }).end());
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin))).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED' });
    expect(inner.connections()).toBe(0);
  });

  it.each(['file:///etc/passwd', 'javascript:alert(1)', 'ftp://example.org/'])(
    'refuses a redirect to %s',
    async (location) => {
      const server = await serveLoopback((_, response) => response.writeHead(302, { location }).end());
      const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
      await expect(client.request(get(server.origin))).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    },
  );

  it('gives up after five redirects', async () => {
    const server = await serveLoopback((_, response) => response.writeHead(302, { location: '/again' }).end());
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin))).rejects.toMatchObject({ code: 'HTTP_REDIRECT_REFUSED' });
    expect(server.received).toHaveLength(6);
  });

  it('takes credentials and every other header of the caller to no other origin', async () => {
    const target = await serveLoopback((_, response) => response.end('ok'));
    const server = await serveLoopback((_, response) => response.writeHead(302, { location: target.origin }).end());
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host, target.host] });
    const headers = { authorization: 'Bearer t', cookie: 'a=b', 'X-Api-Key': 'k', accept: 'text/html' };
    await client.request(get(server.origin.replace('//', '//user:pass@'), { headers }));
    expect(server.received[0]?.headers).toMatchObject({ authorization: 'Bearer t', cookie: 'a=b', 'x-api-key': 'k' });
    const crossed = target.received[0]?.headers ?? {};
    expect(crossed).toMatchObject({ accept: 'text/html' });
    expect(Object.keys(crossed)).not.toEqual(expect.arrayContaining(['authorization']));
    expect(crossed['cookie'] ?? crossed['x-api-key']).toBeUndefined();
  });

  it('keeps credentials on a redirect within the origin', async () => {
    const server = await serveLoopback(({ url }, response) =>
      url === '/a' ? response.writeHead(307, { location: '/b' }).end() : response.end(),
    );
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await client.request(get(`${server.origin}/a`, { headers: { authorization: 'Bearer t' } }));
    expect(server.received[1]?.headers.authorization).toBe('Bearer t');
  });

  it.each([
    [301, 'GET', ''],
    [302, 'GET', ''],
    [303, 'GET', ''],
    [307, 'POST', 'data'],
    [308, 'POST', 'data'],
  ])('turns a POST that is answered with %d into a %s with the body "%s"', async (status, method, body) => {
    const server = await serveLoopback(({ url }, response) =>
      url === '/a' ? response.writeHead(status, { location: '/b' }).end() : response.end(),
    );
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    const headers = { 'content-type': 'text/plain' };
    await client.request(get(`${server.origin}/a`, { method: 'POST', body: 'data', headers }));
    expect(server.received[1]).toMatchObject({ method, body });
    expect(server.received[1]?.headers['content-type']).toBe(method === 'GET' ? undefined : 'text/plain');
  });

  it('refuses to send a body on to another origin', async () => {
    const target = await serveLoopback((_, response) => response.end('ok'));
    const server = await serveLoopback((_, response) => response.writeHead(307, { location: target.origin }).end());
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host, target.host] });
    await expect(client.request(get(server.origin, { method: 'POST', body: 'secret' }))).rejects.toMatchObject({
      code: 'HTTP_REDIRECT_REFUSED',
    });
    expect(target.connections()).toBe(0);
  });
});

describe('the guarded client and its bounds', () => {
  it('states who it is', async () => {
    const server = await serveLoopback((_, response) => response.end());
    await createHttpClient({ clock: realClock, allowedHosts: [server.host] }).request(get(server.origin));
    expect(server.received[0]?.headers['user-agent']).toMatch(/^Telos\//);
  });

  it('stops reading a body that grows beyond its bound', async () => {
    const server = await serveLoopback((_, response) => response.end('x'.repeat(5000)));
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin, { maxBytes: 4999 }))).rejects.toMatchObject({
      code: 'HTTP_TOO_LARGE',
    });
    expect((await client.request(get(server.origin, { maxBytes: 5000 }))).body).toHaveLength(5000);
  });

  it('stops an endless body that states no length', async () => {
    const server = await serveLoopback((_, response) => {
      const pour = (): void => {
        while (response.write('x'.repeat(65_536))) if (response.destroyed) return;
        response.once('drain', pour);
      };
      pour();
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin, { maxBytes: 1_000_000 }))).rejects.toMatchObject({
      code: 'HTTP_TOO_LARGE',
    });
  });

  it.each([
    ['gzip', gzipSync],
    ['deflate', deflateSync],
    ['br', brotliCompressSync],
    ['zstd', zstdCompressSync],
  ])('unpacks %s, and stops a body that unpacks beyond the bound', async (encoding, pack) => {
    const server = await serveLoopback(({ url }, response) => {
      const plain = url === '/bomb' ? Buffer.alloc(4_000_000) : Buffer.from('hello');
      response.writeHead(200, { 'content-encoding': encoding }).end(pack(plain));
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    expect(text((await client.request(get(server.origin))).body)).toBe('hello');
    await expect(client.request(get(`${server.origin}/bomb`, { maxBytes: 100_000 }))).rejects.toMatchObject({
      code: 'HTTP_TOO_LARGE',
    });
  });

  it.each(['gzip', 'deflate', 'br', 'zstd', 'compress'])(
    'refuses a body that only claims to be %s',
    async (encoding) => {
      const server = await serveLoopback((_, response) =>
        response.writeHead(200, { 'content-encoding': encoding }).end('plain text'),
      );
      const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
      await expect(client.request(get(server.origin))).rejects.toMatchObject({ code: 'HTTP_BODY_INVALID' });
    },
  );

  it('times out on a body that drips for ever, and closes the connection', async () => {
    const clock = heldClock();
    let closed: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await serveLoopback((_, response) => {
      response.on('close', closed);
      response.write('drip', () => void clock.advance(2000));
    });
    const client = createHttpClient({ clock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin, { timeoutMs: 1000 }))).rejects.toMatchObject({
      code: 'HTTP_TIMEOUT',
      kind: 'retryable',
    });
    await closing;
  });

  it('closes the socket when its signal aborts, and rejects with the reason', async () => {
    const cancel = new AbortController();
    let closed: () => void = () => undefined;
    const closing = new Promise<void>((resolve) => {
      closed = resolve;
    });
    const server = await serveLoopback((_, response) => {
      response.on('close', closed);
      cancel.abort(new Error('cancelled by the run'));
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    await expect(client.request(get(server.origin, { signal: cancel.signal }))).rejects.toThrow('cancelled by the run');
    await closing;
  });

  it('says that a server which closes early, or is not there, is unavailable', async () => {
    const server = await serveLoopback(({ url }, response) => {
      if (url === '/early') response.destroy();
      else response.writeHead(200, { 'content-length': '100' }).write('half', () => response.destroy());
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: ['127.0.0.1', 'nowhere.invalid'] });
    for (const url of [`${server.origin}/early`, `${server.origin}/half`, 'http://127.0.0.1:1/']) {
      await expect(client.request(get(url))).rejects.toMatchObject({ code: 'HTTP_UNAVAILABLE', kind: 'retryable' });
    }
  });

  it('says that nothing was changed when nobody was reached, and not when somebody was', async () => {
    const server = await serveLoopback(({ url }, response) => {
      if (url === '/moved') response.writeHead(303, { location: 'http://127.0.0.1:1/' }).end();
      else response.destroy();
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: ['127.0.0.1', 'nowhere.invalid'] });
    const effectOf = async (url: string): Promise<unknown> =>
      client.request({ ...get(url), method: 'POST' }).catch((error: unknown) => (error as TelosError).effect);
    expect(await effectOf('http://127.0.0.1:1/')).toBe('none');
    expect(await effectOf('http://nowhere.invalid/')).toBe('none');
    expect(await effectOf(`${server.origin}/early`)).toBeUndefined();
    expect(await effectOf(`${server.origin}/moved`)).toBeUndefined();
  });

  it('says that a header with a line break is malformed', async () => {
    const server = await serveLoopback((_, response) => response.end());
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    const headers = { 'x-a': 'b\r\nx-injected: c' };
    await expect(client.request(get(server.origin, { headers }))).rejects.toMatchObject({ code: 'HTTP_URL_INVALID' });
    expect(server.received).toHaveLength(0);
  });

  it('gives any status to its caller, and no body for HEAD', async () => {
    const server = await serveLoopback(({ method }, response) => {
      if (method === 'HEAD')
        response.writeHead(200, { 'content-length': '999999999', 'content-encoding': 'gzip' }).end();
      else answerJson(response, { error: 'no' }, 404);
    });
    const client = createHttpClient({ clock: realClock, allowedHosts: [server.host] });
    expect(await client.request(get(server.origin))).toMatchObject({ status: 404 });
    expect((await client.request(get(server.origin, { method: 'HEAD' }))).body).toHaveLength(0);
  });
});
