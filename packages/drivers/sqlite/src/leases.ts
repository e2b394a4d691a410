import type { DatabaseSync } from 'node:sqlite';
import type { Held, Lease, Leases, OwnerId, RunId } from '@telos/core';
import { never, storedRow } from '@telos/core/store';
import { z } from 'zod';
import type { GroupCommit } from './group-commit.ts';
import type { Reading } from './reading.ts';
import type { RunHeads } from './run-heads.ts';

const LeaseRow = z.object({
  owner: z.string().nullable(),
  until: z.number(),
  /** The concurrency key for which the run still waits. */
  queued: z.string().nullable(),
});
const DueRow = z.object({ due: z.number().nullable() });
const SoonRow = z.object({ id: z.string(), due: z.number() });
const OwnerRow = z.object({ owner: z.string() });
const IdRow = z.object({ id: z.string() });

export function sqliteLeases(
  database: DatabaseSync,
  commits: GroupCommit,
  heads: RunHeads,
  now: () => number,
  reading: Reading,
): Leases {
  const select = database.prepare(`
    SELECT owner, lease_until AS until, CASE WHEN let_in = 0 THEN concurrency END AS queued FROM runs WHERE number = ?`);
  const take = database.prepare('UPDATE runs SET owner = ?, epoch = ?, lease_until = ? WHERE number = ?');
  const extend = database.prepare('UPDATE runs SET lease_until = ? WHERE id = ? AND owner = ? AND epoch = ?');
  const giveUp = database.prepare(
    'UPDATE runs SET owner = NULL, lease_until = 0 WHERE id = ? AND owner = ? AND epoch = ?',
  );
  const setAside = database.prepare(`
    UPDATE runs SET owner = NULL, lease_until = CASE WHEN EXISTS (SELECT 1 FROM inbox WHERE run = runs.number) THEN 0 ELSE ? END
    WHERE id = ? AND owner = ? AND epoch = ?`);
  const lapsed = database.prepare(`
    SELECT id FROM runs INDEXED BY runs_due
    WHERE ended_at IS NULL AND lease_until <= ? ORDER BY created_at, number LIMIT ?`);
  const nextDue = database.prepare(`
    SELECT min(lease_until) AS due FROM runs INDEXED BY runs_due 
    WHERE ended_at IS NULL AND lease_until > ? AND lease_until < ${never}`);
  const soon = database.prepare(`
    SELECT id, lease_until AS due FROM runs INDEXED BY runs_due
    WHERE ended_at IS NULL AND owner IS NULL AND lease_until > ? AND lease_until <= ? ORDER BY lease_until LIMIT ?`);
  const owners = database.prepare(`
    SELECT DISTINCT owner FROM runs INDEXED BY runs_owned
    WHERE ended_at IS NULL AND owner IS NOT NULL AND lease_until > ?`);
  const expire = database.prepare('UPDATE runs SET lease_until = 0 WHERE ended_at IS NULL AND owner = ?');

  function acquire(run: RunId, owner: OwnerId, ttlMs: number): Lease | Held {
    const head = heads.get(run);
    const held = storedRow(LeaseRow, select.get(head.number), `run ${run}`);
    const at = now();
    if (held.queued !== null) return { heldBy: held.queued, until: never };
    if (held.owner !== null && held.owner !== owner && held.until > at)
      return { heldBy: held.owner, until: held.until };
    head.epoch += 1;
    take.run(owner, head.epoch, at + ttlMs, head.number);
    return { run, owner, epoch: head.epoch };
  }

  return {
    acquire: (run, owner, ttlMs) => commits.submitUnflushed(() => acquire(run, owner, ttlMs)),
    renew: (leases, ttlMs) =>
      commits.submitUnflushed(() => {
        const until = now() + ttlMs;
        return leases.filter(({ run, owner, epoch }) => Number(extend.run(until, run, owner, epoch).changes) === 0);
      }),
    release: ({ run, owner, epoch }) =>
      commits.submit(() => {
        giveUp.run(run, owner, epoch);
        heads.forget(run);
      }),
    park: ({ run, owner, epoch }, forMs = never) =>
      commits.submit(() => {
        setAside.run(Math.min(now() + forMs, never), run, owner, epoch);
        heads.forget(run);
      }),
    async owners() {
      return reading(() => owners.all(now())).map((row) => storedRow(OwnerRow, row, 'the list of owners').owner);
    },
    expire: (owner) =>
      commits.submit(() => {
        expire.run(owner);
      }),
    async lapsed(limit) {
      return reading(() => lapsed.all(now(), limit)).map((row) => storedRow(IdRow, row, 'the list of runs').id);
    },
    async nextDueMs() {
      const at = now();
      const { due } = storedRow(
        DueRow,
        reading(() => nextDue.get(at)),
        'the list of runs',
      );
      return due === null ? undefined : due - at;
    },
    async dueWithin(ms, limit) {
      const at = now();
      return reading(() => soon.all(at, at + ms, limit)).map((row) => {
        const { id, due } = storedRow(SoonRow, row, 'the list of runs');
        return { run: id, inMs: due - at };
      });
    },
  };
}
