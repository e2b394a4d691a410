import { createHmac } from 'node:crypto';
import { HookReceipt } from '@telos/contract';
import { createFakeClock } from '@telos/testkit';
import { afterEach, describe, expect, it } from 'vitest';
import { parseApiKeys } from '../guards/api-keys.ts';
import { standardSignature } from '../signatures/standard-webhook.ts';
import { readFold } from '../run-view/read-run.ts';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';
import { withTriggers } from '../testing/timed.ts';

let server: TestServer;
afterEach(async () => {
  await server?.close();
});

const secret = 'it is known to two';
const secrets = { value: (name: string) => (name === 'CRM' ? secret : undefined) };
const sign = (body: string, algorithm = 'sha256', encoding: 'hex' | 'base64' = 'hex') =>
  createHmac(algorithm, secret).update(body).digest(encoding);
const key = 'a-key-of-good-length';
const json = { 'content-type': 'application/json' };

async function published(webhook: string, options: Parameters<typeof serveForTest>[0] = {}, id = 'timed') {
  server = await serveForTest({ secrets, ...options });
  await publish(webhook, id, options.keys === undefined ? {} : { authorization: `Bearer ${key}` });
}

async function publish(webhook: string, id: string, headers: Record<string, string> = {}): Promise<Response> {
  const source = withTriggers(`{ webhook: ${webhook} }`, { id });
  return server.send('PUT', `/v1/workflows/${id}`, { source }, headers);
}

/** The receipt of a request that started a run, or had started it, and the inputs of the run. */
async function started(answer: Response, status: 200 | 202) {
  expect({ status: answer.status, text: answer.status === status ? '' : await answer.text() }).toEqual({
    status,
    text: '',
  });
  const receipt = HookReceipt.parse(await answer.json());
  const run = await readFold(server.store.journal, receipt.id);
  return { ...receipt, created: run?.folded.created };
}

const runs = () => server.store.runs.count({});

describe('a hook', () => {
  it('starts a run with what it is sent, and says where it is', async () => {
    await published('{ path: /crm/new }');
    const answer = await server.send('POST', '/hooks/crm/new', { topic: 'cars' });
    const { id, workflow, existing, created } = await started(answer, 202);
    expect(answer.headers.get('location')).toBe(`/v1/runs/${id}`);
    expect({ workflow, existing }).toEqual({ workflow: 'timed', existing: false });
    expect(created).toMatchObject({
      inputs: { value: { topic: 'cars' } },
      trigger: { kind: 'webhook', key: '/crm/new' },
      labels: ['untrusted'],
    });
    expect(server.offered).toMatchObject([{ kind: 'run', run: id }]);
  });

  it('gives inputs from the body, headers and the query, and withholds credentials', async () => {
    await published(
      '{ path: /a, inputs: { topic: "${{ event.headers }} ${{ event.query.x }} ${{ event.body.list[1] }}" } }',
    );
    const headers = { ...json, 'X-Thing': 'seen', cookie: 'c=hidden', authorization: 'Bearer hidden' };
    const answer = await server.send('POST', '/hooks/a?x=1&x=2', { list: [3, 'four'] }, headers);
    const { created } = await started(answer, 202);
    const topic = JSON.stringify(created?.inputs);
    expect(topic).toContain('x-thing');
    expect(topic).toContain('four');
    expect(topic).not.toContain('hidden');
  });

  it.each([
    ['application/x-www-form-urlencoded', 'topic=old+cars', 'old cars'],
    ['application/vnd.crm+json', '{"topic":"cars"}', 'cars'],
  ])('reads %s', async (type, body, topic) => {
    await published('{ path: /a }');
    const { created } = await started(await server.send('POST', '/hooks/a', body, { 'content-type': type }), 202);
    expect(created?.inputs).toEqual({ value: { topic } });
  });

  it.each([
    ['application/json', '{', 400, 'REQUEST_MALFORMED'],
    ['application/json', '['.repeat(5000), 400, 'REQUEST_MALFORMED'],
    ['application/json', '[1]', 422, 'INPUT_INVALID'],
    ['application/json', '{"topic":7}', 422, 'INPUT_INVALID'],
    ['text/plain', 'cars', 422, 'INPUT_INVALID'],
    ['image/png', 'cars', 415, 'MEDIA_TYPE_UNSUPPORTED'],
    ['application/json', `"${'a'.repeat(1024 * 1024)}"`, 413, 'BODY_TOO_LARGE'],
  ] as const)('refuses what no run can be started with: %s %.20s', async (type, body, status, code) => {
    await published('{ path: /a }');
    await problemIn(await server.send('POST', '/hooks/a', body, { 'content-type': type }), status, code);
    expect(await runs()).toBe(0);
  });

  it('is there as soon as it is published and no longer when it is withdrawn, or moved', async () => {
    await published('{ path: /a }');
    await problemIn(await server.send('POST', '/hooks/b', {}), 404, 'ROUTE_NOT_FOUND');
    await started(await server.send('POST', '/hooks/a', {}), 202);
    await publish('{ path: /c }', 'timed');
    await problemIn(await server.send('POST', '/hooks/a', {}), 404, 'ROUTE_NOT_FOUND');
    await server.send('DELETE', '/v1/workflows/timed');
    await problemIn(await server.send('POST', '/hooks/c', {}), 404, 'ROUTE_NOT_FOUND');
    await problemIn(await server.get('/hooks/a'), 404, 'ROUTE_NOT_FOUND');
  });

  it('belongs to one workflow: another that declares its path is not published', async () => {
    await published('{ path: /a }');
    await problemIn(await publish('{ path: /a }', 'other'), 409, 'HOOK_PATH_TAKEN');
    expect(await server.store.programs.versions('other')).toEqual([]);
    expect((await publish('{ path: /a, dedupe: "${{ event.body.id }}" }', 'timed')).status).toBe(201);
    await server.send('DELETE', '/v1/workflows/timed');
    expect((await publish('{ path: /a }', 'other')).status).toBe(201);
  });

  it('is shown with its workflow', async () => {
    await published('{ path: /a, signature: { secret: CRM } }');
    expect(await (await server.get('/v1/workflows/timed')).json()).toMatchObject({
      triggers: { schedule: [], webhook: { path: '/hooks/a', signed: true } },
    });
  });

  it('takes 600 requests a minute', async () => {
    const clock = createFakeClock();
    await published('{ path: /a, dedupe: always the same }', { clock });
    for (let n = 0; n < 600; n++) await (await server.send('POST', '/hooks/a', {})).body?.cancel();
    const refused = await server.send('POST', '/hooks/a', {});
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    await problemIn(refused, 429, 'TOO_MANY_REQUESTS');
    await clock.advance(60_000);
    await started(await server.send('POST', '/hooks/a', {}), 200);
  });
});

