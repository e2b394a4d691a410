import type { Leases } from '@telos/core';
import { storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';

const OwnerRow = z.object({ owner: z.string() });
const IdRow = z.object({ id: z.string() });

/** @param now The store's time; the server's own when absent. */
export function postgresLeases(database: Database, schema: string, commits: GroupCommit, now?: () => number): Leases {
  const time = 'coalesce($1, extract(epoch FROM clock_timestamp()) * 1000)';
  return {
    acquire: (run, owner, ttlMs) => commits.submit({ kind: 'acquire', run, owner, ttlMs }),
    renew: (leases, ttlMs) => commits.submit({ kind: 'renew', leases: [...leases], ttlMs }),
    release: (lease) => commits.submit({ kind: 'release', lease }),
    async owners() {
      const rows = await database.query({
        text: `SELECT DISTINCT owner FROM ${schema}.heads WHERE owner IS NOT NULL AND NOT finished AND lease_until > ${time}`,
        values: [now?.() ?? null],
      });
      return rows.map((row) => storedRow(OwnerRow, row, 'the list of owners').owner);
    },
    async expire(owner) {
      await database.query({
        text: `UPDATE ${schema}.heads SET lease_until = 0 WHERE owner = $1 AND NOT finished`,
        values: [owner],
      });
    },
    async lapsed(limit) {
      const rows = await database.query({
        text: `
          SELECT runs.id FROM ${schema}.runs JOIN ${schema}.heads ON heads.run = runs.number
          WHERE runs.ended_at IS NULL AND (heads.owner IS NULL OR heads.lease_until <= ${time})
          ORDER BY runs.created_at, runs.number LIMIT $2`,
        values: [now?.() ?? null, limit],
      });
      return rows.map((row) => storedRow(IdRow, row, 'the list of runs').id);
    },
  };
}
