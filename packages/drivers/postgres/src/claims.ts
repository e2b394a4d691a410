import type { Claims } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';

const TaskRow = z.object({ run: z.string(), path: z.string(), attempt: z.int() });
const ClaimRow = TaskRow.extend({ worker: z.string(), alive: z.boolean() });
const WorkerRow = z.object({ id: z.string() });

/** Workers that have been gone for so long are of no interest to anybody: their claims say so by having no worker. */
const forgottenMs = 3_600_000;

/** @param now The store's time; the server's own when absent. */
export function postgresClaims(database: Database, schema: string, commits: GroupCommit, now?: () => number): Claims {
  const time = 'coalesce($1, extract(epoch FROM clock_timestamp()) * 1000)';
  const toTell = 'c.worker = $2 AND c.called_off AND NOT c.told';
  return {
    async beat(worker, ttlMs) {
      // With the commits: a worker must not be taken for dead because a thousand queries stand before this one.
      const rows = await database.commit({
        name: 'telos_beat_1',
        text: `
          WITH alive AS (
            INSERT INTO ${schema}.workers (id, live_until) VALUES ($2, ${time} + $3::double precision)
            ON CONFLICT (id) DO UPDATE SET live_until = excluded.live_until
          ),
          buried AS (
            DELETE FROM ${schema}.workers WHERE id <> $2 AND live_until <= ${time} - ${forgottenMs}
          ),
          told AS (
            UPDATE ${schema}.claims c SET told = true FROM ${schema}.heads h
            WHERE ${toTell} AND h.run = c.run AND NOT h.finished RETURNING h.id, c.path, c.attempt
          ),
          told_and_over AS (
            DELETE FROM ${schema}.claims c USING ${schema}.heads h
            WHERE ${toTell} AND h.run = c.run AND h.finished RETURNING h.id, c.path, c.attempt
          )
          SELECT id AS run, path, attempt FROM told UNION ALL SELECT id, path, attempt FROM told_and_over`,
        values: [now?.() ?? null, worker, ttlMs],
      });
      return rows.map((row) => storedRow(TaskRow, row, `the claims of ${worker}`));
    },
    claim: (task, worker) => commits.submit({ kind: 'claim', task, worker }),
    callOff: (tasks) => commits.submit({ kind: 'callOff', tasks: [...tasks] }),
    async of(run) {
      const rows = await database.query({
        text: `
          SELECT $2 AS run, c.path, c.attempt, c.worker, coalesce(w.live_until > ${time}, false) AS alive
          FROM ${schema}.claims c LEFT JOIN ${schema}.workers w ON w.id = c.worker
          WHERE c.run = (SELECT run FROM ${schema}.heads WHERE id = $2) AND c.worker <> ''`,
        values: [now?.() ?? null, run],
      });
      return rows.map((row) => storedRow(ClaimRow, row, `the claims of run ${run}`));
    },
    forget: (tasks) => commits.submit({ kind: 'forget', tasks: [...tasks] }),
    async workers() {
      const rows = await database.query({
        text: `SELECT id FROM ${schema}.workers WHERE live_until > ${time} ORDER BY id`,
        values: [now?.() ?? null],
      });
      return rows.map((row) => storedRow(WorkerRow, row, 'the list of workers').id);
    },
  };
}
