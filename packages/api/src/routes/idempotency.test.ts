/** One Idempotency-Key, on every route that makes a run. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunReceipt } from '@telos/contract';
import { openSqliteStore } from '@telos/driver-sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hello, problemIn, serveForTest } from '../testing/served-api.ts';
import type { TestServer } from '../testing/served-api.ts';

let folder: string;
let server: TestServer;
beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'telos-keys-'));
  server = await served();
});
afterEach(async () => {
  await server.close();
  rmSync(folder, { recursive: true });
});

async function served(): Promise<TestServer> {
  return serveForTest({ store: await openSqliteStore({ path: join(folder, 'telos.db') }) });
}

/** A run that has failed, to be done again. */
async function failedRun(): Promise<string> {
  const run = await server.start();
  const error = { code: 'TOOL_FAILED', kind: 'terminal', message: 'It failed.' } as const;
  await server.append(
    run,
    { type: 'run.started', at: 1 },
    { type: 'step.started', at: 1, path: 'greet', attempt: 1 },
    { type: 'step.failed', at: 1, path: 'greet', attempt: 1, error },
    { type: 'run.failed', at: 1, error },
  );
  return run;
}

type Asked = readonly [path: string, body: object | undefined];
/** What is asked, and something else that is asked under the same key. */
type Route = () => Promise<readonly [Asked, Asked]>;
const routes: { readonly [operation: string]: Route } = {
  startRun: async () => [
    ['/v1/runs', { source: hello, inputs: { name: 'Ada' } }],
    ['/v1/runs', { source: hello, inputs: { name: 'Eve' } }],
  ],
  startObjective: async () => [
    ['/v1/objectives', { objective: 'Find out who makes it.' }],
    ['/v1/objectives', { objective: 'Find out who made it.' }],
  ],
  retryRun: async () => [
    [`/v1/runs/${await failedRun()}/retry`, undefined],
    [`/v1/runs/${await failedRun()}/retry`, undefined],
  ],
  forkRun: async () => {
    const path = `/v1/runs/${await failedRun()}/fork`;
    return [
      [path, { from: ['greet'] }],
      [path, { from: ['greet'], set: { 'inputs.name': 'Eve' } }],
    ];
  },
};

describe.each(Object.keys(routes))('one Idempotency-Key at %s', (operation) => {
  it('makes one run of thirty requests at once and of one after a restart, and none of another request', async () => {
    const [asked, other] = (await routes[operation]?.()) ?? [];
    if (asked === undefined || other === undefined) throw new Error(operation);
    const send = ([path, body]: Asked) => server.send('POST', path, body, { 'idempotency-key': 'order-17' });
    const before = await server.store.runs.count({});
    const receipts = await Promise.all(
      Array.from({ length: 30 }, async () => RunReceipt.parse(await (await send(asked)).json())),
    );
    const [id] = receipts.map((receipt) => receipt.id);
    expect(new Set(receipts.map((receipt) => receipt.id)).size).toBe(1);
    expect(receipts.filter(({ existing }) => !existing)).toHaveLength(1);
    await problemIn(await send(other), 409, 'IDEMPOTENCY_MISMATCH');
    expect(await server.store.runs.count({})).toBe(before + 1);

    await server.close();
    server = await served();
    const again = RunReceipt.parse(await (await send(asked)).json());
    expect(again).toMatchObject({ id, existing: true });
    await problemIn(await send(other), 409, 'IDEMPOTENCY_MISMATCH');
    await problemIn(
      await server.send('POST', asked[0], asked[1], { 'idempotency-key': 'two words' }),
      400,
      'REQUEST_MALFORMED',
    );
    expect(await server.store.runs.count({})).toBe(before + 1);
  });
});
