/**
 * The studio as a browser meets it: built, and served by the real API beside a
 * real store and a real worker. Tools and checks are the test's own, so that it
 * decides when a step goes on and how it ends.
 */
import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { parseApiKeys, serveApi } from '@telos/api';
import type { AnyCheck, AnyTool, RunEvent, RunId, Store } from '@telos/core';
import { createLocalLive, createLocalQueue, systemClock } from '@telos/driver-local';
import { openSqliteStore } from '@telos/driver-sqlite';
import { startWorker } from '@telos/executor';
import { link, loadProgram } from '@telos/language';
import { noModels } from '@telos/testkit/models';
import { tools as toolList, checks as checkList, latch } from './scripted-tools.ts';
import type { Latch } from './scripted-tools.ts';
import { scriptedTest } from './scripted-test.ts';

const repository = join(import.meta.dirname, '../../..');

export type ServedStudio = {
  readonly url: string;
  readonly store: Store;
  /** Where the built studio stands. */
  readonly folder: string;
  /** What the tool `hold` waits for. */
  readonly held: Latch;
  publish(id: string, source: string): Promise<void>;
  start(workflow: string, inputs?: unknown, tags?: readonly string[]): Promise<RunId>;
  /** Resolves when the run has ended. */
  ended(run: RunId): Promise<void>;
  /** Appends events to a run that no worker has, as its owner would. */
  append(run: RunId, events: readonly RunEvent[]): Promise<void>;
  close(): Promise<void>;
};

/** Builds the studio into a folder of its own, as `pnpm --filter @telos/studio build` does. */
export async function buildStudio(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'telos-studio-'));
  const studio = join(repository, 'packages/studio');
  const vite = join(studio, 'node_modules/vite/bin/vite.js');
  await promisify(execFile)(process.execPath, [vite, 'build', '--outDir', folder, '--emptyOutDir'], {
    cwd: studio,
    // Under that of a test, libraries come with what helps who writes with them.
    env: { ...process.env, NODE_ENV: 'production' },
  });
  return folder;
}

export type StudioOptions = {
  /** When given, the API asks for it. */
  readonly key?: string;
  /** Besides `key`: one that may only look. */
  readonly viewerKey?: string;
  /** How long searches and models take, in milliseconds; default 0. */
  readonly paceMs?: number;
};

export async function serveStudio(folder: string, options: StudioOptions = {}): Promise<ServedStudio> {
  const store = await openSqliteStore({ path: ':memory:' });
  const live = createLocalLive();
  const queue = createLocalQueue();
  const held = latch();
  const tools = new Map<string, AnyTool>(toolList(held, options.paceMs ?? 0).map((tool) => [tool.name, tool]));
  const checks = new Map<string, AnyCheck>(checkList.map((check) => [check.name, check]));
  const worker = startWorker(
    {
      store,
      queue,
      clock: systemClock,
      live,
      tools,
      checks,
      language: { link: (program) => link(program), loadProgram },
      secret: () => undefined,
      random: () => 0.5,
      report: () => undefined,
    },
    // What a test seeds without a queue has no owner, and is to stay as it is.
    { owner: 'studio-test', recover: false },
  );
  const served = await serveApi(
    {
      store,
      live,
      queue,
      clock: systemClock,
      catalog: { tools, checks },
      models: noModels,
      version: '0.0.0-test',
      studioFolder: folder,
      testOf: scriptedTest,
      ...(options.key === undefined
        ? {}
        : {
            keys: parseApiKeys(
              [options.key, ...(options.viewerKey === undefined ? [] : [`vera:viewer=${options.viewerKey}`])].join(),
            ),
          }),
    },
    { host: '127.0.0.1', port: 0 },
  );

  const send = async (method: string, path: string, body: unknown): Promise<unknown> => {
    const answer = await fetch(served.url + path, {
      method,
      headers: {
        'content-type': 'application/json',
        ...(options.key === undefined ? {} : { authorization: `Bearer ${options.key}` }),
      },
      body: JSON.stringify(body),
    });
    const text = await answer.text();
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`);
    return JSON.parse(text);
  };

  return {
    url: served.url,
    store,
    folder,
    held,
    async publish(id, source) {
      await send('PUT', `/v1/workflows/${id}`, { source });
    },
    async start(workflow, inputs = {}, tags = []) {
      const receipt = await send('POST', '/v1/runs', { workflow, inputs, tags });
      return (receipt as { readonly id: RunId }).id; // every receipt has one
    },
    async ended(run) {
      for await (const { event } of store.journal.follow(run, 0, new AbortController().signal)) {
        if (['run.succeeded', 'run.failed', 'run.cancelled'].includes(event.type)) return;
      }
    },
    async append(run, events) {
      const lease = await store.leases.acquire(run, 'seed', 600_000);
      if ('heldBy' in lease) throw new Error(`The run is held by ${lease.heldBy}.`);
      const summary = await store.runs.get(run);
      await store.journal.append(lease, summary?.seq ?? 0, events);
      await store.leases.release(lease);
    },
    async close() {
      held.open();
      await served.close();
      await worker.stop();
      await queue.close();
      await store.close();
    },
  };
}

export async function removeStudio(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
