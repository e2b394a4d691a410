import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { createClient } from '@telos/client';
import { CallbackMessage } from '@telos/contract';
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

type Delivery = { readonly id: string; readonly message: CallbackMessage };

/** Answers with these statuses in turn, and 200 after them. */
async function receiver(...statuses: readonly number[]) {
  const came: Delivery[] = [];
  const left = [...statuses];
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      came.push({ id: String(request.headers['webhook-id']), message: CallbackMessage.parse(JSON.parse(body)) });
      response.writeHead(left.shift() ?? 200).end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  // It listens on TCP, so the address has a port.
  return { host: `127.0.0.1:${(server.address() as AddressInfo).port}`, came };
}

describe('the end of a run that is to be posted', () => {
  it('comes although the server was killed with kill -9 behind its answer, and again behind the first attempt', async () => {
    const { host, came } = await receiver(500);
    const environment = { TELOS_ALLOWED_HOSTS: host };
    const first = await folder.serve(environment);
    const source = 'telos: 1\nid: waits\nsteps:\n  - { id: a, wait: { signal: go } }\n';
    const { id } = await createClient({ url: first.url }).runs.start({
      source,
      callback: { url: `http://${host}/ended` },
    });
    first.process.kill('SIGKILL');

    const second = await folder.serve(environment);
    await createClient({ url: second.url }).runs.signal(id, 'go');
    await expect.poll(() => came.length).toBe(1);
    const telos = createClient({ url: second.url });
    await expect.poll(async () => (await telos.runs.get(id)).callback?.status).toBe('owed');
    await expect.poll(async () => (await telos.runs.get(id)).callback?.error?.code).toBe('CALLBACK_REFUSED');
    second.process.kill('SIGKILL');

    const third = await folder.serve(environment);
    await expect.poll(() => came.length).toBe(2);
    expect(came.map(({ id: delivery }) => delivery)).toEqual([`end_${id}`, `end_${id}`]);
    expect(came[1]?.message).toEqual(came[0]?.message);
    const after = createClient({ url: third.url });
    await expect.poll(async () => (await after.runs.get(id)).callback?.status).toBe('delivered');
    const { lines } = await folder.run(['callbacks']);
    expect(lines).toEqual([]);
  });

  it('does not go to an inner address that the operator has not listed', async () => {
    const { host, came } = await receiver();
    const { url } = await folder.serve();
    const source = 'telos: 1\nid: one\nsteps:\n  - { id: a, uses: transform, with: { value: 1 } }\n';
    const start = createClient({ url }).runs.start({ source, callback: { url: `http://${host}/` } });
    await expect(start).rejects.toMatchObject({ code: 'HTTP_ADDRESS_REFUSED', status: 422 });
    expect(came).toEqual([]);
  });
});
