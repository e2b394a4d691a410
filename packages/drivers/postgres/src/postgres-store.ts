import type { Clock, Store } from '@telos/core';
import { postgresAudit } from './audit.ts';
import { postgresBlobs } from './blobs.ts';
import { postgresCallbacks } from './callbacks.ts';
import { postgresBell } from './change-bell.ts';
import { postgresClaims } from './claims.ts';
import { groupCommit } from './commit/group-commit.ts';
import type { Database } from './database.ts';
import { postgresForeignSpans } from './foreign-spans.ts';
import { postgresInbox } from './inbox.ts';
import { postgresJournal } from './journal.ts';
import { postgresKeys } from './keys.ts';
import { postgresLeases } from './leases.ts';
import { postgresMarks } from './marks.ts';
import { pauses } from './pauses.ts';
import { postgresPrograms } from './programs.ts';
import { postgresRates } from './rates.ts';
import { postgresRetention } from './retention.ts';
import { postgresRuns } from './runs.ts';
import { postgresSealing } from './sealing.ts';
import { postgresWaits } from './waits.ts';

type StoreTimes = {
  /**
   * For leases and for noticing other processes. Absent: leases go by the server's clock, read
   * inside the transaction that needs it, so that no worker's clock matters.
   */
  readonly clock?: Clock;
  readonly pollMs?: number;
};

/** The store in a database, which it owns from now on. */
export function postgresStore(database: Database, schema: string, { clock, pollMs }: StoreTimes = {}): Store {
  const now = clock === undefined ? undefined : () => clock.now();
  const bell = postgresBell(database, schema, clock ?? pauses, pollMs);
  const commits = groupCommit(database, schema, (run) => bell.ringMessage(run), now);
  return {
    journal: postgresJournal(database, schema, commits, bell, clock ?? pauses),
    leases: postgresLeases(database, schema, commits, now),
    inbox: postgresInbox(database, schema, commits, bell),
    runs: postgresRuns(database, schema),
    waits: postgresWaits(database, schema),
    claims: postgresClaims(database, schema, commits, now),
    callbacks: postgresCallbacks(database, schema, now),
    spans: postgresForeignSpans(database, schema),
    audit: postgresAudit(database, schema),
    keys: postgresKeys(database, schema),
    rates: postgresRates(database, schema),
    sealing: postgresSealing(database, schema),
    blobs: postgresBlobs(database, schema, now),
    programs: postgresPrograms(database, schema),
    marks: postgresMarks(database, schema),
    retention: postgresRetention(database, schema),
    async close() {
      await commits.close();
      const closed = database.close();
      bell.close();
      await closed;
    },
  };
}
