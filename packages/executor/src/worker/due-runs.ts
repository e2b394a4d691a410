/**
 * Runs that have something to do and that nobody holds: they are offered to
 * whoever has room. The store is asked now and then, and when the next is likely
 * to be due; what comes due until the next look is known by then.
 */
import type { DueRun, Instant, Job, OwnerId, RunId } from '@telos/core';
import type { WorkerDeps } from '../ports.ts';
import { createDueTimes } from './due-times.ts';
import { startRounds } from './rounds.ts';

/** Between two looks: what is due then may be on its way to another worker, and what comes due until then is known. */
const pauseMs = 250;
/** Runs that are known before they are due. */
const mostExpected = 1000;

export type DueRunsSpec = {
  readonly deps: Pick<WorkerDeps, 'store' | 'queue' | 'clock' | 'report' | 'isGone'>;
  readonly owner: OwnerId;
  /** How long a run stays with a worker that does not answer. */
  readonly leaseMs: number;
  /** Whether to look for runs that nobody owns; else those are found alone that were let go here. */
  readonly recovers: boolean;
  /** Ends the looks. */
  readonly signal: AbortSignal;
  /** How many more runs the worker could own. */
  readonly room: () => number;
  readonly isTaken: (run: RunId) => boolean;
  /** Told of a run that is due while it is only being let go. */
  readonly onDueWhileTaken: (run: RunId) => void;
};

export interface DueRuns {
  offer(runs: readonly RunId[]): Promise<void>;
  /** The run is taken, for whatever reason: it is due no more. */
  forget(run: RunId): void;
  /** Another worker has the run, or its turn has not come: it is looked at again then. */
  putOff(run: RunId, until: Instant): void;
  /**
   * The run was let go until then; undefined: until something happens to it.
   *
   * @param forMs As the store was told a moment ago: by its clock the run is due after that, and not sooner.
   */
  park(run: RunId, until: Instant | undefined, forMs: number | undefined): Promise<void>;
  /** Whether a message to the run is a reason to offer it here. */
  isOurs(run: RunId): boolean;
  /** Resolves when the last look has ended. */
  readonly over: Promise<void>;
}

/** Runs that have something to do now, those that soon will, and how long it is until the next that has nothing now. */
type Due = {
  readonly runs: readonly RunId[];
  readonly soon: readonly DueRun[];
  readonly nextMs?: number | undefined;
};

export function startDueRuns(spec: DueRunsSpec): DueRuns {
  const { deps, owner, leaseMs, recovers, signal, room, isTaken, onDueWhileTaken } = spec;
  const { store, queue, clock } = deps;
  /** Runs that were let go here, kept by a process that looks for no others. */
  const parked = new Map<RunId, Instant | undefined>();
  const times = createDueTimes(clock, signal, offerExpected);
  /** When they are looked for again at the latest; a look that has begun may have missed what comes now. */
  let nextLook = Number.POSITIVE_INFINITY;
  const looks = startRounds(look, { clock, signal, failedMs: leaseMs / 3, onError });

  function onError(error: unknown): void {
    deps.report({ message: error instanceof Error ? error.message : String(error), error });
  }

  /** Gives how long it is until the next look. */
  async function look(): Promise<number> {
    nextLook = Number.POSITIVE_INFINITY;
    const at = clock.now();
    const { runs, soon, nextMs = Number.POSITIVE_INFINITY } = recovers ? await lapsed() : parkedHere();
    await expect(soon);
    await offer(runs.filter((run) => !isTaken(run)));
    // What was not taken is being taken, or waits for room: it is looked at again soon, not at once.
    const againMs = runs.length > 0 ? pauseMs : leaseMs / 2;
    const nextIn = Math.min(againMs, Math.max(Math.ceil(nextMs - (clock.now() - at)), soonestMs(soon)));
    nextLook = Math.min(nextLook, clock.now() + nextIn);
    return nextIn;
  }

  /** All that come due until the next look are known, unless they are too many. */
  function soonestMs(soon: readonly DueRun[]): number {
    return soon.length < mostExpected ? pauseMs : Math.max(soon.at(-1)?.inMs ?? 0, 1);
  }

  async function lapsed(): Promise<Due> {
    const { isGone } = deps;
    const { leases } = store;
    if (isGone !== undefined) {
      for (const other of await leases.owners()) {
        if (other !== owner && isGone(other)) await leases.expire(other);
      }
    }
    // Without room here nothing would come of it; whoever has room looks too.
    const left = room();
    if (left <= 0) return { runs: [], soon: [], nextMs: pauseMs };
    const [soon, nextMs] = await Promise.all([leases.dueWithin(pauseMs, mostExpected), leases.nextDueMs()]);
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
      if (until > now && until <= now + pauseMs) soon.push({ run, inMs: until - now });
    }
    return { runs, soon: soon.toSorted((one, other) => one.inMs - other.inMs), nextMs: next - now };
  }

  /** Sees to a look within the usual pause, however many ask for one. */
  function lookSoon(): void {
    const at = clock.now() + pauseMs;
    if (nextLook <= at) return;
    nextLook = at;
    clock.sleep(pauseMs, signal).then(() => looks.again(), onError);
  }

  async function expect(soon: readonly DueRun[]): Promise<void> {
    if (soon.length === 0) return;
    const at = clock.now();
    const inMs = new Map(soon.map((one) => [one.run, one.inMs]));
    for (const job of await jobsFor([...inMs.keys()])) times.expect(job, at + Math.ceil(inMs.get(job.run) ?? 0));
  }

  function offerExpected(jobs: readonly Job[]): void {
    for (const { run } of jobs) if (isTaken(run)) onDueWhileTaken(run);
    const others = jobs.filter(({ run }) => !isTaken(run));
    if (others.length > 0) queue.offer(others).catch(onError);
  }

  async function offer(runs: readonly RunId[]): Promise<void> {
    if (runs.length === 0) return;
    try {
      await queue.offer(await jobsFor(runs));
    } catch (error) {
      onError(error);
    }
  }

  async function jobsFor(runs: readonly RunId[]): Promise<readonly Job[]> {
    const turns = await store.runs.turns(runs);
    return runs.map((run) => ({ kind: 'run', queue: 'default', run, ...turns.get(run) }));
  }

  return {
    offer,
    forget(run) {
      parked.delete(run);
      times.forget(run);
    },
    putOff(run, until) {
      if (!recovers) parked.set(run, until);
    },
    async park(run, until, forMs) {
      if (!recovers) parked.set(run, until);
      lookSoon();
      if (forMs !== undefined && forMs <= pauseMs) await expect([{ run, inMs: forMs }]).catch(onError);
    },
    isOurs: (run) => recovers || parked.has(run),
    over: looks.over,
  };
}
