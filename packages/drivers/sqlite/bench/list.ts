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
import { firstRunAt, listedRuns, measureLists } from '@telos/testkit/bench/list-workload';
import { openSqliteStore } from '../src/index.ts';

const runs = Number(process.argv[2] ?? 1_000_000);
const folder = mkdtempSync(path.join(tmpdir(), 'telos-bench-'));
const file = process.argv[3] ?? path.join(folder, 'list.db');

/** Written straight into the tables: the store itself would need minutes. */
function generate(): void {
  const database = new DatabaseSync(file);
  database.exec('PRAGMA synchronous = OFF; PRAGMA cache_size = -262144');
  const insertRun = database.prepare(`
    INSERT INTO runs (id, workflow, program, status, created_at, started_at, ended_at, tags, input_tokens, usd, ms, calls)
    VALUES (?, ?, ?, ?, ?, ?, ?, ?, 100, ?, 10, 1)`);
  const insertTag = database.prepare('INSERT INTO run_tags (tag, created_at, run) VALUES (?, ?, ?)');
  const insertEvents = database.prepare('INSERT INTO journal (run, last, events) VALUES (?, ?, ?)');
  const events = JSON.stringify([{ type: 'run.succeeded', at: firstRunAt, outputs: { value: 'x'.repeat(200) } }]);
  database.exec('BEGIN');
  for (const { id, at, workflow, status, tags, usd } of listedRuns(runs)) {
    const values = [id, workflow, 'a'.repeat(64), status, at, at + 1, at + 9, JSON.stringify(tags), usd];
    const number = Number(insertRun.run(...values).lastInsertRowid);
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
await measureLists(store, runs);
await store.close();
rmSync(folder, { recursive: true });