describe('one webhook, delivered twice, is one run: an idempotency key at every trigger', () => {
  it.each([
    ['dedupe', '{ path: /a, dedupe: "${{ event.body.id }}" }', {}],
    ['the Idempotency-Key of the request', '{ path: /a }', { 'idempotency-key': 'd-1' }],
    ['its webhook-id', '{ path: /a }', { 'webhook-id': 'd-1' }],
  ])('known by %s, also when it carries another time', async (_how, webhook, headers) => {
    await published(webhook.replace('{ path: /a', '{ path: /a, inputs: {}'));
    const send = (sent: number) => server.send('POST', '/hooks/a', { id: 'd-1', sent }, { ...json, ...headers });
    const first = await started(await send(1), 202);
    const second = await started(await send(2), 200);
    expect(second).toMatchObject({ id: first.id, existing: true });
    const many = await Promise.all([1, 2, 3, 4].map(send));
    expect(many.map(({ status }) => status)).toEqual([200, 200, 200, 200]);
    expect(await runs()).toBe(1);
  });

  it('and two deliveries are two runs', async () => {
    await published('{ path: /a, dedupe: "${{ event.body.id }}", inputs: {} }');
    const ids = await Promise.all(
      ['x', 'y', 'z'.repeat(5000)].map(
        async (id) => (await started(await server.send('POST', '/hooks/a', { id }), 202)).id,
      ),
    );
    expect(new Set(ids).size).toBe(3);
  });

  it('and one that names none, where it should, is refused', async () => {
    await published('{ path: /a, dedupe: "${{ event.body.id }}", inputs: {} }');
    await problemIn(await server.send('POST', '/hooks/a', { id: '' }), 422, 'EXPRESSION_FAILED');
    await problemIn(await server.send('POST', '/hooks/a', { id: null }), 422, 'EXPRESSION_FAILED');
    await problemIn(await server.send('POST', '/hooks/a', {}), 422, 'EXPRESSION_FAILED');
    expect(await runs()).toBe(0);
  });
});

