import { RunDetail } from '@telos/contract';
import { TelosError } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

const inputs = { name: 'Ada' };
const url = 'https://there.example/ended?key=k';
const ended = [
  { type: 'run.started', at: 2000 },
  { type: 'run.succeeded', at: 3000, outputs: { value: {} } },
] as const;

async function start(callback: unknown, headers: Record<string, string> = {}): Promise<Response> {
  return server.send('POST', '/v1/runs', { source: hello, inputs, callback }, headers);
}

async function detail(id: string): Promise<RunDetail> {
  return RunDetail.parse(await (await server.get(`/v1/runs/${id}`)).json());
}

const idIn = async (answer: Response): Promise<string> => {
  expect(answer.status).toBe(202);
  return RunDetail.pick({ id: true }).parse(await answer.json()).id;
};

describe('a request to start a run with a callback', () => {
  it('has it kept with the run, which shows it without its query', async () => {
    server = await serveForTest({ secretNames: new Set(['THERE']) });
    const id = await idIn(await start({ url, events: ['failed'], secret: 'THERE' }));
    expect(await server.store.callbacks.get(id)).toMatchObject({ url, events: ['failed'], secret: 'THERE' });
    const shown = (await detail(id)).callback;
    expect(shown).toEqual({
      id: `end_${id}`,
      url: 'https://there.example/ended?...',
      events: ['failed'],
      secret: 'THERE',
      status: 'waiting',
      attempts: 0,
    });
  });

  it('may state an objective as well', async () => {
    server = await serveForTest();
    const body = { objective: 'Find out who makes it.', callback: { url } };
    const id = await idIn(await server.send('POST', '/v1/objectives', body));
    expect(await server.store.callbacks.get(id)).toMatchObject({ url, events: ['succeeded', 'failed', 'cancelled'] });
  });

  it('is another request under the same idempotency key when the callback is another', async () => {
    server = await serveForTest();
    const key = { 'idempotency-key': 'k-1' };
    const id = await idIn(await start({ url }, key));
    expect(await idIn(await start({ url }, key))).toBe(id);
    await problemIn(await start({ url: 'https://there.example/other' }, key), 409, 'IDEMPOTENCY_MISMATCH');
    await problemIn(await start(undefined, key), 409, 'IDEMPOTENCY_MISMATCH');
  });

  it.each([
    ['an address of no web server', { url: 'ftp://there.example/' }],
    ['no address', { url: 'there' }],
    ['a password in its address', { url: 'https://me:secret@there.example/' }],
    ['an unknown event', { url, events: ['started'] }],
    ['no event', { url, events: [] }],
    ['a secret in place of its name', { url, secret: 'a secret!' }],
    ['an unknown field', { url, retries: 3 }],
  ])('is refused with %s', async (_, callback) => {
    server = await serveForTest();
    const problem = await problemIn(await start(callback), 400, 'REQUEST_MALFORMED');
    expect(problem.detail).toContain('callback');
    expect(problem.detail).not.toContain('me:secret');
    expect(await server.store.runs.count({})).toBe(0);
  });

  it('is refused when its secret is not set, or no request may go to its address', async () => {
    server = await serveForTest({
      secretNames: new Set(),
      refusedUrl: (address) =>
        address.includes('10.0.0.1') ? new TelosError('HTTP_ADDRESS_REFUSED', '10.0.0.1 is private') : undefined,
    });
    await problemIn(await start({ url, secret: 'THERE' }), 422, 'SECRET_MISSING');
    await problemIn(await start({ url: 'http://10.0.0.1/' }), 422, 'HTTP_ADDRESS_REFUSED');
    expect(await server.store.runs.count({})).toBe(0);
  });
});

describe('a callback that was settled', () => {
  it('is owed again when it is asked for, and whoever posts it is called', async () => {
    let called = 0;
    server = await serveForTest({ callbackOwed: () => (called += 1) });
    const id = await idIn(await start({ url }));
    const again = () => server.send('POST', `/v1/runs/${id}/callback`);
    await problemIn(await again(), 409, 'CALLBACK_NOT_SETTLED');
    await server.append(id, ...ended);
    await problemIn(await again(), 409, 'CALLBACK_NOT_SETTLED');
    const [taken] = await server.store.callbacks.take(1, 1000);
    const problem = { code: 'CALLBACK_REFUSED', kind: 'retryable', message: 'there.example answered 410.' } as const;
    expect(taken === undefined || (await server.store.callbacks.settle(taken, { status: 'given_up', problem }))).toBe(
      true,
    );
    expect((await detail(id)).callback).toMatchObject({ status: 'given_up', attempts: 1, error: problem });
    expect(called).toBe(0);
    expect((await again()).status).toBe(202);
    expect(called).toBe(1);
    expect((await detail(id)).callback).toMatchObject({ status: 'owed', attempts: 0 });
  });

  it('is none of a run that has none, and of no run', async () => {
    server = await serveForTest();
    const id = await server.start();
    await problemIn(await server.send('POST', `/v1/runs/${id}/callback`), 409, 'CALLBACK_NOT_SETTLED');
    await problemIn(await server.send('POST', '/v1/runs/nobody/callback'), 404, 'RUN_NOT_FOUND');
  });
});
