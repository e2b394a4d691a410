/** Removing what has been kept long enough: runs in small batches, then the blobs that no run names any more. */
import type { Clock, Instant, RunStatus, Store } from '@telos/core';

/** How long runs that ended so are kept. A status that is not named is kept for ever. */
export type RetentionPolicy = readonly { readonly status: RunStatus; readonly keepMs: number }[];

export type Pruned = {
  readonly runs: { readonly [status in RunStatus]?: number };
  readonly blobs: number;
  readonly bytes: number;
};

export type PruneDeps = {
  readonly store: Pick<Store, 'retention'>;
  readonly clock: Clock;
};

const batch = 100;
/** Between batches, so that appends need not queue behind them. */
const pauseMs = 20;
/** A blob is stored before the event that names it. */
const graceMs = 3_600_000;

/** Ends early, between two batches, when `signal` aborts. */
export async function prune(
  { store, clock }: PruneDeps,
  policy: RetentionPolicy,
  signal: AbortSignal = new AbortController().signal,
): Promise<Pruned> {
  const { retention } = store;
  const now = clock.now();
  const runs: { [status in RunStatus]?: number } = {};
  for (const { status, keepMs } of policy) {
    const removed = await inBatches(async () =>
      retention.removeRuns({ status: [status], endedBefore: now - keepMs }, batch),
    );
    if (removed > 0) runs[status] = (runs[status] ?? 0) + removed;
  }
  let bytes = 0;
  const blobs = await inBatches(async () => {
    const collected = await retention.collectBlobs(blobsBefore(now), batch);
    bytes += collected.bytes;
    return collected.count;
  });
  return { runs, blobs, bytes };

  async function inBatches(removeSome: () => Promise<number>): Promise<number> {
    let all = 0;
    for (let removed = batch; removed === batch && !signal.aborted;) {
      removed = await removeSome();
      all += removed;
      if (removed === batch) await clock.sleep(pauseMs, signal);
    }
    return all;
  }
}

function blobsBefore(now: Instant): Instant {
  return now - graceMs;
}