describe('a signed hook', () => {
  const body = '{ "topic":"cars" }';

  it.each([
    ['{ secret: CRM }', { 'x-signature-256': `sha256=${sign(body)}` }],
    ['{ secret: CRM, header: X-Hub, algorithm: sha1, prefix: "v=" }', { 'x-hub': `v=${sign(body, 'sha1')}` }],
    [
      '{ secret: CRM, algorithm: sha512, prefix: "", encoding: base64 }',
      { 'x-signature-512': sign(body, 'sha512', 'base64') },
    ],
  ])('takes what is signed as %s says, of the bytes as they came, without an API key', async (signature, headers) => {
    await published(`{ path: /a, signature: ${signature} }`, { keys: parseApiKeys(key) });
    const { created } = await started(await server.send('POST', '/hooks/a', body, { ...json, ...headers }), 202);
    expect(created?.inputs).toEqual({ value: { topic: 'cars' } });
  });

  it.each([
    ['no signature', {}, 'SIGNATURE_MISSING'],
    ['the one of another body', { 'x-signature-256': `sha256=${sign('{}')}` }, 'SIGNATURE_WRONG'],
    ['one without its prefix', { 'x-signature-256': sign(body) }, 'SIGNATURE_WRONG'],
    ['one cut short', { 'x-signature-256': `sha256=${sign(body).slice(0, 32)}` }, 'SIGNATURE_WRONG'],
    ['what is no digest', { 'x-signature-256': 'sha256=zz' }, 'SIGNATURE_WRONG'],
    ['an API key in its place', { authorization: `Bearer ${key}` }, 'SIGNATURE_MISSING'],
  ] as const)('refuses a request with %s, stores nothing and repeats nothing of it', async (_what, headers, code) => {
    await published('{ path: /a, signature: { secret: CRM } }', { keys: parseApiKeys(key) });
    const answer = await server.send('POST', '/hooks/a', body, { ...json, ...headers });
    const problem = await problemIn(answer, 401, code);
    expect(JSON.stringify(problem)).not.toContain('cars');
    expect(await runs()).toBe(0);
  });

  it('may be signed as Standard Webhooks has it, and is then known by its id and not taken when it is old', async () => {
    const clock = createFakeClock();
    await published('{ path: /a, signature: { secret: CRM, scheme: standard } }', { clock });
    const bytes = new TextEncoder().encode(body);
    const signed = { ...json, ...standardSignature(secret, { id: 'd-1', at: clock.now(), body: bytes }) };
    const { id } = await started(await server.send('POST', '/hooks/a', body, signed), 202);
    expect(await started(await server.send('POST', '/hooks/a', body, signed), 200)).toMatchObject({ id });
    await problemIn(await server.send('POST', '/hooks/a', `${body} `, signed), 401, 'SIGNATURE_WRONG');
    await problemIn(await server.send('POST', '/hooks/a', body, json), 401, 'SIGNATURE_MISSING');
    await clock.advance(301_000);
    await problemIn(await server.send('POST', '/hooks/a', body, signed), 401, 'SIGNATURE_WRONG');
  });

  it('takes nothing while its secret is not set, and says so to the operator alone', async () => {
    await published('{ path: /a, signature: { secret: OTHER } }');
    const problem = await problemIn(await server.send('POST', '/hooks/a', body, json), 503, 'HOOK_NOT_READY');
    expect(JSON.stringify(problem)).not.toContain('OTHER');
    expect(server.reported.map(String).join()).toContain('the secret OTHER is not set');
  });
});

describe('a hook without a signature', () => {
  it('needs an API key where there are keys', async () => {
    await published('{ path: /a }', { keys: parseApiKeys(key) });
    await problemIn(await server.send('POST', '/hooks/a', {}), 401, 'API_KEY_MISSING');
    const wrong = { ...json, authorization: 'Bearer another-key-altogether' };
    await problemIn(await server.send('POST', '/hooks/a', '{}', wrong), 401, 'API_KEY_WRONG');
    await started(await server.send('POST', '/hooks/a', '{}', { ...json, authorization: `Bearer ${key}` }), 202);
    await problemIn(await server.send('POST', '/hooks/none', {}), 404, 'ROUTE_NOT_FOUND');
  });

  it('is kept from pages of other sites', async () => {
    await published('{ path: /a }');
    const foreign = { ...json, origin: 'https://evil.example' };
    await problemIn(await server.send('POST', '/hooks/a', '{}', foreign), 403, 'ORIGIN_REFUSED');
  });
});
