import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

type Receipt = { readonly id: string; readonly existing: boolean };

async function start(url: string, body: object, headers: Record<string, string>): Promise<Receipt> {
  const answer = await fetch(`${url}/v1/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  });
  expect(answer.status).toBeLessThan(300);
  return (await answer.json()) as Receipt; // the fields that every receipt has
}

async function runsAt(url: string): Promise<readonly string[]> {
  const { items } = (await (await fetch(`${url}/v1/runs?limit=100`)).json()) as { items: readonly { id: string }[] };
  return items.map(({ id }) => id);
}

const key = { 'idempotency-key': 'order-17' };

describe('one Idempotency-Key', () => {
  it('gives one run to a hundred callers at once', async () => {
    const { url } = await folder.serve();
    const source = 'telos: 1\nid: one\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n';
    const receipts = await Promise.all(Array.from({ length: 100 }, () => start(url, { source }, key)));
    expect(new Set(receipts.map(({ id }) => id)).size).toBe(1);
    expect(receipts.filter(({ existing }) => !existing)).toHaveLength(1);
    expect(await runsAt(url)).toHaveLength(1);
  });

  it('gives the same run when the server was killed with kill -9 after it had stored it and before it had answered', async () => {
    const asked = Promise.withResolvers<void>();
    let isHeld = true;
    const api = createServer((_, response) => {
      if (!isHeld) response.end('{}');
      asked.resolve();
    }).listen(0, '127.0.0.1');
    onTestFinished(() => {
      api.closeAllConnections();
      api.close();
    });
    await once(api, 'listening');
    const host = `127.0.0.1:${(api.address() as AddressInfo).port}`; // it listens on TCP, so the address has a port
    writeFileSync(
      join(folder.path, 'workflows', 'asks.yaml'),
      `telos: 1\nid: asks\nsteps:\n  - { id: a, uses: http.request, with: { url: "http://${host}/" } }\n`,
    );
    const environment = { TELOS_ALLOWED_HOSTS: host };

    const first = await folder.serve(environment);
    // It answers when the run has ended, and the run does not end.
    const unanswered = expect(start(first.url, { workflow: 'asks' }, { ...key, prefer: 'wait=60' })).rejects.toThrow();
    await asked.promise;
    const [stored] = await runsAt(first.url);
    first.process.kill('SIGKILL');
    await unanswered;

    isHeld = false;
    const second = await folder.serve(environment);
    const retried = await start(second.url, { workflow: 'asks' }, { ...key, prefer: 'wait=60' });
    expect(retried).toMatchObject({ id: stored, existing: true, status: 'succeeded' });
    expect(await runsAt(second.url)).toEqual([stored]);
  });
});
