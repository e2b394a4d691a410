/** Every operation that the server offers, by the client, against `telos serve` as a user has it. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import {
  ApiKeyList,
  ApprovalPage,
  AuditEntryView,
  BulkDecisionResult,
  CheckList,
  ExperimentDetail,
  ExperimentList,
  ModelList,
  NewApiKey,
  RunCounts,
  RunPage,
  RunReceipt,
  RunTest,
  RunWorkflow,
  ToolList,
  WorkflowSchema,
} from '@telos/contract';
import { createClient } from '@telos/client';
import type { TelosClient } from '@telos/client';
import { askEverything } from '@telos/testkit';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { telosFolder } from '../e2e/telos-process.ts';
import { readPrometheusText } from './prometheus-text.ts';

const key = 'root-has-this-key-alone';
const folder = telosFolder();
const asked: string[] = [];
let url = '';
let telos: TelosClient;

/** Where ends of runs are posted: the ids that they came under. */
const posted: string[] = [];
const there = createServer((request, answer) => {
  posted.push(String(request.headers['webhook-id']));
  answer.end();
});
let host = '';

beforeAll(async () => {
  there.listen(0, '127.0.0.1');
  await once(there, 'listening');
  host = `127.0.0.1:${(there.address() as AddressInfo).port}`; // it listens on TCP, so the address has a port
  ({ url } = await folder.serve({ TELOS_API_KEYS: `root=${key}`, TELOS_ALLOWED_HOSTS: host }));
  const noted: typeof fetch = (input, init) => {
    asked.push(`${init?.method ?? 'GET'} ${new URL(String(input)).pathname}`);
    return fetch(input, init);
  };
  telos = createClient({ url, key, fetch: noted });
}, 60_000);
afterAll(() => {
  folder.remove();
  there.close();
});

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
  - { id: leave, approve: { show: "May it go on?" } }
