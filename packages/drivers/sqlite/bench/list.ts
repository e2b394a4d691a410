/**
 * Pages, filters and counts of a store with a million finished runs.
 *
 *   node --conditions=source packages/drivers/sqlite/bench/list.ts [runs] [file to keep]
 *
 * Prints one JSON line per filter with the median and the worst time of a page.
 */
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunFilter } from '@telos/core';
import { runIdOf } from '@telos/core';
import { openSqliteStore } from '../src/index.ts';

const runs = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(path.join(tmpdir(), 'telos-bench-'));
const file = process.argv[3] ?? path.join(folder, 'list.db');
const start = Date.UTC(2026, 0, 1);

/** Repeatable pseudo-random numbers in [0, 1) (xorshift32). */
function random(seed: number): () => number {
  let state = seed;
  return () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) / 2 ** 32;
  };
}

/** Written straight into the tables: the store itself would need minutes. */
function generate(): void {
  const next = random(7);
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -262144');
  const insertRun = database.prepare(`
    INSERT INTO runs (id, workflow, program, status, created_at, started_at, ended_at, tags, input_tokens, usd, ms, calls)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 100, ?, 10, 1)`);
  const insertTag = database.prepare('INSERT INTO run_tags (tag, created_at, run) VALUES (?, ?, ?)');
  const insertEvents = database.prepare('INSERT INTO journal (run, last, events) VALUES (?, ?, ?)');
  const events = JSON.stringify([{ type: 'run.succeeded', at: start, outputs: { value: 'x'.repeat(200) } }]);
  database.exec('BEGIN');
  for (let index = 0; index < runs; index += 1) {
    const at = start + index * 20;
    const id = runIdOf(
      at,
      Uint8Array.from({ length: 10 }, () => Math.floor(next() * 256)),
    );
    const workflow = index % 100_000 === 77 ? 'seldom_used' : `workflow_${Math.floor(next() * 40)}`;
    const status = next() < 0.02 ? 'failed' : 'succeeded';
    const tags = index % 50_000 === 5 ? ['customer_acme'] : next() < 0.5 ? ['prod'] : [];
    const usd = next() < 0.6 ? next() ** 8 * 10 : 0;
    const number = Number(
      insertRun.run(id, workflow, 'a'.repeat(64), status, at, at + 1, at + 9, JSON.stringify(tags), usd)
        .lastInsertRowid,
    );
    for (const tag of tags) insertTag.run(tag, at, number);
    insertEvents.run(number, 12, events);
  }
  database.exec('COMMIT');
  database.close();
}

const fresh = !existsSync(file);
await (await openSqliteStore({ path: file })).close();
if (fresh) generate();

const store = await openSqliteStore({ path: file });
const middle = start + (runs / 2) * 20;
const someId = (await store.runs.list({ until: middle }, 1)).items[0]?.id ?? '';
const filters: readonly RunFilter[] = [
  {},
  { status: ['failed'] },
  { status: ['failed', 'cancelled', 'running'] },
  { status: ['waiting'] },
  { workflow: 'workflow_7' },
  { workflow: 'workflow_7', status: ['failed'] },
  { workflow: 'seldom_used' },
  { tag: 'prod' },
  { tag: 'customer_acme' },
  { tag: 'customer_acme', workflow: 'workflow_7' },
  { tag: 'prod', workflow: 'seldom_used' },
  { tag: 'prod', status: ['waiting'] },
  { since: middle, until: middle + 3_600_000 },
  { minUsd: 1 },
  { minUsd: 9.9 },
  { minUsd: 11 },
  { minUsd: 5, status: ['failed'] },
  { text: 'seldom' },
  { text: 'WORKFLOW_1' },
  { text: 'acme' },
  { text: someId },
  { text: someId.slice(24) },
  { text: someId.slice(0, 6) },
  { text: 'no such thing' },
  { text: 'ffff-ffff' },
];
for (const filter of filters) {
  const times: number[] = [];
  let cursor: string | undefined;
  let items = 0;
  for (let page = 0; page < 12; page += 1) {
    const begun = performance.now();
    const given = await store.runs.list(filter, 50, cursor);
    times.push(performance.now() - begun);
    items += given.items.length;
    cursor = given.next;
  }
  const begun = performance.now();
  const count = await store.runs.count(filter);
  const countMs = performance.now() - begun;
  times.sort((left, right) => left - right);
  const [median = 0, worst = 0] = [times[6], times.at(-1)];
  const ms = (value: number) => Number(value.toFixed(2));
  process.stdout.write(
    `${JSON.stringify({ filter, items, pageMs: ms(median), worstMs: ms(worst), count, countMs: ms(countMs) })}\n`,
  );
}
await store.close();
rmSync(folder, { recursive: true });
