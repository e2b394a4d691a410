/** A worker of a test's own process, which somebody will kill: everything real but its tools, which leave a line in a log. */
import { TelosError } from '@telos/core';
import type { AnyTool, Journal, Queue, Store } from '@telos/core';
import { createLocalLive, isProcessGone, ownerOfThisProcess, systemClock } from '@telos/driver-local';
import { startWorker } from '@telos/executor';
import type { Worker } from '@telos/executor';
import { link, loadProgram } from '@telos/language';
import { openStoreAt } from '../engine/stores.ts';
import { loggingTools } from './logging-tools.ts';
import { openQueueAt } from './queues.ts';

export type MortalSettings = {
  /** A file of SQLite, or postgres://... */
  readonly store: string;
  /** `local:`, redis://... or postgres://... */
  readonly queue: string;
  /** The file in which calls of tools leave their lines. */
  readonly log: string;
  readonly concurrency: number;
  readonly leaseMs: number;
};

/** What a worker touches the world with. */
export type Touches = {
  readonly store: Store;
  readonly queue: Queue;
  readonly tools: ReadonlyMap<string, AnyTool>;
};

export async function openTouches({ store, queue, log }: MortalSettings): Promise<Touches> {
  return { store: await openStoreAt(store), queue: await openQueueAt(queue), tools: loggingTools(log) };
}

/** Says `refused <run>` when the store takes an append no more, because the run is another's by now, or has ended. */
export function sayingRefusals(store: Store): Store {
  const append: Journal['append'] = async (lease, ...rest) => {
    try {
      return await store.journal.append(lease, ...rest);
    } catch (error) {
      const isStale = error instanceof TelosError && (error.code === 'STALE_OWNER' || error.code === 'RUN_FINISHED');
      if (isStale) process.stdout.write(`refused ${lease.run}\n`);
      throw error;
    }
  };
  return { ...store, journal: { ...store.journal, append } };
}

/** Faults are met, reported on standard error and outlived; anything else must not happen. */
export function startMortal(touches: Touches, { queue, concurrency, leaseMs }: MortalSettings): Worker {
  // It lives until it is killed, or until the test that started it is gone: then nobody holds the other end.
  process.stdin.on('close', () => process.exit()).resume();
  return startWorker(
    {
      ...touches,
      elsewhere: queue !== 'local:',
      live: createLocalLive(),
      clock: systemClock,
      checks: new Map(),
      language: { link, loadProgram },
      secret: () => undefined,
      random: Math.random,
      isGone: isProcessGone,
      report: ({ message }) => void process.stderr.write(`${message}\n`),
    },
    { owner: ownerOfThisProcess(), concurrency, leaseMs },
  );
}
