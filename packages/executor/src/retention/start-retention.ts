/**
 * Keeps the store no larger than the settings say. Every process that is told
 * to looks; a mark in the store says when it was done last, and who moves it on
 * does it this time.
 */
import type { Clock, RunStatus, Store } from '@telos/core';
import { prune } from './prune.ts';
import type { Pruned, RetentionPolicy } from './prune.ts';

export const retentionMark = 'retention';
const everyMs = 600_000;

export type RetentionDeps = {
  readonly store: Pick<Store, 'retention' | 'marks'>;
  readonly clock: Clock;
  /** Told of what was removed, and of what went wrong. */
  readonly tell: (message: string) => void;
};

export interface RetentionLoop {
  /** Removed by this process so far. */
  readonly removed: Pruned;
  /** Ends after the batch under way. */
  stop(): Promise<void>;
}

export function startRetention({ store, clock, tell }: RetentionDeps, policy: RetentionPolicy): RetentionLoop {
  const stopping = new AbortController();
  let removed: Pruned = { runs: {}, blobs: 0, bytes: 0 };

  async function look(): Promise<void> {
    const now = clock.now();
    const last = await store.marks.get(retentionMark);
    // A mark that lies ahead was set by a clock that is.
    const isDone = last !== undefined && Math.abs(now - last) < everyMs;
    if (isDone || !(await store.marks.advance(retentionMark, last, now))) return;
    const pruned = await prune({ store, clock }, policy, stopping.signal);
    removed = together(removed, pruned);
    const text = prunedText(pruned);
    if (text !== undefined) tell(`Retention: removed ${text}.`);
  }

  const loop = (async () => {
    while (!stopping.signal.aborted) {
      await look().catch((error: unknown) =>
        tell(`Retention: ${error instanceof Error ? error.message : String(error)}`),
      );
      await clock.sleep(everyMs / 2, stopping.signal);
    }
  })();
  return {
    get removed() {
      return removed;
    },
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

/** `3 succeeded, 1 failed runs and 12 blobs of 40 KiB`; undefined for nothing. */
export function prunedText({ runs, blobs, bytes }: Pruned): string | undefined {
  const counts = Object.entries(runs).map(([status, count]) => `${count} ${status}`);
  const parts = [
    ...(counts.length === 0 ? [] : [`${counts.join(', ')} runs`]),
    ...(blobs === 0 ? [] : [`${blobs} blobs of ${Math.ceil(bytes / 1024)} KiB`]),
  ];
  return parts.length === 0 ? undefined : parts.join(' and ');
}

function together(one: Pruned, other: Pruned): Pruned {
  const runs: { [status in RunStatus]?: number } = { ...one.runs };
  for (const status of ['succeeded', 'failed', 'cancelled'] as const) {
    const count = (one.runs[status] ?? 0) + (other.runs[status] ?? 0);
    if (count > 0) runs[status] = count;
  }
  return { runs, blobs: one.blobs + other.blobs, bytes: one.bytes + other.bytes };
}
