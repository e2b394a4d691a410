/**
 * A worker: takes runs from the queue, owns them, and finds those that nobody owns.
 *
 * A run that begins in this process is its own from the first moment while there
 * is room: neither the queue nor a second commit stands between its creation and
 * its first step.
 *
 * The queue only says that a run may want an owner. The lease decides who it is;
 * the journal says what there is to do. A run whose doorbell was lost, or whose
 * owner died, is found by its lapsed lease: at start-up and ever after.
 */
import { begin, createVaults, evolve, firstEpoch, TelosError } from '@telos/core';
import type { Created, Instant, Job, Lease, NewRun, OwnerId, RunId, RunState } from '@telos/core';
import { startDueRuns } from './due-runs.ts';
import { HeldLeases } from './held-leases.ts';
import type { WorkerDeps } from '../ports.ts';
import { createPrograms } from '../desk/programs.ts';
import { ownRun } from './own-run.ts';
import type { OwnerEnd, RunOwner } from '../owner/run-owner.ts';
import { startRounds } from './rounds.ts';
import type { Rounds } from './rounds.ts';
import { serveTasks } from '../remote/serve-tasks.ts';
import { createSeals } from '../desk/seals.ts';
import { createSlots } from '../desk/slots.ts';
import { createValues } from '../scope/values.ts';

export type WorkerOptions = {
  readonly owner: OwnerId;
  /** Steps under way at a time; default 50. */
  readonly concurrency?: number;
  /** Runs owned at a time; default 1,000. */
  readonly runs?: number;
  /** How long a run stays with a worker that does not answer; default 15,000. */
  readonly leaseMs?: number;
  /** Whose runs and steps it takes; default `default`. */
  readonly queues?: readonly string[];
  /** Whether to look for runs that nobody owns; default true. A process that came for one run leaves the others alone. */
  readonly recover?: boolean;
  /** Told when a run that this worker owned has ended: for whoever waits in the same process. */
  readonly onEnd?: (state: RunState) => void;
  /** Told when a run that this worker owned waits, and is held by nobody until something happens. */
  readonly onPark?: (state: RunState) => void;
};

export interface Worker {
  readonly owner: OwnerId;
  /** Runs owned at this moment. */
  readonly owned: number;
  /**
   * Stores a new run as this worker's own and takes it up; it has the lease when `Created` says so. Undefined when there
   * is no room here, or no worker but this one would be asked: then the run is for whoever hears of it.
   */
  take(run: NewRun): Promise<Created> | undefined;
  /**
   * Lets every run go for the next owner, and returns when their leases are released. Takes no more runs, begins no
   * more steps, and waits at most `drainMs` (default 0) for those under way; what is left then is aborted, and handed
   * over where it may be made again.
   */
  stop(options?: { readonly drainMs?: number }): Promise<void>;
}

