/**
 * Group commit: all writes that arrive in one turn of the event loop go out in
 * the next, in one transaction. A flush to disk costs the same for one write
 * as for a hundred, so throughput grows with the number of runs in flight.
 *
 * A write is a function that runs inside the transaction, in order of arrival.
 * It checks, then writes; what it throws while checking (a TelosError) refuses
 * this write alone. A failure of the disk fails the whole commit, of which then
 * nothing is stored. No promise settles before the commit has.
 *
 * A commit of nothing but writes that need no flush is not flushed: other
 * processes see it at once, and a power cut that loses it ends them too. What is
 * flushed after it takes it along, so the order of what survives is kept.
 */
import type { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import { storeFailureOf } from './store-failure.ts';

export interface GroupCommit {
  /** @param write Runs synchronously inside the transaction, perhaps twice: when another write has to be taken out. */
  submit<T>(write: () => T): Promise<T>;
  /** As `submit`, for what means nothing once the machine has lost its power: who holds a lease. */
  submitUnflushed<T>(write: () => T): Promise<T>;
  /** Commits what has been submitted, and refuses everything after. */
  close(): void;
}

/** What `PRAGMA synchronous` answers. */
const levels = { NORMAL: 1, FULL: 2 } as const;

type Pending = {
  readonly write: () => unknown;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: unknown) => void;
  readonly flushed: boolean;
  result: unknown;
  refusal: TelosError | undefined;
};

export function groupCommit(
  database: DatabaseSync,
  file: string,
  hooks: {
    /** The transaction has begun and nothing has been written. */
    readonly begun: () => void;
    /** What was written since `begun` is durable; so many writes were in it. */
    readonly committed: (writes: number) => void;
    /** What was written since `begun` is undone. */
    readonly undone: () => void;
  },
): GroupCommit {
  const begin = database.prepare('BEGIN IMMEDIATE');
  const commit = database.prepare('COMMIT');
  const durable = levelOf(database) === levels.FULL;
  let level: keyof typeof levels = durable ? 'FULL' : 'NORMAL';
  let queue: Pending[] = [];
  let armed = false;
  let closed = false;

  function flush(): void {
    armed = false;
    let group = queue;
    queue = [];
    while (group.length > 0) {
      const outcome = attempt(group);
      if (outcome === 'committed') {
        for (const pending of group) {
          if (pending.refusal === undefined) pending.resolve(pending.result);
          else pending.reject(pending.refusal);
        }
        return;
      }
      for (const pending of outcome.failed) pending.reject(outcome.error);
      group = group.filter((pending) => !outcome.failed.includes(pending));
    }
  }

  function flushAt(wanted: keyof typeof levels): void {
    if (level === wanted) return;
    database.exec(`PRAGMA synchronous = ${wanted}`);
    level = wanted;
  }

  /** Tries to commit the group; else says which of them failed, with nothing stored. */
  function attempt(group: readonly Pending[]): 'committed' | { failed: readonly Pending[]; error: unknown } {
    let current: Pending | undefined;
    try {
      if (durable) flushAt(group.some((pending) => pending.flushed) ? 'FULL' : 'NORMAL');
      begin.run();
      hooks.begun();
      for (const pending of group) {
        current = pending;
        pending.refusal = undefined;
        try {
          pending.result = pending.write();
        } catch (error) {
          if (!(error instanceof TelosError)) throw error;
          pending.refusal = error;
        }
      }
      current = undefined;
      commit.run();
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      hooks.undone();
      const failure = storeFailureOf(error, file);
      if (failure !== undefined || current === undefined) return { failed: group, error: failure ?? error };
      return {
        failed: [current],
        error: new TelosError('BUG', `The store refused a write: ${messageOf(error)}`, { cause: error }),
      };
    }
    hooks.committed(group.length);
    return 'committed';
  }

  function enqueue<T>(write: () => T, flushed: boolean): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      if (closed) {
        reject(new TelosError('STORE_UNAVAILABLE', `The store ${file} was closed.`, { details: { file } }));
        return;
      }
      // `resolve` is only ever called with what this `write` returned.
      const settle = resolve as (result: unknown) => void;
      queue.push({ write, resolve: settle, reject, flushed, result: undefined, refusal: undefined });
      if (armed) return;
      armed = true;
      setImmediate(flush);
    });
  }

  return {
    submit: (write) => enqueue(write, true),
    submitUnflushed: (write) => enqueue(write, false),
    close() {
      closed = true;
      flush();
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function levelOf(database: DatabaseSync): unknown {
  return database.prepare('PRAGMA synchronous').get()?.['synchronous'];
}
