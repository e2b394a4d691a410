import type { Clock, RunId, Store } from '@telos/core';
import { sqliteBlobs } from './blobs.ts';
import { changeBell } from './change-bell.ts';
import { openConnection } from './connection.ts';
import { groupCommit } from './group-commit.ts';
import { sqliteInbox } from './inbox.ts';
import { sqliteJournal } from './journal.ts';
import { sqliteLeases } from './leases.ts';
import { sqlitePrograms } from './programs.ts';
import { readingOf } from './reading.ts';
import { runHeads } from './run-heads.ts';
import { sqliteRuns } from './runs.ts';
import { storeTime } from './store-time.ts';

export type SqliteStoreOptions = {
  /** The file, made when missing; its folder must exist. `:memory:` keeps everything in memory until `close`. */
  readonly path: string;
  /**
   * `full` (the default): what was acknowledged survives a power cut. `normal`: it survives
   * the death of the process, and a power cut may undo the last commits but never damages the file.
   */
  readonly durability?: 'full' | 'normal';
  /** Time for leases and for noticing other processes; SQLite's own when absent. */
  readonly clock?: Clock;
};

/**
 * Opens a store in one SQLite file. Several processes may open the same file.
 *
 * @throws TelosError STORE_UNAVAILABLE (no folder, no permission, locked), STORE_FULL, STORE_CORRUPT,
 *   STORE_NEWER and STORE_FOREIGN; the last three leave the file as it is.
 */
export async function openSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  const file = options.path;
  const database = openConnection(file, options.durability ?? 'full');
  const clock = options.clock ?? storeTime(database);
  const bell = changeBell(database, clock);
  const heads = runHeads(database);
  let changed: RunId[] = [];
  let open = true;

  const commits = groupCommit(database, file, {
    begun: () => heads.begun(),
    committed() {
      const ringing = changed;
      changed = [];
      for (const run of ringing) bell.ringRun(run);
    },
    undone() {
      heads.undone();
      changed = [];
    },
  });

  const appended = (run: RunId) => {
    if (bell.isFollowed(run)) changed.push(run);
  };
  const reading = readingOf(file, () => open);

  return {
    journal: sqliteJournal(database, commits, heads, bell, appended, reading),
    leases: sqliteLeases(database, commits, heads, () => clock.now(), reading),
    inbox: sqliteInbox(database, commits, heads, bell, reading),
    runs: sqliteRuns(database, reading),
    blobs: sqliteBlobs(database, commits, reading),
    programs: sqlitePrograms(database, commits, reading),
    async close() {
      if (!open) return;
      commits.close();
      open = false;
      bell.close();
      // The last connection to a file writes the log back into it and removes the log.
      database.close();
    },
  };
}
