/**
 * A worker: takes runs from the queue, owns them, and finds those that nobody owns.
 *
 * The queue only says that a run may want an owner. The lease decides who it is;
 * the journal says what there is to do. A run whose doorbell was lost, or whose
 * owner died, is found by its lapsed lease: at start-up and ever after.
 */
import { TelosError } from '@telos/core';
import type { Job, Lease, OwnerId, RunId, RunState } from '@telos/core';
import type { WorkerDeps } from './ports.ts';
import { createPrograms } from './programs.ts';
import { ownRun } from './run-owner.ts';
import type { OwnerEnd, RunOwner } from './run-owner.ts';
import { createSlots } from './slots.ts';
import { createValues } from './values.ts';

export type WorkerOptions = {
  readonly owner: OwnerId;
  /** Steps under way at a time; default 50. */
  readonly concurrency?: number;
  /** Runs owned at a time; default 1,000. */
  readonly runs?: number;
  /** How long a run stays with a worker that does not answer; default 15,000. */
  readonly leaseMs?: number;
  readonly queues?: readonly string[];
  /** Whether to look for runs that nobody owns; default true. A process that came for one run leaves the others alone. */
  readonly recover?: boolean;
  /** Told when a run that this worker owned has ended: for whoever waits in the same process. */
  readonly onEnd?: (state: RunState) => void;
};

export interface Worker {
  readonly owner: OwnerId;
  /** Runs owned at this moment. */
  readonly owned: number;
  /** Lets every run go for the next owner, and returns when their leases are released. */
  stop(): Promise<void>;
}

export function startWorker(deps: WorkerDeps, options: WorkerOptions): Worker {
  const { store, queue, clock } = deps;
  const leaseMs = options.leaseMs ?? 15_000;
  const shared = {
    deps,
    slots: createSlots(options.concurrency ?? 50),
    values: createValues(store.blobs),
    programs: createPrograms(store, deps.language),
  };
  const owners = new Map<RunId, RunOwner>();
  /** Runs being loaded or owned, each with its lease once it has one: what takes long to load must not lapse meanwhile. */
  const taken = new Map<RunId, Lease | undefined>();
  /** Before a run is tried again that the store would not let go on. */
  const pauseMs = leaseMs / 3;
  const stopping = new AbortController();

  const unsubscribe = store.inbox.onMessage((run) => owners.get(run)?.wake());
  const server = queue.serve({ queues: options.queues ?? ['default'], concurrency: options.runs ?? 1000 }, handle);
  const loops = [repeat(leaseMs / 3, renew), ...(options.recover === false ? [] : [repeat(leaseMs / 2, offerLapsed)])];

  /** Takes the run if nobody has it, and stays until it is let go: the queue's concurrency bounds the runs owned. */
  async function handle(job: Job): Promise<void> {
    if (job.kind !== 'run' || taken.has(job.run) || stopping.signal.aborted) return;
    taken.set(job.run, undefined);
    let again = false;
    try {
      const answer = await store.leases.acquire(job.run, options.owner, leaseMs);
      if ('heldBy' in answer) return;
      taken.set(job.run, answer);
      again = (await own(answer)) === 'failed';
    } catch (error) {
      if (!(error instanceof TelosError && error.code === 'RUN_NOT_FOUND')) {
        deps.report({ message: `Run ${job.run} could not be taken: ${messageOf(error)}`, run: job.run, error });
        again = error instanceof TelosError && error.kind === 'retryable';
      }
    } finally {
      if (again) await clock.sleep(pauseMs, stopping.signal);
      const lease = taken.get(job.run);
      taken.delete(job.run);
      if (lease !== undefined)
        await store.leases
          .release(lease)
          .catch((error: unknown) => deps.report({ message: messageOf(error), run: job.run, error }));
    }
    if (again && !stopping.signal.aborted) await queue.offer([job]);
  }

  async function own(lease: Lease): Promise<OwnerEnd> {
    const owner = await ownRun(shared, lease);
    if (owner === 'ended') return 'ended';
    owners.set(lease.run, owner);
    if (stopping.signal.aborted) owner.stop();
    const end = await owner.done;
    owners.delete(lease.run);
    // The lease of a run that has ended covers nothing; one that was lost is somebody else's.
    if (end === 'lost' || end === 'ended') taken.set(lease.run, undefined);
    if (end === 'ended') options.onEnd?.(owner.state);
    return end;
  }

  async function renew(): Promise<void> {
    const leases = [...taken.values()].filter((lease) => lease !== undefined);
    if (leases.length === 0) return;
    for (const lost of await store.leases.renew(leases, leaseMs)) {
      deps.report({ message: `The lease of run ${lost.run} was lost; its new owner goes on.`, run: lost.run });
      owners.get(lost.run)?.lose();
    }
  }

  async function offerLapsed(): Promise<void> {
    const { isGone } = deps;
    if (isGone !== undefined) {
      for (const owner of await store.leases.owners()) {
        if (owner !== options.owner && isGone(owner)) await store.leases.expire(owner);
      }
    }
    const runs = await store.leases.lapsed(options.runs ?? 1000);
    await queue.offer(runs.filter((run) => !taken.has(run)).map((run) => ({ kind: 'run', queue: 'default', run })));
  }

  /** Does something now and every `everyMs`, until the worker stops; a failure is reported and the next time comes. */
  async function repeat(everyMs: number, act: () => Promise<void>): Promise<void> {
    while (!stopping.signal.aborted) {
      await act().catch((error: unknown) => deps.report({ message: messageOf(error), error }));
      await clock.sleep(everyMs, stopping.signal);
    }
  }

  return {
    owner: options.owner,
    get owned() {
      return owners.size;
    },
    async stop() {
      if (stopping.signal.aborted) return;
      stopping.abort();
      unsubscribe();
      for (const owner of owners.values()) owner.stop();
      await server.stop();
      await Promise.all(loops);
    },
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
