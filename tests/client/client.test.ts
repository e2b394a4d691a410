/** The client, against `telos serve` as a user has it. */
import { once } from 'node:events';
import { createServer, request as forward } from 'node:http';
import type { ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createClient, TelosProblem } from '@telos/client';
import type { TelosClient } from '@telos/client';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { telosFolder } from '../e2e/telos-process.ts';

const key = 'anna-has-this-key-alone';
const folder = telosFolder();
let url = '';
let telos: TelosClient;

beforeAll(async () => {
  ({ url } = await folder.serve({ TELOS_API_KEYS: `anna=${key}` }));
  telos = createClient({ url, key });
}, 60_000);
afterAll(() => folder.remove());

const greeting = `telos: 1
id: greeting
inputs: { name: string }
steps:
  - { id: greet, uses: transform, with: { value: "Hello, \${{ inputs.name }}!" } }
outputs: { text: "\${{ steps.greet.output }}" }
`;

const asking = `telos: 1
id: asking
steps:
  - { id: ready, wait: { signal: go } }
  - { id: leave, approve: { show: "\${{ steps.ready.output }}" } }
`;

/** Between the client and the server: breaks the connection behind so many bytes of an answer, so many times. */
async function breaking(afterBytes: number, times: number): Promise<string> {
  const target = new URL(url);
  let left = times;
  const proxy = createServer((asked, answer) => {
    const { method, url: path, headers } = asked;
    const passed = forward({ host: target.hostname, port: target.port, method, path, headers }, (given) => {
      answer.writeHead(given.statusCode ?? 500, given.headers);
      const isBroken = left > 0;
      if (isBroken) left -= 1;
      let bytes = 0;
      given.on('data', (piece: Buffer) => {
        bytes += piece.length;
        if (isBroken && bytes > afterBytes) broken(answer);
        else answer.write(piece);
      });
      given.on('end', () => answer.end());
      given.on('error', () => broken(answer));
    });
    passed.on('error', () => broken(answer));
    asked.pipe(passed);
  });
  proxy.listen(0, '127.0.0.1');
  await once(proxy, 'listening');
  onTestFinished(() => {
    proxy.closeAllConnections();
    proxy.close();
  });
  return `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`; // it listens on TCP, so the address has a port
}

function broken(answer: ServerResponse): void {
  answer.destroy();
}

