/** What BullMQ is told on either backend. */

/** Jobs leave no trace when they leave the queue, and the stream of what happened to them stays short: nobody reads it. */
export const keptBrief = {
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  streams: { events: { maxLen: 100 } },
};

/**
 * A job is locked from being taken until it is removed, a moment later. When a worker
 * dies in that moment, another gives the job back within twice `stalledInterval`.
 */
export const workerTimes = {
  autorun: false,
  /** Seconds. A worker that was woken and stopped before it took the job delays the others by this at most. */
  drainDelay: 3,
  lockDuration: 5000,
  stalledInterval: 5000,
  maxStalledCount: 1_000_000,
  skipLockRenewal: true,
};
