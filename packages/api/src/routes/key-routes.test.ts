import { ApiKeyList, AuditPage, NewApiKey } from '@telos/contract';
import { createFakeClock } from '@telos/testkit';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseApiKeys } from '../guards/api-keys.ts';
import { problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

const clock = createFakeClock();
const keys = parseApiKeys(
  'root:admin=roots-key-0123456789,bob:editor=bobs-key-0123456789,ann:admin@sales=anns-key-0123456789',
);
const as = (key: string) => ({ authorization: `Bearer ${key}` });
const root = as('roots-key-0123456789');

let server: TestServer;
beforeEach(async () => {
  server = await serveForTest({ keys, clock });
});
afterEach(() => server.close());

async function give(request: object): Promise<NewApiKey> {
  const answer = await server.send('POST', '/v1/keys', request, root);
  expect(answer.status).toBe(201);
  expect(answer.headers.get('cache-control')).toBe('no-store');
  return NewApiKey.parse(await answer.json());
}

describe('an API key', () => {
  it('is given out, opens the server in its role, is shown without itself, and is taken back', async () => {
    const until = new Date(clock.now() + 86_400_000).toISOString();
    const { key, id } = await give({ name: 'ci', roles: ['viewer', 'legal'], namespace: 'sales', expires_at: until });
    expect((await server.get('/v1/runs', as(key))).status).toBe(200);
    await problemIn(await server.send('POST', '/v1/runs', {}, as(key)), 403, 'ROLE_MISSING');
    const text = await (await server.get('/v1/keys', root)).text();
    expect(ApiKeyList.parse(JSON.parse(text)).items).toMatchObject([
      { id, name: 'ci', roles: ['viewer', 'legal'], namespace: 'sales', expires_at: until },
    ]);
    expect(text).not.toContain(key);
    expect(text).not.toMatch(/[0-9a-f]{64}/);
    expect((await server.send('DELETE', `/v1/keys/${id}`, undefined, root)).status).toBe(204);
    await clock.advance(2_000);
    await problemIn(await server.get('/v1/runs', as(key)), 401, 'API_KEY_WRONG');
    await problemIn(await server.send('DELETE', `/v1/keys/${id}`, undefined, root), 404, 'API_KEY_NOT_FOUND');
    const { items } = AuditPage.parse(await (await server.get('/v1/audit', root)).json());
    expect(items.map(({ by, action, subject }) => [by, action, subject])).toEqual([
      ['root', 'revokeKey', id],
      ['root', 'addKey', id],
    ]);
    expect(JSON.stringify(items)).not.toContain(key);
  });

  it('is given out, shown and taken back by an admin of the whole installation alone', async () => {
    const { id } = await give({ name: 'ci', roles: ['runner'] });
    for (const [method, path] of [
      ['GET', '/v1/keys'],
      ['POST', '/v1/keys'],
      ['DELETE', `/v1/keys/${id}`],
    ] as const) {
      const body = method === 'POST' ? { name: 'more' } : undefined;
      const send = (key: string) => server.send(method, path, body, as(key));
      await problemIn(await send('bobs-key-0123456789'), 403, 'ROLE_MISSING');
      await problemIn(await send('anns-key-0123456789'), 403, 'NAMESPACE_REFUSED');
    }
    expect((await server.store.keys.list()).map((kept) => [kept.id, kept.revokedAt])).toEqual([[id, undefined]]);
  });

  it.each([
    [{ name: 'ci', roles: ['edtior'] }, 'body.roles', 'did you mean editor'],
    [{ name: '1ci' }, 'body.name', ''],
    [{ name: 'ci', namespace: 'Sales' }, 'body.namespace', ''],
    [{ name: 'ci', expires_at: '2001-01-01T00:00:00Z' }, 'body.expires_at', 'over already'],
    [{ name: 'ci', key: 'a-key-of-my-own-make' }, 'body.key', 'no such field'],
  ])('is refused where %j', async (request, path, message) => {
    const answer = await server.send('POST', '/v1/keys', request, root);
    const { errors } = await problemIn(answer, 400, 'REQUEST_MALFORMED');
    expect(errors).toEqual([expect.objectContaining({ path, message: expect.stringContaining(message) })]);
    expect(await server.store.keys.list()).toEqual([]);
  });
});
