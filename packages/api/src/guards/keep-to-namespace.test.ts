/** A key of one namespace: its own runs are all that there is. */
import { readApiKeyEntry } from '@telos/contract';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';
import { parseApiKeys } from './api-keys.ts';

const keys = parseApiKeys('a:editor@sales=sales-key-0123456789,b@legal=legal-key-0123456789,c=key-for-all-0123456789');
const sales = { authorization: 'Bearer sales-key-0123456789' };
const legal = { authorization: 'Bearer legal-key-0123456789' };
const all = { authorization: 'Bearer key-for-all-0123456789' };
const word = 'a-word-of-legal';

const Listed = z.object({ items: z.array(z.object({ id: z.string(), namespace: z.string() })) });
const Receipt = z.object({ id: z.string() });

let server: TestServer;
let mine: string;
let theirs: string;
let theirWait: string;
beforeEach(async () => {
  server = await serveForTest({ keys });
  mine = await begin(sales, 'Ada');
  theirs = await begin(legal, word);
  const show = { value: word };
  await server.append(
    theirs,
    { type: 'run.started', at: 2 },
    {
      type: 'wait.opened',
      at: 3,
      path: 'greet',
      attempt: 1,
      wait: { kind: 'approval', purpose: 'step', who: [], show, onTimeout: 'fail' },
    },
  );
  theirWait = `${theirs}~3`;
});
afterEach(() => server.close());

async function begin(as: Record<string, string>, name: string, more: object = {}): Promise<string> {
  const answer = await server.send('POST', '/v1/runs', { source: hello, inputs: { name }, ...more }, as);
  expect(answer.status).toBe(202);
  return Receipt.parse(await answer.json()).id;
}

async function listed(path: string, as: Record<string, string>) {
  return Listed.parse(await (await server.get(path, as)).json()).items.map(({ id }) => id);
}

