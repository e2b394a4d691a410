import type { DatabaseSync } from 'node:sqlite';
import { terminalStatuses } from '@telos/core';
import type { Retention } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { RunHeads } from './run-heads.ts';

const RunRow = z.object({ number: z.int(), id: z.string() });
const BlobRow = z.object({ hash: z.string(), bytes: z.int() });

/** What hangs on a run, and is removed before it. */
const hanging = [
  'journal',
  'run_tags',
  'idempotency',
  'inbox',
  'blob_uses',
  'waits',
  'claims',
  'callbacks',
  'step_cache',
];

export function sqliteRetention(database: DatabaseSync, commits: GroupCommit, heads: RunHeads): Retention {
  const removals = [
    ...hanging.map((table) => `DELETE FROM ${table} WHERE run = ?`),
    'DELETE FROM runs WHERE number = ?',
  ].map((text) => database.prepare(text));
  const unused = database.prepare(`
    SELECT hash, length(bytes) AS bytes FROM blobs
    WHERE put_at < ? AND NOT EXISTS (SELECT 1 FROM blob_uses WHERE blob_uses.hash = blobs.hash) LIMIT ?`);
  const remove = database.prepare('DELETE FROM blobs WHERE hash = ?');

  return {
    removeRuns: ({ status, endedBefore, workflow }, limit) =>
      commits.submit(() => {
        const ended = status.filter((one) => terminalStatuses.includes(one));
        const old = database.prepare(`
          SELECT number, id FROM runs WHERE status IN (${ended.map(() => '?').join(', ')}) AND ended_at < ?
          AND NOT EXISTS (SELECT 1 FROM callbacks WHERE run = runs.number AND due_at IS NOT NULL)
          ${workflow === undefined ? '' : 'AND workflow = ?'} ORDER BY created_at LIMIT ?`);
        const values = [...ended, endedBefore, ...(workflow === undefined ? [] : [workflow]), limit];
        const runs = old.all(...values).map((row) => storedRow(RunRow, row, 'the list of runs'));
        for (const { number, id } of runs) {
          for (const removal of removals) removal.run(number);
          heads.forget(id);
        }
        return runs.length;
      }),
    collectBlobs: (putBefore, limit) =>
      commits.submit(() => {
        const blobs = unused.all(putBefore, limit).map((row) => storedRow(BlobRow, row, 'the list of blobs'));
        for (const { hash } of blobs) remove.run(hash);
        return { count: blobs.length, bytes: blobs.reduce((sum, { bytes }) => sum + bytes, 0) };
      }),
  };
}
