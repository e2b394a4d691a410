import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { mkdtemp, mkdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ApiDeps } from './api-deps.ts';
import { parseApiKeys } from './guards/api-keys.ts';
import { serveApi } from './serve-api.ts';
import { problemIn, serveForTest, testCatalog, testModels } from './testing/served-api.ts';

let deps: ApiDeps;
beforeAll(async () => {
  deps = {
    store: await openSqliteStore({ path: ':memory:' }),
    live: createLocalLive(),
    queue: createLocalQueue(),
    clock: systemClock,
    catalog: testCatalog,
    models: testModels,
    version: '0.0.0-test',
  };
});
afterAll(async () => {
  await deps.queue.close();
  await deps.store.close();
});

describe('serving', () => {
  it.each(['0.0.0.0', '::', '192.0.2.1'])('on %s needs API keys', async (host) => {
    await expect(serveApi(deps, { host, port: 0 })).rejects.toMatchObject({ code: 'API_KEYS_REQUIRED' });
  });

  it('takes a free port, says where it is, and can be asked there', async () => {
    const served = await serveApi(
      { ...deps, keys: parseApiKeys('a-key-of-good-length') },
      { host: '127.0.0.1', port: 0 },
    );
    expect(served.url).toBe(`http://127.0.0.1:${served.port}`);
    expect((await fetch(`${served.url}/healthz`)).status).toBe(200);
    await served.close();
    await expect(fetch(`${served.url}/healthz`)).rejects.toThrow();
  });

  it('says which port is in use, and which address cannot be had', async () => {
    const other = createServer().listen(0, '127.0.0.1');
    await new Promise((resolve) => other.once('listening', resolve));
    const { port } = other.address() as AddressInfo; // it listens on TCP, so the address has a port
    await expect(serveApi(deps, { host: '127.0.0.1', port })).rejects.toMatchObject({ code: 'PORT_IN_USE' });
    other.close();
    const keyed = { ...deps, keys: parseApiKeys('a-key-of-good-length') };
    await expect(serveApi(keyed, { host: '192.0.2.1', port: 0 })).rejects.toMatchObject({ code: 'PORT_UNUSABLE' });
  });
});

describe('the studio', () => {
  it('is served at the root, and an address that is a place in it leads there', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'telos-studio-'));
    await mkdir(join(folder, 'assets'));
    await writeFile(join(folder, 'index.html'), '<!doctype html><title>Telos</title>');
    await writeFile(join(folder, 'assets', 'main-8f3a2b1c.js'), 'export {};');
    const server = await serveForTest({ studioFolder: folder });

    const page = await server.get('/');
    expect(await page.text()).toContain('<title>Telos</title>');
    expect(page.headers.get('cache-control')).toBe('no-cache');
    const deep = await fetch(`${server.url}/runs/123`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect(deep.headers.get('location')).toBe('/#/runs/123');
    const asset = await server.get('/assets/main-8f3a2b1c.js');
    expect(asset.headers.get('cache-control')).toContain('immutable');

    await problemIn(await server.get('/runs/123', { accept: 'application/json' }), 404, 'ROUTE_NOT_FOUND');
    await problemIn(await server.get('/v1/nothing', { accept: 'text/html' }), 404, 'ROUTE_NOT_FOUND');
    await problemIn(await server.get('/assets/none.js', { accept: 'text/html' }), 404, 'ROUTE_NOT_FOUND');
    const outside = await server.get('/..%2f..%2fetc%2fpasswd');
    expect(outside.status).toBeGreaterThanOrEqual(400);
    await server.close();
    await rm(folder, { recursive: true });
  });

  it('leads to the documents when it is not built', async () => {
    const server = await serveForTest();
    const answer = await fetch(`${server.url}/`, { redirect: 'manual' });
    expect(answer.headers.get('location')).toBe('/docs');
    await server.close();
  });
});
