/**
 * Makes the write-ahead log as long as it will get, at once.
 *
 * A flush of a log that grows also has to write down how the file has grown, and
 * takes twice as long as one of a log that is written over. Under load the log
 * would grow for some hundred commits until its first checkpoint; here it grows in
 * one step. A process that only does a run or two never needs this.
 */
import { statSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';

const pieceBytes = 256 * 1024;

/**
 * Fills the log to `bytes` with pages that no commit ever follows, so that for
 * SQLite there is nothing in them. Needs the file's write lock for some
 * milliseconds; what stands in the way (no room, another writer) leaves the log
 * as it is, for it is the same log, only slower.
 */
export function lengthenLog(database: DatabaseSync, file: string, bytes: number): void {
  if ((statSync(`${file}-wal`, { throwIfNoEntry: false })?.size ?? bytes) >= bytes) return;
  const cache = database.prepare('PRAGMA cache_size').get()?.['cache_size'];
  try {
    // Pages that do not fit into the cache go to the log before the transaction ends.
    database.exec('PRAGMA cache_size = -256; BEGIN IMMEDIATE');
    // Into a table that is there: to undo a table would undo every statement that has been prepared.
    const fill = database.prepare(
      `INSERT INTO blobs (hash, media_type, bytes) VALUES ('filling ' || ?, '', zeroblob(${pieceBytes}))`,
    );
    for (let written = 0; written < bytes; written += pieceBytes) fill.run(written);
  } catch {
    // The commits that come say what is wrong, if something still is.
  }
  if (database.isTransaction) database.exec('ROLLBACK');
  database.exec(`PRAGMA cache_size = ${String(cache)}`);
}
