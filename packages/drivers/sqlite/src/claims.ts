import type { DatabaseSync } from 'node:sqlite';
import type { Claims } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';
import type { RunHeads } from './run-heads.ts';

const TaskRow = z.object({ run: z.string(), path: z.string(), attempt: z.int() });
const ClaimRow = TaskRow.extend({ worker: z.string(), alive: z.int().transform((alive) => alive === 1) });
const WorkerRow = z.object({ id: z.string() });

export function sqliteClaims(
  database: DatabaseSync,
  commits: GroupCommit,
  heads: RunHeads,
  now: () => number,
  reading: Reading,
): Claims {
  const live = database.prepare(`
    INSERT INTO workers (id, until) VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET until = excluded.until`);
  const bury = database.prepare('DELETE FROM workers WHERE until <= ?');
  const calledOff = database.prepare(`
    SELECT runs.id AS run, path, attempt FROM claims INDEXED BY claims_off JOIN runs ON runs.number = claims.run
    WHERE worker = ? AND off = 1`);
  const told = database.prepare('UPDATE claims SET off = 2 WHERE worker = ? AND off = 1');
  const forgetEnded = database.prepare(`
    DELETE FROM claims WHERE worker = ? AND off = 2 AND run IN (SELECT number FROM runs WHERE ended_at IS NOT NULL)`);
  const insert = database.prepare('INSERT OR IGNORE INTO claims (run, path, attempt, worker) VALUES (?, ?, ?, ?)');
  const callOff = database.prepare('UPDATE claims SET off = 1 WHERE run = ? AND path = ? AND attempt = ? AND off = 0');
  // A bell may ring late for what has an outcome or is not wanted any more, and must find it taken.
  const close = database.prepare("UPDATE claims SET worker = '', off = 2 WHERE run = ? AND path = ? AND attempt = ?");
  const withhold = database.prepare(
    "INSERT OR IGNORE INTO claims (run, path, attempt, worker, off) VALUES (?, ?, ?, '', 2)",
  );
  const ofRun = database.prepare(`
    SELECT ? AS run, path, attempt, worker, coalesce((SELECT until > ? FROM workers WHERE id = worker), 0) AS alive
    FROM claims WHERE run = (SELECT number FROM runs WHERE id = ?) AND worker <> ''`);
  const workers = database.prepare('SELECT id FROM workers WHERE until > ? ORDER BY id');

  return {
    beat: (worker, ttlMs) =>
      commits.submit(() => {
        const at = now();
        live.run(worker, at + ttlMs);
        // What is long gone is of no interest to anybody: its claims say so by having no worker.
        bury.run(at - 3_600_000);
        const tasks = calledOff.all(worker).map((row) => storedRow(TaskRow, row, `the claims of ${worker}`));
        if (tasks.length > 0) {
          told.run(worker);
          forgetEnded.run(worker);
        }
        return tasks;
      }),
    claim: ({ run, path, attempt }, worker) =>
      commits.submit(() => {
        const head = heads.get(run);
        if (head.finished) return false;
        head.hasMore = true;
        return Number(insert.run(head.number, path, attempt, worker).changes) === 1;
      }),
    callOff: (tasks) =>
      commits.submit(() => {
        for (const { run, path, attempt } of tasks) {
          const head = heads.get(run);
          callOff.run(head.number, path, attempt);
          if (head.finished) continue;
          head.hasMore = true;
          withhold.run(head.number, path, attempt);
        }
      }),
    async of(run) {
      return reading(() => ofRun.all(run, now(), run)).map((row) =>
        storedRow(ClaimRow, row, `the claims of run ${run}`),
      );
    },
    forget: (tasks) =>
      commits.submit(() => {
        for (const { run, path, attempt } of tasks) close.run(heads.get(run).number, path, attempt);
      }),
    async workers() {
      return reading(() => workers.all(now())).map((row) => storedRow(WorkerRow, row, 'the list of workers').id);
    },
  };
}
