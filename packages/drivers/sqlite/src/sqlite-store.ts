import type { DatabaseSync } from 'node:sqlite';
import type { Clock, RunId, Store } from '@telos/core';
import { sqliteAudit } from './audit.ts';
import { sqliteBlobs } from './blobs.ts';
import { sqliteCallbacks } from './callbacks.ts';
import { sqliteBell } from './change-bell.ts';
import { sqliteClaims } from './claims.ts';
import { sqliteForeignSpans } from './foreign-spans.ts';
import { checkpointBytes } from './connection.ts';
import { groupCommit } from './group-commit.ts';
import { sqliteInbox } from './inbox.ts';
import { sqliteJournal } from './journal.ts';
import { sqliteLeases } from './leases.ts';
import { sqliteKeys } from './keys.ts';
import { lengthenLog } from './long-log.ts';
import { sqliteMarks } from './marks.ts';
import { sqlitePrograms } from './programs.ts';
import { sqliteRates } from './rates.ts';
import { readingOf } from './reading.ts';
import { sqliteRetention } from './retention.ts';
import { runHeads } from './run-heads.ts';
import { sqliteRuns } from './runs.ts';
import { sqliteSealing } from './sealing.ts';
import { storeTime } from './store-time.ts';
import { sqliteWaits } from './waits.ts';

/** So many writes in one commit: the file is under load. */
const crowd = 16;

/** What a log comes to until its checkpoint: a commit goes a little beyond, and every page has a head of its own. */
const longLogBytes = checkpointBytes * 1.0625;

/**
 * The store on a connection, which it owns from now on.
 *
 * @param file The path as the user named it, for messages.
 * @param clock Time for leases and for noticing other processes; the machine's when absent.
 */
export function sqliteStore(database: DatabaseSync, file: string, clock: Clock = storeTime): Store {
  const bell = sqliteBell(database, clock);
  const heads = runHeads(database);
  let changed: RunId[] = [];
  let woken: RunId[] = [];
  let open = true;
  let isLogLong = file === ':memory:';

  const commits = groupCommit(database, file, {
    begun: () => heads.begun(),
    committed(writes) {
      if (writes >= crowd && !isLogLong) {
        isLogLong = true;
        lengthenLog(database, file, longLogBytes);
      }
      if (changed.length === 0 && woken.length === 0) return;
      const [appended, messaged] = [changed, woken];
      [changed, woken] = [[], []];
      for (const run of appended) bell.ringRun(run);
      for (const run of messaged) bell.ringMessage(run);
    },
    undone() {
      heads.undone();
      [changed, woken] = [[], []];
    },
  });

  const appended = (run: RunId) => {
    if (bell.isFollowed(run)) changed.push(run);
  };
  const { reading, end: endReading } = readingOf(database, file, () => open);
  const now = (): number => clock.now();

  return {
    journal: sqliteJournal(
      database,
      commits,
      heads,
      bell,
      { appended, woken: (run) => void woken.push(run) },
      now,
      reading,
    ),
    leases: sqliteLeases(database, commits, heads, now, reading),
    inbox: sqliteInbox(database, commits, heads, bell, reading),
    runs: sqliteRuns(database, reading),
    waits: sqliteWaits(database, reading),
    claims: sqliteClaims(database, commits, heads, now, reading),
    callbacks: sqliteCallbacks(database, commits, now, reading),
    spans: sqliteForeignSpans(database, commits, reading),
    audit: sqliteAudit(database, commits, reading),
    keys: sqliteKeys(database, commits, reading),
    rates: sqliteRates(database, commits),
    sealing: sqliteSealing(database, commits),
    blobs: sqliteBlobs(database, commits, now, reading),
    programs: sqlitePrograms(database, commits, reading),
    marks: sqliteMarks(database, commits, reading),
    retention: sqliteRetention(database, commits, heads),
    async close() {
      if (!open) return;
      endReading();
      commits.close();
      open = false;
      bell.close();
      // The last connection to a file writes the log back into it and removes the log.
      database.close();
    },
  };
}
