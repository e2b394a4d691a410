import type { Leases } from '@telos/core';
import { never, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';

const OwnerRow = z.object({ owner: z.string() });
const IdRow = z.object({ id: z.string() });
const SoonRow = z.object({ id: z.string(), ms: z.number() });
const DueRow = z.object({ ms: z.number().nullable() });

/** @param now The store's time; the server's own when absent. */
export function postgresLeases(database: Database, schema: string, commits: GroupCommit, now?: () => number): Leases {
  const time = 'coalesce($1, (extract(epoch FROM clock_timestamp()) * 1000)::double precision)';
  const heads = `${schema}.heads`;
  return {
    acquire: (run, owner, ttlMs) => commits.submit({ kind: 'acquire', run, owner, ttlMs }),
    renew: (leases, ttlMs) => commits.submit({ kind: 'renew', leases: [...leases], ttlMs }),
    release: (lease) => commits.submit({ kind: 'release', lease }),
    park: (lease, forMs = never) => commits.submit({ kind: 'release', lease, forMs }),
    async owners() {
      const rows = await database.query({
        text: `SELECT DISTINCT owner FROM ${heads} WHERE owner IS NOT NULL AND NOT finished AND lease_until > ${time}`,
        values: [now?.() ?? null],
      });
      return rows.map((row) => storedRow(OwnerRow, row, 'the list of owners').owner);
    },
    async expire(owner) {
      await database.query({
        text: `UPDATE ${heads} SET lease_until = 0 WHERE owner = $1 AND NOT finished`,
        values: [owner],
      });
    },
    async lapsed(limit) {
      // Each part goes along an index and ends at its limit; only what was parked until now has to be sorted.
      const due = `SELECT id, created_at, run FROM ${heads} WHERE NOT finished AND owner IS NULL AND`;
      const rows = await database.query({
        text: `
          WITH instant AS MATERIALIZED (SELECT ${time} AS now_ms)
          SELECT id FROM (
            (${due} due_at = 0 ORDER BY created_at, run LIMIT $2)
            UNION ALL
            (${due} due_at > 0 AND due_at <= (SELECT now_ms FROM instant) ORDER BY created_at, run LIMIT $2)
            UNION ALL
            (SELECT id, created_at, run FROM ${heads}
             WHERE NOT finished AND owner IS NOT NULL AND lease_until <= (SELECT now_ms FROM instant))
          ) AS found ORDER BY created_at, run LIMIT $2`,
        values: [now?.() ?? null, limit],
      });
      return rows.map((row) => storedRow(IdRow, row, 'the list of runs').id);
    },
    async nextDueMs() {
      const [row] = await database.query({
        text: `
          WITH instant AS MATERIALIZED (SELECT ${time} AS now_ms)
          SELECT (
            SELECT min(due_at) FROM ${heads}
            WHERE NOT finished AND owner IS NULL AND due_at > now_ms AND due_at < ${never}
          ) - now_ms AS ms FROM instant`,
        values: [now?.() ?? null],
      });
      return storedRow(DueRow, row, 'the list of runs').ms ?? undefined;
    },
    async dueWithin(ms, limit) {
      const rows = await database.query({
        text: `
          WITH instant AS MATERIALIZED (SELECT ${time} AS now_ms)
          SELECT id, due_at - (SELECT now_ms FROM instant) AS ms FROM ${heads}
          WHERE NOT finished AND owner IS NULL
            AND due_at > (SELECT now_ms FROM instant) AND due_at <= (SELECT now_ms FROM instant) + $2 AND due_at < ${never}
          ORDER BY due_at LIMIT $3`,
        values: [now?.() ?? null, ms, limit],
      });
      return rows.map((row) => {
        const { id, ms: inMs } = storedRow(SoonRow, row, 'the list of runs');
        return { run: id, inMs };
      });
    },
  };
}
