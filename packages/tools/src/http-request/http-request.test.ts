import { describe, expect, it } from 'vitest';
import { createHttpClient } from '../http/http-client.ts';
import { heldClock, realClock } from '../testing/clocks.ts';
import { answerJson, serveLoopback } from '../testing/loopback-server.ts';
import type { Answering, LoopbackServer } from '../testing/loopback-server.ts';
import { recordingContext } from '../testing/recording-context.ts';
import { runTool } from '../testing/run-tool.ts';
import { httpRequestTool } from './http-request.ts';

async function toolFor(answer: Answering) {
  const server: LoopbackServer = await serveLoopback(answer);
  const clock = heldClock();
  const tool = httpRequestTool(createHttpClient({ clock: realClock, allowedHosts: [server.host] }), clock);
  return { server, tool };
}

describe('http.request', () => {
  it('gives status, headers and parsed JSON', async () => {
    const { server, tool } = await toolFor((_, response) => answerJson(response, { a: [1, null] }));
    const context = recordingContext();
    const output = await runTool(tool, { url: `${server.origin}/x` }, context);
    expect(output).toMatchObject({ status: 200, body: { a: [1, null] } });
    expect(output.headers['content-type']).toBe('application/json');
    expect(context.calls).toMatchObject([
      {
        kind: 'http',
        name: 'http.request',
        input: { method: 'GET', url: `${server.origin}/x` },
        output: { status: 200 },
      },
    ]);
  });

  it('reads problem documents and other JSON types, text, nothing and bytes for what they are', async () => {
    const { server, tool } = await toolFor(({ url }, response) => {
      if (url === '/problem') response.setHeader('content-type', 'application/vnd.api+json').end('{"a":1}');
      if (url === '/text')
        response.setHeader('content-type', 'text/csv; charset=iso-8859-1').end(Buffer.from('caf\xe9', 'latin1'));
      if (url === '/none') response.writeHead(204, { 'content-type': 'application/json' }).end();
      if (url === '/bytes') response.setHeader('content-type', 'image/png').end(Buffer.from([137, 80]));
    });
    const bodies = [];
    for (const path of ['problem', 'text', 'none', 'bytes']) {
      bodies.push((await runTool(tool, { url: `${server.origin}/${path}` }, recordingContext())).body);
    }
    expect(bodies).toEqual([{ a: 1 }, 'café', null, { base64: 'iVA=', media_type: 'image/png' }]);
  });

  it('fails when a server says JSON and sends something else', async () => {
    const { server, tool } = await toolFor((_, response) =>
      response.setHeader('content-type', 'application/json').end('<html>'),
    );
    await expect(runTool(tool, { url: server.origin }, recordingContext())).rejects.toMatchObject({
      code: 'HTTP_BODY_INVALID',
    });
  });

  it('adds query fields, repeats lists and leaves nulls out', async () => {
    const { server, tool } = await toolFor((_, response) => response.end());
    const query = { q: 'a b&c', page: 2, tag: ['x', 'y'], none: null, on: true };
    await runTool(tool, { url: `${server.origin}/s?z=1`, query }, recordingContext());
    expect(server.received[0]?.url).toBe('/s?z=1&q=a+b%26c&page=2&tag=x&tag=y&on=true');
  });

  it('sends objects as JSON, text as text, and a form when the content type says so', async () => {
    const { server, tool } = await toolFor((_, response) => response.end());
    const post = (body: unknown, headers = {}) =>
      runTool(tool, { method: 'POST', url: server.origin, body, headers }, recordingContext());
    await post({ a: 1 });
    await post([1, 2]);
    await post('plain');
    await post({ a: 'x y', b: [1, 2], c: null }, { 'Content-Type': 'application/x-www-form-urlencoded' });
    expect(server.received.map(({ headers, body }) => [headers['content-type'], body])).toEqual([
      ['application/json', '{"a":1}'],
      ['application/json', '[1,2]'],
      ['text/plain; charset=utf-8', 'plain'],
      ['application/x-www-form-urlencoded', 'a=x+y&b=1&b=2'],
    ]);
  });

  it('sends the idempotency key of the step with every write, and with no read', async () => {
    const { server, tool } = await toolFor((_, response) => response.end());
    for (const method of ['POST', 'PUT', 'PATCH', 'DELETE', 'GET', 'HEAD']) {
      await runTool(tool, { method, url: server.origin }, recordingContext({ idempotencyKey: 'r1-publish' }));
    }
    await runTool(
      tool,
      { method: 'POST', url: server.origin, headers: { 'Idempotency-Key': 'own' } },
      recordingContext(),
    );
    const keys = server.received.map(({ headers }) => headers['idempotency-key']);
    expect(keys).toEqual(['r1-publish', 'r1-publish', 'r1-publish', 'r1-publish', undefined, undefined, 'own']);
  });

  it('only reads with GET, HEAD and OPTIONS, and writes with every other method', async () => {
    const { tool } = await toolFor((_, response) => response.end());
    const effect = (method?: string) =>
      tool.effectOf?.(
        tool.input.parse({ url: 'https://example.org', ...(method ? { method } : {}) }),
        recordingContext(),
      );
    expect([effect(), effect('GET'), effect('HEAD'), effect('OPTIONS')]).toEqual(['read', 'read', 'read', 'read']);
    expect([effect('POST'), effect('PUT'), effect('PATCH'), effect('DELETE')]).toEqual([
      'write',
      'write',
      'write',
      'write',
    ]);
    expect(tool.effect).toBe('write');
  });

  it.each([
    ['Token abc', 'Token abc'],
    [{ bearer: 'abc' }, 'Bearer abc'],
    [{ username: 'me', password: 'pä:ss' }, `Basic ${Buffer.from('me:pä:ss').toString('base64')}`],
  ])('sends %j as credentials', async (auth, expected) => {
    const { server, tool } = await toolFor((_, response) => response.end());
    await runTool(tool, { url: server.origin, auth }, recordingContext());
    expect(server.received[0]?.headers.authorization).toBe(expected);
  });

  it('shows no credential in its record, its output or its error', async () => {
    const { server, tool } = await toolFor(({ url, headers }, response) => {
      response.setHeader('set-cookie', 'session=top-secret');
      if (url.startsWith('/echo'))
        answerJson(response, { token: 'top-secret', authorization: headers.authorization }, 400);
      else response.end('ok');
    });
    const context = recordingContext();
    const input = { auth: { bearer: 'top-secret' }, headers: { 'X-Api-Key': 'top-secret' } };
    const output = await runTool(tool, { ...input, url: `${server.origin}/?api_key=top-secret` }, context);
    const failure: unknown = await runTool(tool, { ...input, url: `${server.origin}/echo` }, context).catch(
      (error: unknown) => error,
    );
    expect(failure).toMatchObject({ code: 'HTTP_STATUS' });
    expect(JSON.stringify([context.calls, output, failure, String(failure)])).not.toContain('top-secret');
    expect(server.received[0]?.headers['x-api-key']).toBe('top-secret');
  });

  it.each([
    [400, 'HTTP_STATUS', 'terminal'],
    [404, 'HTTP_STATUS', 'terminal'],
    [500, 'HTTP_STATUS', 'terminal'],
    [429, 'HTTP_RATE_LIMITED', 'retryable'],
    [502, 'HTTP_UNAVAILABLE', 'retryable'],
    [503, 'HTTP_UNAVAILABLE', 'retryable'],
  ])('fails on status %d with %s, which is %s', async (status, code, kind) => {
    const { server, tool } = await toolFor((_, response) =>
      response.writeHead(status, { 'content-type': 'text/plain', 'retry-after': '7' }).end('the reason'),
    );
    const context = recordingContext();
    await expect(runTool(tool, { url: server.origin }, context)).rejects.toMatchObject({
      code,
      kind,
      details: { status, body: 'the reason', retry_after_ms: 7000 },
    });
    expect(context.calls).toMatchObject([{ error: { code } }]);
  });

  it('lets a status through that the step expects', async () => {
    const { server, tool } = await toolFor((_, response) => answerJson(response, { missing: true }, 404));
    const output = await runTool(tool, { url: server.origin, expect: [404] }, recordingContext());
    expect(output).toMatchObject({ status: 404, body: { missing: true } });
  });

  it('understands a Retry-After that is a date', async () => {
    const { server, tool } = await toolFor((_, response) =>
      response.writeHead(429, { 'retry-after': 'Mon, 23 Nov 2026 09:01:00 GMT' }).end(),
    );
    await expect(runTool(tool, { url: server.origin }, recordingContext())).rejects.toMatchObject({
      details: { retry_after_ms: 60_000 },
    });
  });

  it.each([
    [{ url: 'https://example.org', body: 'x' }, 'has no body'],
    [{ url: 'https://example.org', method: 'get' }, 'method'],
    [{ url: 'https://example.org', metod: 'GET' }, 'metod'],
    [{ method: 'GET' }, 'url'],
  ])('refuses the input %j', async (input, said) => {
    const { tool } = await toolFor((_, response) => response.end());
    expect(tool.input.safeParse(input).error?.message).toContain(said);
  });

  it('refuses a form that is no object, and a URL that is none', async () => {
    const { server, tool } = await toolFor((_, response) => response.end());
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await expect(
      runTool(tool, { method: 'POST', url: server.origin, headers: form, body: [1] }, recordingContext()),
    ).rejects.toMatchObject({
      code: 'INPUT_INVALID',
    });
    await expect(runTool(tool, { url: '/relative' }, recordingContext())).rejects.toMatchObject({
      code: 'HTTP_URL_INVALID',
    });
  });
});