describe('the client', () => {
  it('starts a run, waits for it, and has what came out', async () => {
    const { id, status } = await telos.runs.start({ source: greeting, inputs: { name: 'Ada' } });
    expect(['pending', 'running', 'succeeded']).toContain(status);
    expect(await telos.runs.wait(id)).toMatchObject({ id, status: 'succeeded', outputs: { text: 'Hello, Ada!' } });
    expect(await telos.runs.step(id, 'greet')).toMatchObject({ output: { value: 'Hello, Ada!' } });
    const trace = await telos.runs.trace(id, { payloads: false });
    expect(trace.spans.map(({ name }) => name)).toContain('invoke_workflow');
  });

  it('has the outputs in the answer when it is told to wait', async () => {
    const run = await telos.runs.start({ source: greeting, inputs: { name: 'Eve' } }, { waitSeconds: 30 });
    expect(run).toMatchObject({ status: 'succeeded', outputs: { text: 'Hello, Eve!' } });
  });

  it('gives each event of a run once and in order, however often the connection breaks', async () => {
    const through = createClient({ url: await breaking(300, 3), key });
    const { id } = await telos.runs.start({ source: greeting, inputs: { name: 'Bob' } }, { waitSeconds: 30 });
    const seen: number[] = [];
    let last = '';
    for await (const { seq, type } of through.runs.follow(id)) {
      seen.push(seq);
      last = type;
    }
    expect(seen).toEqual(Array.from({ length: seen.length }, (_, index) => index + 1));
    expect(last).toBe('run.succeeded');
  });

  it('starts one run when the answer to the first request was lost', async () => {
    const through = createClient({ url: await breaking(0, 1), key });
    const { id, existing } = await through.runs.start({ source: greeting, inputs: { name: 'once' }, tags: ['lost'] });
    expect(existing).toBe(true);
    const tagged = await Array.fromAsync(telos.runs.list({ tag: 'lost' }));
    expect(tagged.map((run) => run.id)).toEqual([id]);
  });

  it('signals and decides, and follows what comes of it', async () => {
    const { id } = await telos.runs.start({ source: asking });
    const types: string[] = [];
    for await (const event of telos.runs.follow(id)) {
      types.push(event.type);
      if (event.type !== 'wait.opened') continue;
      if (event.wait.kind === 'signal') await telos.runs.signal(id, 'go', { ready: true });
      else {
        const [approval] = await Array.fromAsync(telos.approvals.list({ run: id }));
        await telos.approvals.decide(approval?.id ?? '', { decision: 'approve', note: 'fine' });
      }
    }
    expect(types.at(-1)).toBe('run.succeeded');
    const closed = (await telos.runs.events(id)).items.filter(({ type }) => type === 'wait.closed');
    expect(JSON.stringify(closed)).toContain('"by":"anna"');
  });

  it('goes through a list page after page', async () => {
    const started = await Promise.all(
      Array.from({ length: 5 }, () =>
        telos.runs.start({ source: greeting, inputs: { name: 'many' }, tags: ['paged'] }),
      ),
    );
    const listed = await Array.fromAsync(telos.runs.list({ tag: 'paged', limit: 2 }));
    expect(listed.map(({ id }) => id).toSorted()).toEqual(started.map(({ id }) => id).toSorted());
  });

  it('publishes a workflow, shows it, runs it, and takes it out of use', async () => {
    expect(await telos.workflows.check(greeting)).toMatchObject({ valid: true, id: 'greeting' });
    await telos.workflows.publish('greeting', greeting);
    expect((await telos.workflows.list()).items.map(({ id }) => id)).toContain('greeting');
    const run = await telos.runs.start({ workflow: 'greeting', inputs: { name: 'you' } }, { waitSeconds: 30 });
    expect(run).toMatchObject({ outputs: { text: 'Hello, you!' } });
    await telos.workflows.withdraw('greeting');
    await expect(telos.workflows.get('greeting')).rejects.toMatchObject({ code: 'WORKFLOW_NOT_FOUND', status: 404 });
  });

  it('cancels, retries and compares', async () => {
    const { id } = await telos.runs.start({ source: asking });
    await telos.runs.cancel(id, 'no longer wanted');
    expect(await telos.runs.wait(id)).toMatchObject({ status: 'cancelled', reason: 'no longer wanted' });
    const again = await telos.runs.retry(id);
    expect(await telos.runs.get(again.id)).toMatchObject({ fork_of: id });
    expect(await telos.runs.diff(id, again.id)).toMatchObject({ a: { id }, b: { id: again.id } });
    await telos.runs.cancel(again.id);
    await telos.runs.wait(again.id);
  });

  it('says what the server refused, with its code and what to do', async () => {
    const refused = await telos.runs.get('nobody').catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(TelosProblem);
    expect(refused).toMatchObject({
      code: 'RUN_NOT_FOUND',
      status: 404,
      problem: { title: expect.any(String) as unknown },
    });
    const nobody = createClient({ url });
    await expect(nobody.runs.get('x')).rejects.toMatchObject({ code: 'API_KEY_MISSING', status: 401 });
  });

  it('says that no server answers as it says everything else, with what was behind it', async () => {
    const nobody = createClient({ url: 'http://127.0.0.1:1', retries: 0 });
    const failure = await nobody.runs.get('x').catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(TelosProblem);
    expect(failure).toMatchObject({ code: 'SERVER_UNREACHABLE', status: 0, cause: expect.any(TypeError) as unknown });
    expect(String(failure)).toContain('No Telos server answers at http://127.0.0.1:1 (');
    expect(String(failure)).toContain('telos serve');
  });

  it('says that what answers is no Telos server when its answer is a page', async () => {
    const page = createClient({ url, key, fetch: () => Promise.resolve(new Response('<h1>Welcome</h1>')) });
    await expect(page.runs.get('x')).rejects.toMatchObject({ code: 'SERVER_UNREACHABLE' });
  });

  it.each(['127.0.0.1:7420', 'localhost:7420', 'ftp://host', ''])(
    'refuses the address %j when it is made',
    (address) => {
      expect(() => createClient({ url: address })).toThrow('Write it like http://127.0.0.1:7420');
    },
  );

  it('ends at once when it is told to', async () => {
    const { id } = await telos.runs.start({ source: asking });
    const stop = new AbortController();
    const waiting = telos.runs.wait(id, { signal: stop.signal });
    stop.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    await telos.runs.cancel(id);
  });
});
