/** What BullMQ is told on either backend. */

/** Jobs leave no trace when they leave the queue, and the stream of what happened to them stays short: nobody reads it. */
export const keptBrief = {
  defaultJobOptions: { removeOnComplete: true, removeOnFail: true, attempts: 1 },
  streams: { events: { maxLen: 100 } },
};

/**
 * A job is locked from being taken until it is removed, a moment later. A worker that has not removed it after so many
 * milliseconds has died, or stands still: what is offered anew takes the place of its job. That two may then handle it
 * is a matter of the store, as always.
 */
export const takenMs = 1000;

/** A job of a dead worker that nobody offers anew is given back by another within twice `stalledInterval`. */
export const workerTimes = {
  autorun: false,
  /** Seconds. A worker that was woken and stopped before it took the job delays the others by this at most. */
  drainDelay: 3,
  lockDuration: 5000,
  stalledInterval: 5000,
  maxStalledCount: 1_000_000,
  skipLockRenewal: true,
};
