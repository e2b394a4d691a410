import type { Clock, Limiter, Live, Queue } from '@telos/core';
import { createLocalLive, createLocalQueue } from '@telos/driver-local';
import type { Config } from '../config/config.ts';
import { openLimiter } from './open-limiter.ts';

/** What the processes of an installation share beside the store; in a single process, what takes its place. */
export type Shared = {
  readonly queue: Queue;
  readonly live: Live;
  readonly limiter: Limiter;
  close(): Promise<void>;
};

export type SharedOptions = {
  readonly config: Pick<Config, 'queue'>;
  readonly clock: Clock;
  /** Whether the runs of this process are its own business: then it takes up none of others, and offers none to them. */
  readonly isAlone: boolean;
  /** Told when the queue cannot be reached, and when it is back. */
  readonly report: (message: string) => void;
};

/** Connects to nothing yet. */
export async function openShared({ config, clock, isAlone, report }: SharedOptions): Promise<Shared> {
  const limiter = openLimiter(config, clock);
  if (config.queue.kind === 'local') {
    const queue = createLocalQueue();
    return {
      queue,
      live: createLocalLive(),
      limiter,
      async close() {
        await Promise.all([queue.close(), limiter.close()]);
      },
    };
  }
  const { address } = config.queue;
  // Loaded by those alone who use it.
  const { openLive, openQueue } = await import('@telos/driver-bullmq');
  const queue = isAlone ? createLocalQueue() : openQueue({ address, report });
  const live = openLive(address);
  return {
    queue,
    live,
    limiter,
    async close() {
      await Promise.all([queue.close(), live.close(), limiter.close()]);
    },
  };
}
