/** The API on a real socket with a real store, for tests. */
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { Problem } from '@telos/contract';
import { TelosError } from '@telos/core';
import type { AnyCheck, AnyTool, Clock, Job, Lease, Live, Models, RunEvent, RunId, Store } from '@telos/core';
import type { Catalog } from '@telos/language';
import { noModels } from '@telos/testkit/models';
import { expect } from 'vitest';
import { z } from 'zod';
import type { ApiDeps } from '../api-deps.ts';
import { serveApi } from '../serve-api.ts';

const echo: AnyTool = {
  name: 'transform',
  description: 'Gives its value.',
  input: z.object({ value: z.unknown() }),
  output: z.json(),
  effect: 'read',
  returns: [],
  idempotent: true,
  run: async (input) => input.value,
};

const llm: AnyTool = {
  ...echo,
  name: 'llm',
  description: 'Asks a model.',
  input: z.object({ prompt: z.string(), model: z.string().optional() }),
  returns: ['untrusted'],
};

const short: AnyCheck = {
  name: 'length',
  description: 'Compares the length of the text with bounds.',
  params: z.object({ max: z.int() }),
  needs: 'local',
  score: async () => ({ score: 1, verdict: 'pass', reason: 'short enough' }),
};

export const testCatalog: Catalog = {
  tools: new Map([echo, llm].map((tool) => [tool.name, tool])),
  checks: new Map([[short.name, short]]),
};

/** One model that can be called and one whose key is missing. */
export const testModels: Models = {
  ...noModels,
  problem: async (model) =>
    typeof model === 'string' && model.startsWith('openai/')
      ? new TelosError('REQUIREMENT_MISSING', `${model} needs OPENAI_API_KEY.`, { next: 'Set OPENAI_API_KEY.' })
      : undefined,
  list: async () => [
    { ref: 'offline/extractive', provider: 'offline', kind: 'chat', available: true, note: 'quotes sentences' },
    {
      ref: 'openai/gpt-5.2',
      provider: 'openai',
      kind: 'chat',
      available: false,
      note: 'no key',
      price: { input: 1, output: 2 },
    },
  ],
};

export const hello = `telos: 1
id: hello
description: Greets.
inputs:
  name: string
  times: { type: integer, default: 1 }
steps:
  - id: greet
    uses: transform
    with: { value: "Hello, \${{ inputs.name }}!" }
outputs:
  greeting: \${{ steps.greet.output }}
`;

export type TestServer = {
  readonly url: string;
  readonly store: Store;
  readonly live: Live;
  /** Jobs offered so far. */
  readonly offered: readonly Job[];
  /** What was reported: empty unless the server failed. */
  readonly reported: readonly unknown[];
  get(path: string, headers?: Record<string, string>): Promise<Response>;
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Response>;
  /** Starts `hello` and gives its id. */
  start(inputs?: Record<string, unknown>, headers?: Record<string, string>): Promise<RunId>;
  /** Appends events to a run as its owner would. */
  append(run: RunId, ...events: readonly RunEvent[]): Promise<void>;
  close(): Promise<void>;
};

export async function serveForTest(options: Partial<ApiDeps> & { readonly clock?: Clock } = {}): Promise<TestServer> {
  const store = options.store ?? (await openSqliteStore({ path: ':memory:' }));
  const live = createLocalLive();
  const local = createLocalQueue();
  const offered: Job[] = [];
  const reported: unknown[] = [];
  const served = await serveApi(
    {
      store,
      live,
      queue: {
        ...local,
        offer: async (jobs) => {
          offered.push(...jobs);
          await local.offer(jobs);
        },
      },
      clock: systemClock,
      catalog: testCatalog,
      models: testModels,
      version: '0.0.0-test',
      report: (error) => reported.push(error),
      ...options,
    },
    { host: '127.0.0.1', port: 0 },
  );

  const get = (path: string, headers: Record<string, string> = {}) => fetch(served.url + path, { headers });
  const send = (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) =>
    fetch(served.url + path, {
      method,
      headers: { ...(body === undefined ? {} : { 'content-type': 'application/json' }), ...headers },
      ...(body === undefined ? {} : { body: typeof body === 'string' ? body : JSON.stringify(body) }),
    });
  const leases = new Map<RunId, Lease>();

  return {
    url: served.url,
    store,
    live,
    offered,
    reported,
    get,
    send,
    async start(inputs = { name: 'Ada' }, headers = {}) {
      const answer = await send('POST', '/v1/runs', { source: hello, inputs }, headers);
      const body = z.object({ id: z.string() }).parse(await answer.json());
      return body.id;
    },
    async append(run, ...events) {
      let lease = leases.get(run);
      if (lease === undefined) {
        const taken = await store.leases.acquire(run, 'test-owner', 60_000);
        if ('heldBy' in taken) throw new Error(`the lease is held by ${taken.heldBy}`);
        lease = taken;
        leases.set(run, lease);
      }
      const summary = await store.runs.get(run);
      await store.journal.append(lease, summary?.seq ?? 0, events);
    },
    async close() {
      await served.close();
      await local.close();
      await store.close();
    },
  };
}

/** Reads a problem and checks that it is one. */
export async function problemIn(answer: Response, status: number, code: string): Promise<Problem> {
  const text = await answer.text();
  expect({ status: answer.status, type: answer.headers.get('content-type'), text }).toMatchObject({
    status,
    type: expect.stringContaining('application/problem+json'),
  });
  const problem = Problem.parse(JSON.parse(text));
  expect(problem).toMatchObject({ status, code });
  return problem;
}
