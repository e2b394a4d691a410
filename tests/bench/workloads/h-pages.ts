/**
 * H: pages of `telos serve` with 1,000,000 finished runs stored: lists, filters, one run opened.
 * `h-pages.ts <count>` for fewer; the p95 of each is in ms.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { newRunId } from '@telos/api/runs';
import type { RunEvent, RunId, Store } from '@telos/core';
import { openSqliteStore } from '@telos/driver-sqlite';
import { compile } from '@telos/language';
import { z } from 'zod';
import { telosFolder } from '../../e2e/telos-process.ts';
import { openStoreOf, schemaOfBench } from '../bench-store.ts';
import { expectEqual, outputOf, percentile, report, round } from '../report.ts';
import { clientOf, peakMiBOf } from '../served-telos.ts';
import type { Client } from '../served-telos.ts';

const count = Number(process.argv[2] ?? 1_000_000);
/** Stored at a time. */
const together = 1000;
const asked = 100;
const month = 30 * 24 * 3_600_000;

/** Searches as people make them; what fits the last three are some of many, one of many, and none. */
const searches = {
  where_ms: (number: number) =>
    `status != "succeeded" && created_at > now() - duration("${24 * (1 + (number % 20))}h")`,
  where_workflow_ms: (number: number) => `workflow == "workflow_${number % 20}" && status == "failed" && cost > 0.001`,
  where_tag_ms: (number: number) => `"customer_${number % 50}" in tags && cost >= 0.004`,
  where_tag_and_status_ms: () => '"customer_13" in tags && status == "failed"',
  where_few_fit_ms: () => '"audit" in tags && status == "succeeded" && cost > 0',
  where_none_fits_ms: () => '"customer_7" in tags && status == "failed"',
} as const;

const RunPage = z.object({ items: z.array(z.object({ id: z.string() })), next: z.string().optional() });

/** Runs of a month: twenty workflows, a tenth failed, a third with a price, tags that many and few have, a small namespace. */
async function fill(store: Store, begun: number): Promise<void> {
  const programs = await Promise.all(Array.from({ length: 20 }, (_, number) => keepProgram(store, number)));
  for (let first = 0; first < count; first += together)
    await Promise.all(
      Array.from({ length: Math.min(together, count - first) }, (_, offset) => {
        const number = first + offset;
        return keepRun(store, number, begun + Math.floor((number / count) * month), programs);
      }),
    );
}

type Kept = { readonly id: string; readonly hash: string };

async function keepProgram(store: Store, number: number): Promise<Kept> {
  const id = `workflow_${number}`;
  const source = `telos: 1\nid: ${id}\nsteps:\n  - { id: only, wait: { for: 1s } }\n`;
  const result = compile(source, { catalog: { tools: new Map(), checks: new Map() } });
  if (!result.ok) throw new Error(JSON.stringify(result.faults));
  const { hash, program } = result.compiled;
  await store.programs.put({ hash, id, program, source, storedAt: Date.now() });
  return { id, hash };
}

async function keepRun(store: Store, number: number, at: number, programs: readonly Kept[]): Promise<void> {
  const id = newRunId(at);
  const { id: workflow, hash: program } = programs[number % programs.length] ?? { id: '', hash: '' };
  const tags = [`customer_${number % 50}`, ...(number % 10_000 === 7 ? ['audit'] : [])];
  await store.journal.create({
    id,
    created: {
      type: 'run.created',
      at,
      workflow,
      program,
      inputs: { value: { number } },
      tags,
      ...(number % 1000 === 11 ? { namespace: 'tenant' } : {}),
    },
  });
  const lease = await store.leases.acquire(id, 'bench', 60_000);
  if ('heldBy' in lease) throw new Error(`${id} is held by ${lease.heldBy}`);
  await store.journal.append(lease, 1, eventsOf(number, at));
}

function eventsOf(number: number, at: number): readonly RunEvent[] {
  const usage = { input_tokens: 900, output_tokens: 200, usd: number % 3 === 0 ? 0.004 : 0, ms: 700, calls: 1 };
  const of = { path: 'only', attempt: 1 };
  const begun: RunEvent[] = [
    { type: 'run.started', at: at + 2 },
    { type: 'step.started', at: at + 2, ...of, input: { value: { number } } },
  ];
  if (number % 10 === 3) {
    const error = { code: 'TOOL_FAILED', kind: 'terminal', message: 'The model answered 500.' } as const;
    return [
      ...begun,
      { type: 'step.failed', at: at + 700, ...of, error, usage },
      { type: 'run.failed', at: at + 701, error },
    ];
  }
  const output = { value: outputOf(`run ${number}`, 1) };
  return [
    ...begun,
    { type: 'step.succeeded', at: at + 700, ...of, output, usage },
    { type: 'run.succeeded', at: at + 701, outputs: { value: { answer: number } } },
  ];
}

