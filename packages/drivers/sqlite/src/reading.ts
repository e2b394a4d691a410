import type { DatabaseSync } from 'node:sqlite';
import { TelosError } from '@telos/core';
import { storeFailureOf } from './store-failure.ts';

/** Runs a read outside of any write. @throws TelosError STORE_UNAVAILABLE when closed, or what the file's failure means. */
export type Reading = <T>(read: () => T) => T;

/** Queues what is to be done once everything that is ready to go on has gone on. */
const endOfMoment = Promise.resolve();

/**
 * Reads that come at one moment share one transaction: when a hundred owners
 * look into their journals at once, taking the lock on the file costs more than
 * the rows. The transaction is over before the event loop turns, so no write
 * ever meets it; `end` ends it for a write that does not wait for that.
 */
export function readingOf(
  database: DatabaseSync,
  file: string,
  isOpen: () => boolean,
): { readonly reading: Reading; readonly end: () => void } {
  const begin = database.prepare('BEGIN');
  const commit = database.prepare('COMMIT');
  let reads = 0;

  function end(): void {
    const shared = reads > 1;
    reads = 0;
    // A read that failed may have ended it.
    if (!shared || !database.isTransaction) return;
    try {
      commit.run();
    } catch {
      // Nothing was written, and whatever ails the file shows itself to the next who reads or writes.
    }
  }

  function reading<T>(read: () => T): T {
    if (!isOpen()) throw new TelosError('STORE_UNAVAILABLE', `The store ${file} was closed.`, { details: { file } });
    try {
      reads += 1;
      if (reads === 1) void endOfMoment.then(end);
      // One that comes alone needs no transaction around it.
      else if (reads === 2) begin.run();
      return read();
    } catch (error) {
      throw storeFailureOf(error, file) ?? error;
    }
  }

  return { reading, end };
}
