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
import type { Lease, RunEvent, Store } from '@telos/core';
import { openSqliteStore } from '../src/index.ts';

const inFlight = 100;
const runs = 3000;
const steps = 10;
const durability = process.argv[2] === 'normal' ? 'normal' : 'full';
const folder = mkdtempSync(path.join(tmpdir(), 'telos-bench-'));
const pad = 'x'.repeat(150);

function batchOf(run: number, step: number): readonly RunEvent[] {
  const at = Date.now();
  return [
    { type: 'step.succeeded', at, path: `s${step}`, attempt: 1, output: { value: { run, step, v: 1, pad } } },
    { type: 'step.started', at, path: `s${step + 1}`, attempt: 1 },
  ];
}

function report(name: string, operations: number, ms: number, more: object = {}): number {
  const rate = Math.round((operations / ms) * 1000);
  process.stdout.write(
    `${JSON.stringify({ name, durability, operations, ms: Math.round(ms), perSecond: rate, ...more })}\n`,
  );
  return rate;
}

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
        insert.run(run, step * 2 + 2, JSON.stringify(batchOf(run, step)));
      }
      commit.run();
    }
  }
  const rate = report('bare transactions', runs * steps, performance.now() - started);
  database.close();
  return rate;
}

async function newRun(store: Store, name: string): Promise<Lease> {
  const id = `${name.padStart(8, '0')}-0000-7000-8000-000000000000`;
  await store.journal.create({
    id,
    created: { type: 'run.created', at: Date.now(), workflow: 'bench', program: 'p', inputs: { value: null } },
  });
  const lease = await store.leases.acquire(id, 'bench', 60_000);
  if ('heldBy' in lease) throw new Error(`${id} is held`);
  return lease;
}

async function appends(store: Store): Promise<number> {
  const leases: Lease[] = [];
  for (let at = 0; at < runs; at += inFlight) {
    const names = Array.from({ length: inFlight }, (_, index) => `${at + index}`);
    leases.push(...(await Promise.all(names.map((name) => newRun(store, name)))));
  }
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < runs; index = next++) {
      const lease = leases[index];
      if (lease === undefined) return;
      let last = 1;
      for (let step = 0; step < steps; step += 1) last = await store.journal.append(lease, last, batchOf(index, step));
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  return report('appends, 100 runs in flight', runs * steps, performance.now() - started);
}

/** As an engine lives: create, acquire, start, ten steps, end, release. */
async function wholeRuns(store: Store): Promise<void> {
  let next = 0;
  const lane = async () => {
    for (let index = next++; index < runs; index = next++) {
      const lease = await newRun(store, `w${index}`);
      let last = await store.journal.append(lease, 1, [{ type: 'run.started', at: Date.now() }]);
      for (let step = 0; step < steps; step += 1) last = await store.journal.append(lease, last, batchOf(index, step));
      await store.journal.append(lease, last, [{ type: 'run.succeeded', at: Date.now(), outputs: { value: null } }]);
      void store.leases.release(lease);
    }
  };
  const started = performance.now();
  await Promise.all(Array.from({ length: inFlight }, lane));
  report('steps of whole runs, 100 in flight', runs * steps, performance.now() - started);
}

async function alone(store: Store): Promise<void> {
  const lease = await newRun(store, 'alone');
  const times: number[] = [];
  for (let last = 1; last < 1001;) {
    const started = performance.now();
    last = await store.journal.append(lease, last, batchOf(0, last));
    times.push(performance.now() - started);
  }
  times.sort((left, right) => left - right);
  const microseconds = (part: number) => Math.round((times[Math.floor(part * times.length)] ?? 0) * 1000);
  const total = times.reduce((sum, ms) => sum + ms, 0);
  report('appends of one run', times.length, total, { p50Us: microseconds(0.5), p99Us: microseconds(0.99) });
}

const ratios: number[] = [];
for (let round = 0; round < 3; round += 1) {
  const store = await openSqliteStore({ path: path.join(folder, `store-${round}.db`), durability });
  const rate = await appends(store);
  rmSync(path.join(folder, 'bare.db'), { force: true });
  ratios.push(rate / bare());
  await wholeRuns(store);
  await alone(store);
  await store.close();
}
ratios.sort((left, right) => left - right);
process.stdout.write(
  `${JSON.stringify({ name: 'store to bare, median of 3', ratio: Number(ratios[1]?.toFixed(2)) })}\n`,
);
rmSync(folder, { recursive: true });