/** The p95 of so many requests for the pages that `path` names, one after the other. */
async function p95(client: Client, path: (number: number) => string): Promise<number> {
  const took: number[] = [];
  await client.ask('GET', path(0), 200);
  for (let number = 0; number < asked; number++) {
    const from = performance.now();
    await client.ask('GET', path(number), 200);
    took.push(performance.now() - from);
  }
  return round(percentile(took, 0.95));
}

/** Ids of runs from all over the store, by walking down pages of whole days. */
async function someRuns(client: Client, begun: number): Promise<readonly RunId[]> {
  const found: RunId[] = [];
  for (let day = 1; day <= 30; day++) {
    const until = new Date(begun + (day * month) / 30).toISOString();
    const page = RunPage.parse(await client.ask('GET', `/v1/runs?limit=10&until=${until}`, 200));
    found.push(...page.items.map(({ id }) => id));
  }
  return found;
}

/** Cursors of the pages of a list, as deep as there are requests. */
async function cursors(client: Client, list: string): Promise<readonly string[]> {
  const found: string[] = [];
  let at = '';
  while (found.length < asked) {
    const { next } = RunPage.parse(await client.ask('GET', `${list}${at}`, 200));
    if (next === undefined) break;
    at = `&cursor=${encodeURIComponent(next)}`;
    found.push(at);
  }
  return found;
}

const folder = telosFolder();
try {
  const begun = Date.now() - month;
  const database = schemaOfBench(`h_${process.pid}`);
  const home = join(folder.path, '.telos');
  mkdirSync(home);
  const store = await (database === undefined
    ? openSqliteStore({ path: join(home, 'telos.db'), durability: 'normal' })
    : openStoreOf(database));
  const from = performance.now();
  await fill(store, begun);
  const storedPerS = round((count / (performance.now() - from)) * 1000);
  await store.close();

  const served = await folder.serve(database === undefined ? {} : { TELOS_DATABASE_URL: database });
  const client = clientOf(served.url, 1);
  const ids = await someRuns(client, begun);
  const deep = await cursors(client, '/v1/runs?limit=50');
  const failedDeep = await cursors(client, '/v1/runs?limit=50&status=failed');
  expectEqual(Math.min(deep.length, count / 50 - 1), Math.min(asked, count / 50 - 1), 'pages');
  const pick = <T>(values: readonly T[], number: number): T => values[number % values.length] as T;
  const day = (number: number): string => new Date(begun + ((number % 30) * month) / 30).toISOString();
  const found: Record<string, number> = {};
  for (const [name, search] of Object.entries(searches))
    found[name] = await p95(client, (number) => `/v1/runs?where=${encodeURIComponent(search(number))}`);
  report('H', {
    runs: count,
    stored_per_s: storedPerS,
    first_page_ms: await p95(client, () => '/v1/runs'),
    farther_page_ms: await p95(client, (number) => `/v1/runs?limit=50${pick(deep, number)}`),
    day_ms: await p95(client, (number) => `/v1/runs?since=${day(number)}&until=${day(number + 1)}`),
    status_ms: await p95(client, (number) => `/v1/runs?limit=50&status=failed${pick(failedDeep, number)}`),
    workflow_ms: await p95(client, (number) => `/v1/runs?workflow=workflow_${number % 20}`),
    workflow_and_status_ms: await p95(client, (number) => `/v1/runs?workflow=workflow_${number % 20}&status=failed`),
    common_tag_ms: await p95(client, (number) => `/v1/runs?tag=customer_${number % 50}`),
    rare_tag_ms: await p95(client, () => '/v1/runs?tag=audit'),
    namespace_ms: await p95(client, () => '/v1/runs?namespace=tenant'),
    no_such_namespace_ms: await p95(client, () => '/v1/runs?namespace=nobody'),
    no_such_tag_ms: await p95(client, () => '/v1/runs?tag=nobody'),
    cost_ms: await p95(client, () => '/v1/runs?min_cost=0.001'),
    never_so_dear_ms: await p95(client, () => '/v1/runs?min_cost=1'),
    text_ms: await p95(client, (number) => `/v1/runs?q=customer_${number % 50}`),
    ...found,
    counts_ms: await p95(client, () => '/v1/runs/counts'),
    counts_of_workflow_ms: await p95(client, (number) => `/v1/runs/counts?workflow=workflow_${number % 20}`),
    counts_of_tag_ms: await p95(client, (number) => `/v1/runs/counts?tag=customer_${number % 50}`),
    counts_where_ms: await p95(
      client,
      (number) => `/v1/runs/counts?where=${encodeURIComponent(searches.where_tag_ms(number))}`,
    ),
    open_ms: await p95(client, (number) => `/v1/runs/${pick(ids, number * 3)}`),
    trace_ms: await p95(client, (number) => `/v1/runs/${pick(ids, number * 3)}/trace`),
    server_peak_mib: peakMiBOf(served.process),
  });
  client.close();
} finally {
  folder.remove();
}
