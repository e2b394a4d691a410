import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

describe('a server that is killed with kill -9 during a run', () => {
  it('goes on with the run from its last finished step when it is started again', async () => {
    const asked: string[] = [];
    let hold: (() => void) | undefined;
    const reached = Promise.withResolvers<void>();
    const api = createServer((request, response) => {
      asked.push(request.url ?? '');
      const answer = (): void => void response.end(JSON.stringify({ at: request.url }));
      if (request.url === '/second' && asked.length === 2) {
        hold = answer;
        reached.resolve();
      } else answer();
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    // It listens on TCP, so the address has a port.
    const host = `127.0.0.1:${(api.address() as AddressInfo).port}`;
    const steps = ['first', 'second', 'third'].map(
      (path) => `  - { id: ${path}, uses: http.request, with: { url: "http://${host}/${path}" } }`,
    );
    writeFileSync(
      join(folder.path, 'workflows', 'three.yaml'),
      `telos: 1\nid: three\nsteps:\n${steps.join('\n')}\noutputs: { status: "\${{ steps.third.output.status }}" }\n`,
    );

    const environment = { TELOS_ALLOWED_HOSTS: host };
    const first = await folder.serve(environment);
    const started = await fetch(`${first.url}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ workflow: 'three' }),
    });
    expect(started.status).toBe(202);
    const run = started.headers.get('location') ?? '';
    await reached.promise;
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');

    const second = await folder.serve(environment);
    const events = await fetch(`${second.url}${run}/events`, { headers: { accept: 'text/event-stream' } });
    expect(await events.text()).toContain('event: run.succeeded');
    expect(await (await fetch(`${second.url}${run}`)).json()).toMatchObject({
      status: 'succeeded',
      outputs: { status: 200 },
    });
    expect(asked).toEqual(['/first', '/second', '/second', '/third']);
    hold?.();
    api.close();
  });

  it('does what rails have said once, between their verdict and the call as well', async () => {
    const asked: string[] = [];
    const reached = Promise.withResolvers<void>();
    const api = createServer((request, response) => {
      asked.push(request.url ?? '');
      if (asked.length === 1) reached.resolve();
      else response.end('{}');
    }).listen(0, '127.0.0.1');
    await once(api, 'listening');
    // It listens on TCP, so the address has a port.
    const host = `127.0.0.1:${(api.address() as AddressInfo).port}`;
    writeFileSync(
      join(folder.path, 'workflows', 'railed.yaml'),
      `telos: 1
id: railed
steps:
  - id: tell
    uses: http.request
    with: { url: "http://${host}/tell", query: { to: "anna@acme.example" } }
    rails: { input: [secrets], tool_arguments: [{ pii: redact }] }
  - { id: stop, uses: http.request, with: { url: "http://${host}/mail?to=bob@acme.example" }, rails: { input: [pii] } }
`,
    );
    const environment = { TELOS_ALLOWED_HOSTS: host };
    const first = await folder.serve(environment);
    const started = await fetch(`${first.url}/v1/runs`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ workflow: 'railed' }),
    });
    const run = started.headers.get('location') ?? '';
    await reached.promise;
    first.process.kill('SIGKILL');
    await once(first.process, 'exit');

    const second = await folder.serve(environment);
    const events = await (
      await fetch(`${second.url}${run}/events`, { headers: { accept: 'text/event-stream' } })
    ).text();
    expect(events).toContain('event: run.failed');
    expect(await (await fetch(`${second.url}${run}`)).json()).toMatchObject({
      status: 'failed',
      error: { code: 'RAIL_BLOCKED', path: 'stop' },
    });
    const told = '/tell?to=%3CEMAIL_1%3E';
    expect(asked).toEqual([told, told]);
    expect(events.match(/event: rail\.judged/g)).toHaveLength(3);
    expect(events).not.toContain('anna');
    api.closeAllConnections();
    api.close();
  });
});
