/** The process that is killed. Imports no test runner: it is none. */
import { writeSync } from 'node:fs';
import type { Store } from '@telos/core';
import { stepSucceeded } from '../builders/events.ts';
import { anOwnedRun } from '../builders/runs.ts';

/** Appends two events at a time to each of `runs` runs for ever, and says on standard output what was acknowledged: `<run> <last>`. */
export async function appendUntilKilled(store: Store, runs: number): Promise<void> {
  await Promise.all(
    Array.from({ length: runs }, async () => {
      const lease = await anOwnedRun(store);
      for (let last = 1; ;) {
        last = await store.journal.append(lease, last, [stepSucceeded(`s${last + 1}`), stepSucceeded(`s${last + 2}`)]);
        writeSync(1, `${lease.run} ${last}\n`);
      }
    }),
  );
}
