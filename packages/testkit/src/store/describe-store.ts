import { describeSuite } from '../suite.ts';
import type { SuiteOptions } from '../suite.ts';
import { appendTests } from './append.ts';
import { auditTests } from './audit.ts';
import { blobTests } from './blobs.ts';
import { callbackTests } from './callbacks.ts';
import { claimTests } from './claims.ts';
import { closeTests } from './close.ts';
import { createTests } from './create.ts';
import { followTests } from './follow.ts';
import { foreignSpanTests } from './foreign-spans.ts';
import { groupCommitTests } from './group-commit.ts';
import { inboxTests } from './inbox.ts';
import { keyTests } from './keys.ts';
import { leaseTests } from './leases.ts';
import type { OpenStore } from './open-store.ts';
import { parkingTests } from './parking.ts';
import { programTests } from './programs.ts';
import { readTests } from './read.ts';
import { retentionTests } from './retention.ts';
import { runsTests } from './runs.ts';
import { sealingTests } from './sealing.ts';
import { waitTests } from './waits.ts';

export type { OpenStore } from './open-store.ts';

/**
 * The promises of `Store`, one test each. Call it from a driver's test file.
 *
 * @param open Gives a store for one test. Its data may be shared with other tests, but not while one runs:
 *   the suite uses ids of its own, and its clock is moved by `advance` alone.
 */
export function describeStore(name: string, open: () => Promise<OpenStore>, options?: SuiteOptions): void {
  describeSuite(
    `the store ${name}`,
    { open, dispose: (opened) => opened.close() },
    {
      'creating a run': createTests,
      'appending to a run': appendTests,
      'reading a run': readTests,
      'following a run': followTests,
      'committing in groups': groupCommitTests,
      'leasing a run': leaseTests,
      'the inbox of a run': inboxTests,
      'runs that wait for a time, a message or a place': parkingTests,
      'the list of runs': runsTests,
      'the list of waiting steps': waitTests,
      'claims and marks': claimTests,
      callbacks: callbackTests,
      'the audit log': auditTests,
      'API keys and rates': keyTests,
      'the key that seals': sealingTests,
      'spans of other services': foreignSpanTests,
      retention: retentionTests,
      blobs: blobTests,
      programs: programTests,
      closing: closeTests,
    },
    options,
  );
}
