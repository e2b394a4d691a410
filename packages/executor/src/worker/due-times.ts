/**
 * Runs that are known to be due in the next moments. One look into the store finds all of them, and each is offered in
 * its own millisecond: many that come due one after another cost no look each.
 */
import type { Clock, Instant, Job, RunId } from '@telos/core';

export interface DueTimes {
  expect(job: Job, at: Instant): void;
  /** It was taken before its time: for something else, or by a look. */
  forget(run: RunId): void;
}

/**
 * @param signal Ends them: nothing is offered once it has aborted.
 * @param offer Given all that are due at an instant.
 */
export function createDueTimes(clock: Clock, signal: AbortSignal, offer: (jobs: readonly Job[]) => void): DueTimes {
  /** What is due at each instant, by run. */
  const due = new Map<Instant, Map<RunId, Job>>();
  const instants = new Map<RunId, Instant>();

  async function offerAt(at: Instant, jobs: ReadonlyMap<RunId, Job>): Promise<void> {
    await clock.sleep(Math.max(at - clock.now(), 0), signal);
    due.delete(at);
    for (const run of jobs.keys()) instants.delete(run);
    if (!signal.aborted && jobs.size > 0) offer([...jobs.values()]);
  }

  function forget(run: RunId): void {
    const at = instants.get(run);
    if (at === undefined) return;
    due.get(at)?.delete(run);
    instants.delete(run);
  }

  return {
    expect(job, at) {
      forget(job.run);
      instants.set(job.run, at);
      const known = due.get(at);
      if (known !== undefined) {
        known.set(job.run, job);
        return;
      }
      const jobs = new Map([[job.run, job]]);
      due.set(at, jobs);
      void offerAt(at, jobs);
    },
    forget,
  };
}
