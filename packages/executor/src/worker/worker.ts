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
import type { Created, DueRun, Instant, Job, Lease, NewRun, OwnerId, RunId, RunState } from '@telos/core';
import { createDueTimes } from './due-times.ts';
import type { WorkerDeps } from '../ports.ts';
import { createPrograms } from '../desk/programs.ts';
import { ownRun } from './own-run.ts';
import type { OwnerEnd, RunOwner } from '../owner/run-owner.ts';
import { startRounds } from './rounds.ts';
import type { Rounds } from './rounds.ts';
import { serveTasks } from '../remote/serve-tasks.ts';
import { createSlots } from '../desk/slots.ts';
import { createValues } from '../scope/values.ts';

/** Between two looks for runs that are due: what is due then may be on its way to another worker, and what comes due until then is known. */
const duePauseMs = 250;
/** Runs that are known before they are due. */
const mostExpected = 1000;

/** Runs that have something to do now, those that soon will, and how long it is until the next that has nothing now. */
type Due = {
  readonly runs: readonly RunId[];
  readonly soon: readonly DueRun[];
  readonly nextMs?: number | undefined;
};

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
  const leaseMs = options.leaseMs ?? 15_000;
  const queues = options.queues ?? ['default'];
  const concurrency = options.concurrency ?? 50;
  const shared = {
    deps,
    queues,
    slots: createSlots(concurrency),
    values: createValues(store.blobs),
    vaults: deps.vaults ?? createVaults(),
    programs: createPrograms(store, deps.language),
  };
  /** Runs owned at a time. */
  const most = options.runs ?? 1000;
  const recovers = options.recover !== false;
  const owners = new Map<RunId, RunOwner>();
  /** Runs being loaded or owned, each with its lease once it has one: what takes long to load must not lapse meanwhile. */
  const taken = new Map<RunId, Lease | undefined>();
  /** Until when each lease is this worker's for certain: nobody else can have had it before. */
  const heldUntil = new Map<RunId, Instant>();
  /** Before a run is tried again that the store would not let go on. */
  const pauseMs = leaseMs / 3;
  const stopping = new AbortController();
  /** Runs that were let go because they wait, or could not be had yet: a process that looks for no others takes these up again. */
  const parked = new Map<RunId, Instant | undefined>();
  /** Runs that began here, until they are let go. */
  const staying = new Set<Promise<void>>();
  /** Runs owned while a new one is taken up here: where others could have it, as many as find a slot. */
  const room = deps.elsewhere === true ? Math.min(most, concurrency) : most;
  /** Runs to which a message came while they were being taken up or let go. */
  const rung = new Set<RunId>();

  const unsubscribe = store.inbox.onMessage((run) => {
    if (owners.get(run)?.wake() === true) return;
    if (taken.has(run)) rung.add(run);
    else if (recovers || parked.has(run)) void offer([run]);
  });
  const server = queue.serve({ queues, concurrency: most }, handle);
  const tasks =
    deps.elsewhere === true
      ? serveTasks(shared, { owner: options.owner, queues, concurrency, aliveMs: leaseMs })
      : undefined;
  const onError = (error: unknown): void => deps.report({ message: messageOf(error), error });
  const rounds = { clock, signal: stopping.signal, failedMs: leaseMs / 3, onError };
  const regularly = (act: () => Promise<void>): Rounds => startRounds(() => act().then(() => leaseMs / 3), rounds);
  const keeping = [regularly(renew), ...(tasks === undefined ? [] : [regularly(tasks.beat), regularly(checkPlaced)])];
  const dueTimes = createDueTimes(clock, stopping.signal, offerExpected);
  /** When runs that are due are looked for again at the latest; a look that has begun may have missed what comes now. */
  let nextLook = Number.POSITIVE_INFINITY;
  const looking = startRounds(offerDue, rounds);

  /** Takes the run if nobody has it, and stays until it is let go: the queue's concurrency bounds the runs owned. */
  async function handle(job: Job): Promise<void> {
    const { run } = job;
    if (job.kind !== 'run' || taken.has(run) || stopping.signal.aborted) return;
    parked.delete(run);
    dueTimes.forget(run);
    await stay(run, async () => {
      const asked = clock.now();
      const answer = await store.leases.acquire(run, options.owner, leaseMs);
      if (!('heldBy' in answer)) return own(answer, asked);
      // Another's for now, or nobody's before its turn: whoever came for this run alone looks again.
      if (!recovers) parked.set(run, answer.until);
      return 'lost';
    });
  }

  function take(run: NewRun): Promise<Created> | undefined {
    if (stopping.signal.aborted || taken.size >= room || !queues.includes('default')) return undefined;
    const { id } = run;
    const asked = clock.now();
    const created = store.journal.create({ ...run, owner: { id: options.owner, ttlMs: leaseMs } });
    // One that may turn out to be there already, or has to wait for its turn, begins when that is known.
    const mayWait = run.idempotency !== undefined || run.created.concurrency !== undefined;
    const end = stay(id, async () => {
      const lease = mayWait ? (await created.catch(() => undefined))?.lease : firstLease(id);
      return lease === undefined ? 'lost' : own(lease, asked, stateOf(run));
    }).finally(() => staying.delete(end));
    staying.add(end);
    created.catch(() => owners.get(id)?.lose());
    return created;
  }

  function firstLease(run: RunId): Lease {
    return { run, owner: options.owner, epoch: firstEpoch };
  }

  /** Takes a run up, and sees to what follows when it is let go. */
  async function stay(run: RunId, takeUp: () => Promise<OwnerEnd>): Promise<void> {
    taken.set(run, undefined);
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
      const lease = taken.get(run);
      taken.delete(run);
      heldUntil.delete(run);
      if (lease !== undefined)
        await store.leases
          .release(lease)
          .catch((error: unknown) => deps.report({ message: messageOf(error), run, error }));
    }
    if (rung.delete(run)) again = true;
    if (again && !stopping.signal.aborted) await offer([run]);
  }

  /** @param asked When the lease was asked for. @param fresh See `ownRun`. */
  async function own(lease: Lease, asked: Instant, fresh?: RunState): Promise<OwnerEnd> {
    const { run } = lease;
    taken.set(run, lease);
    heldUntil.set(run, asked + leaseMs);
    const hold = { isCertain: () => isHeld(run), confirm: () => renew().then(() => isHeld(run)) };
    const owner = await ownRun(shared, lease, hold, fresh);
    if (owner === 'ended') return 'ended';
    owners.set(lease.run, owner);
    if (stopping.signal.aborted) owner.drain();
    const end = await owner.done;
    owners.delete(lease.run);
    // The lease of a run that has ended covers nothing; one that was lost is somebody else's.
    if (end === 'lost' || end === 'ended' || end === 'parked') taken.set(lease.run, undefined);
    if (end === 'parked') await park(owner);
    if (end === 'ended') options.onEnd?.(owner.state);
    if (end === 'parked') options.onPark?.(owner.state);
    return end;
  }

  async function park(owner: RunOwner): Promise<void> {
    const { lease } = owner;
    const parkedUntil = owner.parkedUntil();
    const forMs = parkedUntil === undefined ? undefined : Math.max(parkedUntil - clock.now(), 0);
    await store.leases.park(lease, forMs).catch((error: unknown) => {
      // Then its lease lapses, and the run is looked at again.
      deps.report({ message: messageOf(error), run: lease.run, error });
    });
    if (!recovers) parked.set(lease.run, parkedUntil);
    lookSoon();
    if (forMs !== undefined && forMs <= duePauseMs)
      await expectDue([{ run: lease.run, inMs: forMs }]).catch((error: unknown) => onError(error));
  }

  /** Sees to a look within the usual pause, however many ask for one. */
  function lookSoon(): void {
    const at = clock.now() + duePauseMs;
    if (nextLook <= at) return;
    nextLook = at;
    clock.sleep(duePauseMs, stopping.signal).then(() => looking.again(), onError);
  }

  async function renew(): Promise<void> {
    const leases = [...taken.values()].filter((lease) => lease !== undefined);
    if (leases.length === 0) return;
    const asked = clock.now();
    const allLost = await store.leases.renew(leases, leaseMs);
    for (const { run } of leases) if (heldUntil.has(run)) heldUntil.set(run, asked + leaseMs);
    for (const lost of allLost) {
      heldUntil.delete(lost.run);
      deps.report({ message: `The lease of run ${lost.run} was lost; its new owner goes on.`, run: lost.run });
      owners.get(lost.run)?.lose();
    }
  }

  function isHeld(run: RunId): boolean {
    return clock.now() < (heldUntil.get(run) ?? Number.NEGATIVE_INFINITY);
  }

  async function checkPlaced(): Promise<void> {
    for (const owner of owners.values()) await owner.check();
  }

  /** Offers the runs that have something to do and that nobody holds. Gives how long it is until the next look. */
  async function offerDue(): Promise<number> {
    nextLook = Number.POSITIVE_INFINITY;
    const at = clock.now();
    const { runs, soon, nextMs = Number.POSITIVE_INFINITY } = recovers ? await lapsed() : parkedHere();
    await expectDue(soon);
    await offer(runs.filter((run) => !taken.has(run)));
    // What was not taken is being taken, or waits for room: it is looked at again soon, not at once.
    const againMs = runs.length > 0 ? duePauseMs : leaseMs / 2;
    const pauseMs = Math.min(againMs, Math.max(Math.ceil(nextMs - (clock.now() - at)), soonestMs(soon)));
    nextLook = Math.min(nextLook, clock.now() + pauseMs);
    return pauseMs;
  }

  /** All that come due until the next look are known, unless they are too many. */
  function soonestMs(soon: readonly DueRun[]): number {
    return soon.length < mostExpected ? duePauseMs : Math.max(soon.at(-1)?.inMs ?? 0, 1);
  }

  async function expectDue(soon: readonly DueRun[]): Promise<void> {
    if (soon.length === 0) return;
    const at = clock.now();
    const inMs = new Map(soon.map((one) => [one.run, one.inMs]));
    for (const job of await jobsFor([...inMs.keys()])) dueTimes.expect(job, at + Math.ceil(inMs.get(job.run) ?? 0));
  }

  function offerExpected(jobs: readonly Job[]): void {
    // One that is only being let go now is offered when that is done.
    for (const { run } of jobs) if (taken.has(run)) rung.add(run);
    const others = jobs.filter(({ run }) => !taken.has(run));
    if (others.length > 0) queue.offer(others).catch(onError);
  }

  async function lapsed(): Promise<Due> {
    const { isGone } = deps;
    const { leases } = store;
    if (isGone !== undefined) {
      for (const owner of await leases.owners()) {
        if (owner !== options.owner && isGone(owner)) await leases.expire(owner);
      }
    }
    // Without room here nothing would come of it; whoever has room looks too.
    const left = most - taken.size;
    if (left <= 0) return { runs: [], soon: [], nextMs: duePauseMs };
    const [soon, nextMs] = await Promise.all([leases.dueWithin(duePauseMs, mostExpected), leases.nextDueMs()]);
    return { runs: await leases.lapsed(left), soon, nextMs };
  }

  function parkedHere(): Due {
    const now = clock.now();
    const runs: RunId[] = [];
    const soon: DueRun[] = [];
    let next = Number.POSITIVE_INFINITY;
    for (const [run, until = Number.POSITIVE_INFINITY] of parked) {
      if (until <= now) runs.push(run);
      else next = Math.min(next, until);
      if (until > now && until <= now + duePauseMs) soon.push({ run, inMs: until - now });
    }
    return { runs, soon: soon.toSorted((one, other) => one.inMs - other.inMs), nextMs: next - now };
  }

  async function offer(runs: readonly RunId[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      await queue.offer(await jobsFor(runs));
    } catch (error) {
      deps.report({ message: messageOf(error), error });
    }
  }

  async function jobsFor(runs: readonly RunId[]): Promise<readonly Job[]> {
    const turns = await store.runs.turns(runs);
    return runs.map((run) => ({ kind: 'run', queue: 'default', run, ...turns.get(run) }));
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
    owner: options.owner,
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
      await Promise.all([...keeping, looking].map(({ over }) => over));
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
