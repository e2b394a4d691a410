/** Two servers that somebody has started on one file of SQLite. */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { once } from 'node:events';
import { afterEach, beforeEach, expect, it, onTestFinished } from 'vitest';
import { telosFolder } from './telos-process.ts';
import type { TelosFolder } from './telos-process.ts';

let folder: TelosFolder;
beforeEach(() => {
  folder = telosFolder();
});
afterEach(() => folder.remove());

it('two servers on one SQLite file share its runs: each run ends, each step is made once, and both show all', async () => {
  const asked: string[] = [];
  const api = createServer((request, response) => {
    asked.push(request.url ?? '');
    response.end(JSON.stringify({ at: request.url }));
  }).listen(0, '127.0.0.1');
  onTestFinished(() => void api.close());
  await once(api, 'listening');
  // It listens on TCP, so the address has a port.
  const host = `127.0.0.1:${(api.address() as AddressInfo).port}`;
  const servers = await Promise.all([1, 2].map(() => folder.serve({ TELOS_ALLOWED_HOSTS: host })));

  const step = (id: string) =>
    `  - { id: ${id}, uses: http.request, with: { url: "http://${host}/\${{ run.id }}/${id}" } }`;
  const source = `telos: 1\nid: shared\nsteps:\n${['a', 'b', 'c'].map(step).join('\n')}\noutputs: { status: "\${{ steps.c.output.status }}" }\n`;
  const runs = await Promise.all(
    Array.from({ length: 20 }, async (_, n) => {
      const answer = await fetch(`${servers[n % 2]?.url}/v1/runs`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ source }),
      });
      expect(answer.status).toBe(202);
      return answer.headers.get('location') ?? '';
    }),
  );
  // Each is followed where it was not started.
  for (const [n, run] of runs.entries()) {
    const events = await fetch(`${servers[(n + 1) % 2]?.url}${run}/events`, {
      headers: { accept: 'text/event-stream' },
    });
    expect(await events.text()).toContain('event: run.succeeded');
  }
  const ids = runs.map((run) => run.slice(run.lastIndexOf('/') + 1));
  expect(asked.toSorted()).toEqual(ids.flatMap((id) => ['a', 'b', 'c'].map((of) => `/${id}/${of}`)).toSorted());
  for (const { url } of servers) {
    const listed = (await (await fetch(`${url}/v1/runs?limit=50`)).json()) as { readonly items: readonly unknown[] };
    expect(listed.items).toHaveLength(20);
  }
}, 60_000);