`;

describe('the client', () => {
  it('searches, counts and pages through runs by a condition', async () => {
    await telos.runs.start({ source: greeting, inputs: { name: 'Ada' }, tags: ['searched'] }, { waitSeconds: 30 });
    const where = '"searched" in tags && (status == "succeeded" || score < 0.5)';
    const page = RunPage.parse(await telos.runs.page({ where }));
    expect(page.items).toMatchObject([{ workflow: 'greeting', status: 'succeeded' }]);
    const { items } = RunCounts.parse(await telos.runs.counts({ where }));
    expect(items.find(({ status }) => status === 'succeeded')).toMatchObject({ count: 1, more: false });
  });

  it('has what a run carries out, the run as a test and as a page to be sent', async () => {
    const { id } = await telos.runs.start({ source: greeting, inputs: { name: 'Ada' } }, { waitSeconds: 30 });
    expect(RunWorkflow.parse(await telos.runs.workflow(id)).source).toBe(greeting);
    const made = RunTest.parse(await telos.runs.test(id, { case: 'ada' }));
    expect(made).toMatchObject({ case: 'ada', test: { text: expect.stringContaining('name: Ada') as unknown } });
    expect(await telos.runs.share(id)).toContain('<!doctype html>');
  });

  it('pauses a run, lets it go on, and does it again from a step on with an edit', async () => {
    const { id } = await telos.runs.start({ source: asking });
    await telos.runs.pause(id, 'wait');
    for await (const { type } of telos.runs.follow(id)) if (type === 'run.paused') break;
    await telos.runs.resume(id);
    for await (const { type } of telos.runs.follow(id)) if (type === 'run.resumed') break;
    await telos.runs.cancel(id);
    await telos.runs.wait(id);
    const first = await telos.runs.start({ source: greeting, inputs: { name: 'Ada' } }, { waitSeconds: 30 });
    const fork = RunReceipt.parse(await telos.runs.fork(first.id, { from: ['greet'], set: { 'inputs.name': 'Eve' } }));
    expect(await telos.runs.wait(fork.id)).toMatchObject({ outputs: { text: 'Hello, Eve!' }, fork_of: first.id });
  });

  it('decides about one that waits, and about all of them', async () => {
    const waiting = await Promise.all([1, 2, 3].map(() => telos.runs.start({ source: asking })));
    for (const { id } of waiting) for await (const { type } of telos.runs.follow(id)) if (type === 'wait.opened') break;
    const { items } = ApprovalPage.parse(await telos.approvals.page({ workflow: 'asking' }));
    const first = items.find(({ run }) => run === waiting[0]?.id);
    expect(await telos.approvals.get(first?.id ?? '')).toMatchObject({ run: waiting[0]?.id });
    await telos.approvals.decide(first?.id ?? '', { decision: 'reject', note: 'no' });
    await telos.runs.wait(waiting[0]?.id ?? '');
    const filter = { kind: 'approval' as const, workflow: 'asking' };
    expect(BulkDecisionResult.parse(await telos.approvals.decideAll({ filter, decision: 'approve' }))).toEqual({
      decided: 2,
      refused: [],
      more: false,
    });
    for (const { id } of waiting.slice(1)) expect(await telos.runs.wait(id)).toMatchObject({ status: 'succeeded' });
  });

  it('has the end of a run posted, and posted again', async () => {
    const callback = { url: `http://${host}/ended` };
    const run = { source: greeting, inputs: { name: 'Ada' }, callback };
    const { id } = await telos.runs.start(run, { waitSeconds: 30 });
    await expect.poll(async () => (await telos.runs.get(id)).callback?.status).toBe('delivered');
    await telos.runs.callAgain(id);
    await expect.poll(() => posted.length).toBe(2);
    expect(new Set(posted).size).toBe(1);
  });

  it('carries out an experiment, and has what came of it', async () => {
    const read = (path: string) => readFileSync(join(folder.path, 'workflows', path), 'utf8');
    const source = read('evals/ask_folder.yaml');
    const named = [...source.matchAll(/(?:\.\.\/)?[\w./-]+\.(?:yaml|jsonl|csv)/g)].map(([path]) => path);
    const files = Object.fromEntries(named.map((path) => [path, read(join('evals', path))]));
    const { id } = await telos.experiments.start({ source, files, limit: 1 });
    await expect
      .poll(async () => (await telos.experiments.get(id)).status, { timeout: 30_000, interval: 200 })
      .toBe('complete');
    ExperimentDetail.parse(await telos.experiments.get(id));
    expect(ExperimentList.parse(await telos.experiments.list()).items.map((one) => one.id)).toContain(id);
    await telos.experiments.stop(id);
  }, 60_000);

  it('gives out a key that opens the server, and takes it back', async () => {
    const made = NewApiKey.parse(await telos.keys.add({ name: 'ci', roles: ['viewer'] }));
    await createClient({ url, key: made.key, retries: 0 }).runs.page();
    await telos.keys.revoke(made.id);
    const { items } = ApiKeyList.parse(await telos.keys.list());
    expect(items.find(({ id }) => id === made.id)?.revoked_at).toBeDefined();
    const noted = await Array.fromAsync(telos.audit({ subject: made.id }));
    expect(noted.map((entry) => AuditEntryView.parse(entry).action)).toEqual(['revokeKey', 'addKey']);
  });

  it('tells what may be named, and reads a value by its hash', async () => {
    expect(ToolList.parse(await telos.tools()).items.map(({ name }) => name)).toContain('transform');
    ModelList.parse(await telos.models());
    expect(CheckList.parse(await telos.checks()).items.length).toBeGreaterThan(10);
    WorkflowSchema.parse(await telos.workflowSchema());
    const name = 'x'.repeat(1_100_000);
    const { id } = await telos.runs.start({ source: greeting, inputs: { name } }, { waitSeconds: 30 });
    const { output } = await telos.runs.step(id, 'greet');
    const { blob } = z.object({ blob: z.string() }).parse(output);
    expect((await (await telos.artifact(blob)).text()).length).toBeGreaterThan(1_100_000);
  });

  it('states an objective', async () => {
    const { id } = await telos.runs.startObjective({ objective: 'Say hello to Ada.' });
    await telos.runs.cancel(id).catch(() => undefined);
    expect((await telos.runs.wait(id)).id).toBe(id);
  });

  it('is answered as the document says, with whatever else is asked of what a server carries out itself', async () => {
    const { id } = await telos.runs.start({ source: greeting, inputs: { name: 'Ada' } }, { waitSeconds: 30 });
    const [experiment] = (await telos.experiments.list()).items;
    const { id: given } = await telos.keys.add({ name: 'spare' });
    const operations =
      /Experiment|RunTest|listRuns|countRuns|Key|listModels|listChecks|listTools|shareRun|callAgain|takeSpans/;
    const statuses = await askEverything({
      url,
      headers: { authorization: `Bearer ${key}` },
      known: [id, experiment?.id ?? '', given, greeting],
      examples: {
        addKey: { name: 'ci', roles: ['viewer'] },
        startExperiment: { source: readFileSync(join(folder.path, 'workflows/evals/ask_folder.yaml'), 'utf8') },
      },
      texts: { where: ['score == null', 'cost < 1 || "a" in tags', 'status == "failed"'], case: ['one'] },
      requests: 25,
      isAsked: (operation) => operations.test(operation),
    });
    for (const operation of ['getExperiment', 'getRunTest', 'listRuns', 'countRuns', 'addKey', 'revokeKey', 'shareRun'])
      expect(
        [...(statuses.get(operation) ?? [])].some((status) => status < 300),
        operation,
      ).toBe(true);
  }, 60_000);

  it('leaves numbers behind that Prometheus reads, in a bounded number of series', async () => {
    const answer = await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${key}` } });
    const families = readPrometheusText(await answer.text());
    expect([...families.keys()]).toEqual(
      expect.arrayContaining(['telos_runs', 'telos_runs_started_total', 'telos_http_request_duration_seconds']),
    );
    for (const { name, type, help, samples } of families.values()) {
      expect(help, name).not.toBe('');
      expect(type === 'counter', name).toBe(name.endsWith('_total'));
      expect(samples.length, name).toBeLessThan(6_000);
      if (type !== 'histogram') continue;
      const bySeries = Map.groupBy(samples, ({ labels: { le: _, ...labels } }) => JSON.stringify(labels));
      for (const [series, of] of bySeries) {
        const buckets = of.filter((sample) => sample.name === `${name}_bucket`);
        const counts = buckets.map(({ value }) => value);
        expect(counts, series).toEqual(counts.toSorted((left, right) => left - right));
        expect(buckets.at(-1)?.labels['le']).toBe('+Inf');
        expect(of.find((sample) => sample.name === `${name}_count`)?.value).toBe(counts.at(-1));
        expect(of.some((sample) => sample.name === `${name}_sum`)).toBe(true);
      }
    }
    // What is sent makes no series: addresses are told by their routes.
    const routes = families.get('telos_http_request_duration_seconds')?.samples.map(({ labels }) => labels['route']);
    expect(new Set(routes).size).toBeLessThan(60);
  });

  it('leaves out no operation of the OpenAPI document but what probes, exporters and browsers ask for', async () => {
    await telos.workflows.check(greeting);
    await telos.workflows.publish('greeting', greeting);
    await telos.workflows.list();
    await telos.workflows.get('greeting');
    await telos.workflows.withdraw('greeting');
    const [done] = await Array.fromAsync(telos.runs.list({ workflow: 'greeting', limit: 1 }));
    const id = done?.id ?? '';
    await telos.runs.trace(id);
    await telos.runs.events(id);
    await telos.runs.diff(id, id);
    await telos.runs.retry(id).catch(() => undefined);
    await telos.runs.signal(id, 'go').catch(() => undefined);
    const Paths = z.object({ paths: z.record(z.string(), z.record(z.string(), z.unknown())) });
    const { paths } = Paths.parse(await (await fetch(`${url}/openapi.json`)).json());
    const missing = Object.entries(paths).flatMap(([path, methods]) => {
      const shape = new RegExp(`^${path.replaceAll(/\{\w+\}/g, '[^/]+')}$`);
      return Object.keys(methods)
        .map((method) => method.toUpperCase())
        .filter(
          (method) => !asked.some((one) => one.startsWith(`${method} `) && shape.test(one.slice(method.length + 1))),
        )
        .map((method) => `${method} ${path}`);
    });
    expect(missing.toSorted()).toEqual(['GET /healthz', 'GET /metrics', 'GET /readyz', 'POST /v1/traces']);
  });
});