export function startWorker(deps: WorkerDeps, options: WorkerOptions): Worker {
  const { store, queue, clock } = deps;
  const { owner: id, leaseMs = 15_000, queues = ['default'], concurrency = 50, runs: most = 1000 } = options;
  const recovers = options.recover !== false;
  const shared = {
    deps,
    queues,
    slots: createSlots(concurrency),
    values: createValues(store.blobs),
    vaults: deps.vaults ?? createVaults(),
    programs: createPrograms(store, deps.language),
    seals: createSeals(store.sealing),
  };
  const owners = new Map<RunId, RunOwner>();
  const leases = new HeldLeases(store.leases, clock, leaseMs);
  /** Before a run is tried again that the store would not let go on. */
  const pauseMs = leaseMs / 3;
  const stopping = new AbortController();
  /** Runs that began here, until they are let go. */
  const staying = new Set<Promise<void>>();
  /** Runs owned while a new one is taken up here: where others could have it, as many as find a slot. */
  const room = deps.elsewhere === true ? Math.min(most, concurrency) : most;
  /** Runs that were asked for, or came due, while they were being taken up or let go. */
  const rung = new Set<RunId>();

  const unsubscribe = store.inbox.onMessage((run) => {
    if (owners.get(run)?.wake() === true) return;
    if (leases.has(run)) rung.add(run);
    else if (due.isOurs(run)) void due.offer([run]);
  });
  const server = queue.serve({ queues, concurrency: most }, handle);
  const tasks =
    deps.elsewhere === true ? serveTasks(shared, { owner: id, queues, concurrency, aliveMs: leaseMs }) : undefined;
  const onError = (error: unknown): void => deps.report({ message: messageOf(error), error });
  const rounds = { clock, signal: stopping.signal, failedMs: leaseMs / 3, onError };
  const regularly = (act: () => Promise<void>): Rounds => startRounds(() => act().then(() => leaseMs / 3), rounds);
  const keeping = [regularly(renew), ...(tasks === undefined ? [] : [regularly(tasks.beat), regularly(checkPlaced)])];
  const due = startDueRuns({
    deps,
    owner: id,
    leaseMs,
    recovers,
    signal: stopping.signal,
    room: () => most - leases.size,
    isTaken: (run) => leases.has(run),
    onDueWhileTaken: (run) => rung.add(run),
  });

  /** Takes the run if nobody has it, and stays until it is let go: the queue's concurrency bounds the runs owned. */
  async function handle(job: Job): Promise<void> {
    const { run } = job;
    if (job.kind !== 'run' || leases.has(run) || stopping.signal.aborted) return;
    due.forget(run);
    await stay(run, async () => {
      const asked = clock.now();
      const answer = await store.leases.acquire(run, id, leaseMs);
      if (!('heldBy' in answer)) return own(answer, asked);
      // Another's for now, or nobody's before its turn: whoever came for this run alone looks again.
      due.putOff(run, answer.until);
      return 'lost';
    });
  }

  function take(run: NewRun): Promise<Created> | undefined {
    if (stopping.signal.aborted || leases.size >= room || !queues.includes('default')) return undefined;
    const asked = clock.now();
    const created = store.journal.create({ ...run, owner: { id, ttlMs: leaseMs } });
    // One that may turn out to be there already, or has to wait for its turn, begins when that is known.
    const mayWait = run.idempotency !== undefined || run.created.concurrency !== undefined;
    const end = stay(run.id, async () => {
      const lease = mayWait ? (await created.catch(() => undefined))?.lease : firstLease(run.id);
      return lease === undefined ? 'lost' : own(lease, asked, stateOf(run));
    }).finally(() => staying.delete(end));
    staying.add(end);
    created.catch(() => owners.get(run.id)?.lose());
    return created;
  }

  function firstLease(run: RunId): Lease {
    return { run, owner: id, epoch: firstEpoch };
  }

  /** Takes a run up, and sees to what follows when it is let go. */
  async function stay(run: RunId, takeUp: () => Promise<OwnerEnd>): Promise<void> {
    leases.begin(run);
    let again = false;
    try {
      again = (await takeUp()) === 'failed';
    } catch (error) {
      if (!(error instanceof TelosError && error.code === 'RUN_NOT_FOUND')) {
        deps.report({ message: `Run ${run} could not be taken: ${messageOf(error)}`, run, error });
        again = error instanceof TelosError && error.kind === 'retryable';
      }
    } finally {
      if (again) await clock.sleep(pauseMs, stopping.signal);
      const lease = leases.end(run);
      if (lease !== undefined)
        await store.leases
          .release(lease)
          .catch((error: unknown) => deps.report({ message: messageOf(error), run, error }));
    }
    if (rung.delete(run)) again = true;
    if (again && !stopping.signal.aborted) await due.offer([run]);
  }

  /** @param asked When the lease was asked for. @param fresh See `ownRun`. */
  async function own(lease: Lease, asked: Instant, fresh?: RunState): Promise<OwnerEnd> {
    const { run } = lease;
    leases.hold(lease, asked);
    const hold = { isCertain: () => leases.isCertain(run), confirm: () => renew().then(() => leases.isCertain(run)) };
    const taken = await ownRun(shared, lease, hold, stopping.signal, fresh);
    if (taken === undefined) return 'ended';
    const end = 'ended' in taken ? 'ended' : await carryOut(taken, fresh !== undefined);
    // The lease of a run that has ended covers nothing; one that was lost is somebody else's.
    if (end === 'lost' || end === 'ended') leases.drop(run);
    if (end === 'ended') options.onEnd?.('ended' in taken ? taken.ended : taken.state);
    return end;
  }

  /** Has a run carried out as far as it goes, and parks one that waits. */
  async function carryOut(owner: RunOwner, isFresh: boolean): Promise<OwnerEnd> {
    const { run } = owner;
    owners.set(run, owner);
    // What was asked of it until here rang; from here on it wakes the owner.
    const isAsked = rung.delete(run) || !isFresh;
    owner.begin(isAsked);
    if (stopping.signal.aborted) owner.drain();
    const end = await owner.done;
    owners.delete(run);
    if (end === 'parked') {
      leases.drop(run);
      await park(owner);
      options.onPark?.(owner.state);
    }
    return end;
  }

  async function park(owner: RunOwner): Promise<void> {
    const { lease } = owner;
    const { run } = lease;
    const until = owner.parkedUntil();
    const forMs = until === undefined ? undefined : Math.max(until - clock.now(), 0);
    await store.leases.park(lease, forMs).catch((error: unknown) => {
      // Then its lease lapses, and the run is looked at again.
      deps.report({ message: messageOf(error), run, error });
    });
    await due.park(run, until, forMs);
  }

  async function renew(): Promise<void> {
    for (const run of await leases.renew()) {
      deps.report({ message: `The lease of run ${run} was lost; its new owner goes on.`, run });
      owners.get(run)?.lose();
    }
  }

  async function checkPlaced(): Promise<void> {
    for (const owner of owners.values()) await owner.check();
  }

  /** Leases are renewed meanwhile: what is under way is still this worker's. */
  async function drain(drainMs: number, stopped: Promise<unknown>): Promise<void> {
    for (const owner of owners.values()) owner.drain();
    const over = new AbortController();
    const end = stopped.then(() => over.abort('drained'));
    const keeping = (async () => {
      while (!over.signal.aborted) {
        await Promise.all([renew(), tasks?.beat()]).catch((error: unknown) =>
          deps.report({ message: messageOf(error), error }),
        );
        await clock.sleep(leaseMs / 3, over.signal);
      }
    })();
    await Promise.race([end, clock.sleep(drainMs, over.signal)]);
    over.abort('late');
    await keeping;
  }

  return {
    owner: id,
    get owned() {
      return owners.size;
    },
    take,
    async stop({ drainMs = 0 } = {}) {
      if (stopping.signal.aborted) return;
      stopping.abort();
      unsubscribe();
      const stopped = Promise.all([server.stop(), tasks?.stop(), ...staying]);
      if (drainMs > 0) await drain(drainMs, stopped);
      for (const owner of owners.values()) owner.stop();
      tasks?.handBack();
      await stopped;
      await Promise.all([...keeping, due].map(({ over }) => over));
    },
  };
}

/** As the journal of a new run has it. */
function stateOf({ id, created, more = [] }: NewRun): RunState {
  let state = begin(id, created);
  for (const event of more) state = evolve(state, event);
  return state;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
