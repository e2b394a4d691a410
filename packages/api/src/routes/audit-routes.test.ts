import { AuditPage } from '@telos/contract';
import { TelosError } from '@telos/core';
import { afterEach, describe, expect, it } from 'vitest';
import { parseApiKeys } from '../guards/api-keys.ts';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let server: TestServer;
afterEach(() => server.close());

const keys = parseApiKeys('anna:admin=annas-key-0123456789,bob:runner=bobs-key-0123456789,no-name-key-0123456789');
const anna = { authorization: 'Bearer annas-key-0123456789' };
const bob = { authorization: 'Bearer bobs-key-0123456789' };
const nameless = { authorization: 'Bearer no-name-key-0123456789' };

async function noted(query = ''): Promise<AuditPage['items']> {
  return AuditPage.parse(await (await server.get(`/v1/audit${query}`, anna)).json()).items;
}

describe('the audit log', () => {
  it('says who had what done to what, last first', async () => {
    server = await serveForTest({ keys });
    const id = await server.start({ name: 'Ada' }, { ...bob, 'x-request-id': 'req-1' });
    await server.send('POST', `/v1/runs/${id}/cancel`, {}, nameless);
    await server.send('PUT', '/v1/workflows/hello', { source: hello }, anna);
    await server.send('DELETE', '/v1/workflows/hello', undefined, anna);
    const entries = await noted();
    expect(entries.map(({ by, action, subject }) => [by, action, subject])).toEqual([
      ['anna', 'withdrawWorkflow', 'hello'],
      ['anna', 'publishWorkflow', 'hello'],
      [undefined, 'cancelRun', id],
      ['bob', 'startRun', id],
    ]);
    expect(entries.at(-1)).toMatchObject({ request: 'req-1', address: '127.0.0.1' });
    expect(JSON.stringify(entries)).not.toContain('key-0123456789');
    expect(await noted('?by=bob')).toHaveLength(1);
    expect(await noted(`?subject=${id}&action=cancelRun`)).toHaveLength(1);
    expect(await noted('?until=2000-01-01T00:00:00Z')).toEqual([]);
  });

  it('notes neither what only reads nor what was refused', async () => {
    server = await serveForTest({ keys });
    await server.get('/v1/runs', bob);
    await server.send('POST', '/v1/workflows/check', { source: hello }, bob);
    await problemIn(await server.send('POST', '/v1/runs', { workflow: 'none' }, bob), 404, 'WORKFLOW_NOT_FOUND');
    await problemIn(await server.send('PUT', '/v1/workflows/hello', { source: hello }, bob), 403, 'ROLE_MISSING');
    expect(await noted()).toEqual([]);
  });

  it('is read with a key of an admin, or of none of the roles, alone', async () => {
    server = await serveForTest({ keys });
    expect((await server.get('/v1/audit', nameless)).status).toBe(200);
    await problemIn(await server.get('/v1/audit', bob), 403, 'ROLE_MISSING');
  });

  it('is not kept where there are no keys, and so nobody is known', async () => {
    server = await serveForTest();
    await server.start();
    expect((await server.store.audit.list({}, 10)).items).toEqual([]);
  });

  it('that cannot be written makes no change one that failed: it is reported, and not asked for again', async () => {
    server = await serveForTest({ keys });
    const away = new TelosError('STORE_FULL', 'The disk is full.');
    server.store.audit.append = () => Promise.reject(away);
    const body = { source: hello, inputs: { name: 'Ada' } };
    expect((await server.send('POST', '/v1/runs', body, bob)).status).toBe(202);
    expect(server.reported).toEqual([away]);
  });

  it('has every change before it is answered', async () => {
    server = await serveForTest({ keys });
    const ids = await Promise.all(Array.from({ length: 20 }, () => server.start({ name: 'Ada' }, bob)));
    expect(new Set((await noted('?action=startRun')).map(({ subject }) => subject))).toEqual(new Set(ids));
  });
});
