import { terminalStatuses } from '@telos/core';
import type { Retention } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { Database } from './database.ts';

const RunsRow = z.object({ count: z.int() });
const BlobsRow = z.object({ count: z.int(), bytes: z.number() });

/** What hangs on a run, by its number. */
const hanging = ['heads', 'journal', 'run_tags', 'inbox', 'blob_uses', 'waits', 'claims', 'callbacks', 'step_cache'];

export function postgresRetention(database: Database, schema: string): Retention {
  return {
    async removeRuns({ status, endedBefore, workflow }, limit) {
      const ended = status.filter((one) => terminalStatuses.includes(one));
      const removals = hanging.map(
        (table) => `gone_${table} AS (DELETE FROM ${schema}.${table} WHERE run IN (SELECT number FROM old))`,
      );
      const [row] = await database.query({
        text: `
          WITH old AS MATERIALIZED (
            SELECT number, id FROM ${schema}.runs
            WHERE status = ANY ($1::text[]) AND ended_at < $2 AND ($3::text IS NULL OR workflow = $3)
              AND NOT EXISTS (SELECT 1 FROM ${schema}.callbacks c WHERE c.run = number AND c.due_at IS NOT NULL)
            ORDER BY created_at LIMIT $4 FOR UPDATE SKIP LOCKED
          ),
          ${removals.join(', ')},
          gone_keys AS (DELETE FROM ${schema}.idempotency WHERE run IN (SELECT id FROM old)),
          gone_runs AS (DELETE FROM ${schema}.runs WHERE number IN (SELECT number FROM old))
          SELECT count(*)::integer AS count FROM old`,
        values: [ended, endedBefore, workflow ?? null, limit],
      });
      return storedRow(RunsRow, row, 'the runs that were removed').count;
    },
    async collectBlobs(putBefore, limit) {
      const [row] = await database.query({
        text: `
          WITH unused AS MATERIALIZED (
            SELECT hash, octet_length(bytes) AS bytes FROM ${schema}.blobs
            WHERE put_at < $1 AND NOT EXISTS (SELECT 1 FROM ${schema}.blob_uses u WHERE u.hash = blobs.hash)
            LIMIT $2 FOR UPDATE SKIP LOCKED
          ),
          gone AS (DELETE FROM ${schema}.blobs WHERE hash IN (SELECT hash FROM unused))
          SELECT count(*)::integer AS count, coalesce(sum(bytes), 0)::float8 AS bytes FROM unused`,
        values: [putBefore, limit],
      });
      return storedRow(BlobsRow, row, 'the blobs that were removed');
    },
  };
}