describe('a key of one namespace', () => {
  it('starts runs there, whether it says so or not, and nowhere else', async () => {
    expect((await server.store.runs.get(mine))?.namespace).toBe('sales');
    expect((await server.store.runs.get(await begin(sales, 'Bo', { namespace: 'sales' })))?.namespace).toBe('sales');
    const other = { source: hello, inputs: { name: 'Ada' }, namespace: 'legal' };
    await problemIn(await server.send('POST', '/v1/runs', other, sales), 403, 'NAMESPACE_REFUSED');
    const objective = { objective: 'Say what the greeting says' };
    const stated = await server.send('POST', '/v1/objectives', objective, sales);
    // No planner is here; what would be refused comes first.
    expect([202, 422]).toContain(stated.status);
    await problemIn(
      await server.send('POST', '/v1/objectives', { ...objective, namespace: 'legal' }, sales),
      403,
      'NAMESPACE_REFUSED',
    );
  });

  it('lists its own runs and what waits in them; a key of none lists all', async () => {
    expect(await listed('/v1/runs', sales)).toEqual([mine]);
    expect(await listed('/v1/runs?namespace=sales', sales)).toEqual([mine]);
    await problemIn(await server.get('/v1/runs?namespace=legal', sales), 403, 'NAMESPACE_REFUSED');
    expect(await listed('/v1/runs', all)).toEqual([theirs, mine]);
    expect(await listed('/v1/approvals', sales)).toEqual([]);
    expect(await listed('/v1/approvals', legal)).toEqual([theirWait]);
  });

  it.each(['/v1/runs', '/v1/approvals'])('is told by the head of %s no more than by its body', async (path) => {
    const head = (of: string, as: Record<string, string>) => server.send('HEAD', `${path}${of}`, undefined, as);
    expect((await head('?namespace=legal', sales)).status).toBe(403);
    const length = async (as: Record<string, string>) => (await head('', as)).headers.get('content-length');
    expect(await length(sales)).toBe(String((await (await server.get(path, sales)).text()).length));
    expect(await length(sales)).not.toBe(await length(all));
  });

  it('shares places with whoever starts runs in its namespace without naming it', async () => {
    await server.close();
    server = await serveForTest({ keys: parseApiKeys('a@default=default-key-0123456789,c=key-for-all-0123456789') });
    const source = `${hello}limits: { concurrency: { max: 1, when_full: reject } }\n`;
    const start = (authorization: string) =>
      server.send('POST', '/v1/runs', { source, inputs: { name: 'Ada' } }, { authorization });
    expect((await start('Bearer default-key-0123456789')).status).toBe(202);
    await problemIn(await start(all.authorization), 409, 'CONCURRENCY_FULL');
  });

  it('finds no run of another, compares none with its own, and decides nothing there', async () => {
    await problemIn(await server.get(`/v1/runs/${theirs}`, sales), 404, 'RUN_NOT_FOUND');
    await problemIn(await server.get(`/v1/runs/${mine}/diff/${theirs}`, sales), 404, 'RUN_NOT_FOUND');
    await problemIn(await server.get(`/v1/approvals/${theirWait}`, sales), 409, 'WAIT_NOT_FOUND');
    const decision = { decision: 'approve' };
    await problemIn(await server.send('POST', `/v1/approvals/${theirWait}`, decision, sales), 409, 'WAIT_NOT_FOUND');
    const everything = { filter: { kind: 'approval' }, decision: 'reject' };
    expect(await (await server.send('POST', '/v1/approvals', everything, sales)).json()).toMatchObject({ decided: 0 });
    expect(await server.store.inbox.pending(theirs)).toEqual([]);
    expect((await server.get(`/v1/runs/${theirs}`, legal)).status).toBe(200);
  });

  it('hears nothing of another by an Idempotency-Key that is the same', async () => {
    const headers = { 'idempotency-key': 'monday' };
    const ours = await begin({ ...sales, ...headers }, 'Ada');
    const others = await begin({ ...legal, ...headers }, 'Ada');
    expect(others).not.toBe(ours);
    expect(await begin({ ...sales, ...headers }, 'Ada')).toBe(ours);
  });

  it('reads workflows, which are for all, and changes none, whatever its role', async () => {
    expect((await server.get('/v1/workflows', sales)).status).toBe(200);
    await problemIn(
      await server.send('PUT', '/v1/workflows/hello', { source: hello }, sales),
      403,
      'NAMESPACE_REFUSED',
    );
    await problemIn(await server.get('/metrics', sales), 403, 'NAMESPACE_REFUSED');
  });

  it('learns nothing of a run of another by any operation that the document lists', async () => {
    const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
    const { paths } = Paths.parse(await (await server.get('/openapi.json')).json());
    let asked = 0;
    for (const [path, operations] of Object.entries(paths)) {
      for (const method of Object.keys(operations)) {
        const names = { name: 'go', path: 'greet', hash: '0'.repeat(64) };
        const id = path.includes('approvals') ? theirWait : theirs;
        const values = { id, a: mine, b: theirs, ...names };
        const address = path.replaceAll(/\{(\w+)\}/g, (_, name: string) =>
          encodeURIComponent(Object.entries(values).find(([known]) => known === name)?.[1] ?? 'x'),
        );
        const body = ['get', 'head', 'delete'].includes(method) ? undefined : {};
        const answer = await server.send(method.toUpperCase(), address, body, sales);
        asked += 1;
        expect(await answer.text(), `${method} ${path}`).not.toContain(word);
        if (/runs\/\{/.test(path)) expect([400, 404], `${method} ${path}`).toContain(answer.status);
      }
    }
    expect(asked).toBeGreaterThan(25);
    expect((await server.store.runs.get(theirs))?.status).toBe('running');
    expect(await server.store.inbox.pending(theirs)).toEqual([]);
  });
});

describe('an entry of TELOS_API_KEYS', () => {
  it.each([
    ['anna:editor+legal@team_a=0123456789abcdef', { name: 'anna', roles: ['editor', 'legal'], namespace: 'team_a' }],
    ['anna@team_a=0123456789abcdef', { name: 'anna', roles: [], namespace: 'team_a' }],
    ['anna=0123456789abcdef', { name: 'anna', roles: [] }],
  ])('says whose key it is, and of which namespace: %s', (entry, expected) => {
    expect(readApiKeyEntry(entry)).toEqual({ ...expected, key: '0123456789abcdef' });
  });

  it('is a key and nothing else when what stands before it names no namespace', () => {
    expect(readApiKeyEntry('anna@Team=0123456789abcdef')).toEqual({ roles: [], key: 'anna@Team=0123456789abcdef' });
  });
});
