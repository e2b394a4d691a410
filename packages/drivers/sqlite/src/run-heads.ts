/**
 * What an append has to know of its run: number, epoch, last sequence.
 *
 * Kept in memory, and valid only while no other connection has changed the file:
 * `begun` compares the file's data_version inside each transaction and forgets
 * everything when it moved. So the check that fences off a stale owner reads a
 * map, and is still made against the database.
 */
import type { DatabaseSync } from 'node:sqlite';
import type { RunId, Sequence } from '@telos/core';
import { runNotFound, storedRow } from '@telos/core/store';
import { z } from 'zod';

/** A `RunHead` that changes with the run. */
export type RunHead = {
  readonly number: number;
  epoch: number;
  last: Sequence;
  finished: boolean;
  /** The key of the places that it shares with other runs. */
  readonly concurrency: string | null;
  /** Rows elsewhere may hang on the run, which its end removes: waits, claims, messages. */
  hasMore: boolean;
};

export interface RunHeads {
  /** Call inside a transaction, before any of its writes. */
  begun(): void;
  /** Forgets everything: the transaction was undone. */
  undone(): void;
  /** The head of a run as the file has it now, undefined when it is not in memory. For reads, outside any transaction. */
  current(run: RunId): Readonly<RunHead> | undefined;
  /** The head of a run, undefined for an unknown one; changed by whoever writes. Call inside a transaction. */
  find(run: RunId): RunHead | undefined;
  /** @throws TelosError RUN_NOT_FOUND. */
  get(run: RunId): RunHead;
  add(run: RunId, head: RunHead): void;
  /** The run has ended or was let go: it will hardly be asked for again. */
  forget(run: RunId): void;
}

/** Heads kept at most; more are forgotten all at once. About 10 MB. */
const capacity = 50_000;

const Row = z.object({
  number: z.int(),
  epoch: z.int(),
  last: z.int(),
  finished: z.int().transform((finished) => finished === 1),
  concurrency: z.string().nullable(),
});

export function runHeads(database: DatabaseSync): RunHeads {
  const dataVersion = database.prepare('PRAGMA data_version');
  dataVersion.setReturnArrays(true);
  const select = database.prepare(`
    SELECT number, epoch, concurrency, ended_at IS NOT NULL AS finished,
           (SELECT max(last) FROM journal WHERE run = runs.number) AS last
    FROM runs WHERE id = ?`);
  const heads = new Map<RunId, RunHead>();
  let seen: unknown;

  function find(run: RunId): RunHead | undefined {
    const known = heads.get(run);
    if (known !== undefined) return known;
    const row = select.get(run);
    if (row === undefined) return undefined;
    const head = { ...storedRow(Row, row, `run ${run}`), hasMore: true };
    add(run, head);
    return head;
  }

  function add(run: RunId, head: RunHead): void {
    if (heads.size >= capacity) heads.clear();
    heads.set(run, head);
  }

  function begun(): void {
    // A statement that returns arrays is typed as one that returns objects; the first column is what matters.
    const version: unknown = Object.values(dataVersion.get() ?? [])[0];
    if (version !== seen) heads.clear();
    seen = version;
  }

  return {
    begun,
    current(run) {
      begun();
      return heads.get(run);
    },
    undone() {
      heads.clear();
    },
    find,
    get(run) {
      const head = find(run);
      if (head === undefined) throw runNotFound(run);
      return head;
    },
    add,
    forget(run) {
      heads.delete(run);
    },
  };
}
