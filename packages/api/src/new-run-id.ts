import { randomFillSync } from 'node:crypto';
import { runIdOf } from '@telos/core';
import type { Instant, RunId } from '@telos/core';

/** Random bytes in one id. */
const bytes = 10;

/** Drawn for many ids at once: the system is asked as long for ten bytes as for thousands. */
const pool = new Uint8Array(bytes * 400);
let used = pool.length;

/** An id for a run that begins now; no two are alike, whichever process makes them. */
export function newRunId(now: Instant): RunId {
  if (used === pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return runIdOf(now, pool.subarray(used - bytes, used));
}
