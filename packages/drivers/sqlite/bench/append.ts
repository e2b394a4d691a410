/**
 * What the store adds to a bare SQLite transaction.
 *
 *   node --conditions=source packages/drivers/sqlite/bench/append.ts [full|normal]
 *
 * 100 runs are in flight; each appends `step.succeeded` and `step.started` (about
 * 200 bytes of payload) and goes on when that is durable. The bare loop writes the
 * same text with the same statements in one transaction per round and nothing else.
 * Prints one JSON line per measurement; times are for comparing within one run only.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  inFlight,
  measureAppends,
  measureOneRun,
  measureWholeRuns,
  reportRate,
  runs,
  stepEvents,
  steps,
} from '@telos/testkit/bench/append-workloads';
import { openSqliteStore } from '../src/index.ts';

const durability = process.argv[2] === 'normal' ? 'normal' : 'full';
const folder = mkdtempSync(path.join(tmpdir(), 'telos-bench-'));

/** The same rows through node:sqlite alone. */
function bare(): number {
  const database = new DatabaseSync(path.join(folder, 'bare.db'));
  database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = ${durability};
    CREATE TABLE journal (number INTEGER PRIMARY KEY, run INTEGER NOT NULL, last INTEGER NOT NULL, events TEXT NOT NULL) STRICT;
    CREATE UNIQUE INDEX journal_by_run ON journal (run, last);`);
  const insert = database.prepare('INSERT INTO journal (run, last, events) VALUES (?, ?, ?)');
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const started = performance.now();
  for (let group = 0; group < runs; group += inFlight) {
    for (let step = 0; step < steps; step += 1) {
      begin.run();
      for (let run = group; run < group + inFlight; run += 1) {
        insert.run(run, step * 2 + 2, JSON.stringify(stepEvents(run, step)));
      }
      commit.run();
    }
  }
  const rate = reportRate('bare transactions', runs * steps, performance.now() - started, { durability });
  database.close();
  return rate;
}

const ratios: number[] = [];
for (let round = 0; round < 3; round += 1) {
  const store = await openSqliteStore({ path: path.join(folder, `store-${round}.db`), durability });
  const rate = await measureAppends(store, { durability });
  rmSync(path.join(folder, 'bare.db'), { force: true });
  ratios.push(rate / bare());
  await measureWholeRuns(store, { durability });
  await measureOneRun(store, { durability });
  await store.close();
}
ratios.sort((left, right) => left - right);
process.stdout.write(
  `${JSON.stringify({ name: 'store to bare, median of 3', ratio: Number(ratios[1]?.toFixed(2)) })}\n`,
);
rmSync(folder, { recursive: true });
