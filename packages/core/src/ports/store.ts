/**
 * Ports of the store: the journal and what is kept beside it.
 *
 * One store holds all of these; a driver gives them together because several
 * are written in one transaction. Every promise here is a test in testkit.
 */
import type { Hash, Instant, OwnerId, RunId, Sequence } from '../ids.ts';
import type { Json } from '../json.ts';
import type { EventOf, Recorded, RunEvent } from '../run/events.ts';
import type { Message } from '../run/message.ts';
import type { RunStatus, RunSummary } from '../run/summary.ts';
import type { ListedWait, WaitingKind } from '../run/waiting-step.ts';
import type { Audit } from './audit.ts';
import type { Callbacks, CallbackSpec } from './callbacks.ts';
import type { ForeignSpans } from './foreign-spans.ts';
import type { Keys } from './keys.ts';
import type { Rates } from './rates.ts';
import type { RunPredicate } from './run-predicate.ts';
import type { Sealing } from './sealing.ts';
import type { Turn } from './turn.ts';
import type { Page } from './page.ts';

/** The right to append to one run. A later owner has a greater epoch. */
export type Lease = { readonly run: RunId; readonly owner: OwnerId; readonly epoch: number };

export type NewRun = {
  readonly id: RunId;
  readonly created: EventOf<'run.created'>;
  /** What a fork, or the door that lets it in, brings with it: events after `created`, none of which ends the run or leaves a step waiting. */
  readonly more?: readonly RunEvent[];
  /** Makes creation repeatable: see `Journal.create`. `body` is a hash of the request. */
  readonly idempotency?: { readonly key: string; readonly body: Hash };
  /** Where its end is posted. Kept in the same transaction; nothing is kept when an earlier run is given instead. */
  readonly callback?: CallbackSpec;
  /** Who is to own it from the first moment: see `Journal.create`. */
  readonly owner?: { readonly id: OwnerId; readonly ttlMs: number };
};

/** `lease` is the owner's that came with the run. */
export type Created = { readonly run: RunId; readonly existing: boolean; readonly lease?: Lease };

/** Of the lease that an owner has who came with a new run. */
export const firstEpoch = 1;

export interface Journal {
  /**
   * Stores a new run with its `run.created` event as sequence 1, what more it brings, and its summary.
   * Durable when it resolves. With an idempotency key that was used before and
   * the same body, gives the earlier run; with another body throws IDEMPOTENCY_MISMATCH.
   *
   * Of runs whose `concurrency` has the same key, at most `max` that are unfinished are let in. When all places are
   * taken: `reject` throws CONCURRENCY_FULL (retryable) and stores nothing; `queue` stores a run that nobody can
   * acquire, and that `lapsed` does not list, until it is its turn, oldest first; `replace` does the same and posts a
   * `cancel` to every run of that key that is let in or queued. The append that ends a run lets the next one in, in
   * the same transaction.
   *
   * A run that comes with an `owner` is leased to it in the same transaction, with the epoch `firstEpoch`, unless it
   * existed before or was not let in. Its appends may follow at once, behind this call and before it has resolved:
   * they are stored after the run, or refused with STALE_OWNER or RUN_NOT_FOUND when it did not get the lease.
   */
  create(run: NewRun): Promise<Created>;

  /**
   * The run that an idempotency key has started; undefined when none has, or it was removed.
   * @throws TelosError IDEMPOTENCY_MISMATCH when it was started with another body.
   */
  startedBy(idempotency: NonNullable<NewRun['idempotency']>): Promise<RunId | undefined>;

  /**
   * Appends events at sequences `after + 1 ...`: all or none, in order, durable
   * when it resolves, the summary updated in the same transaction. Concurrent
   * calls, of one run or of many, share a commit; calls for one run commit in call order. The list of
   * waiting steps is updated in the same transaction. A terminal event removes the run's messages.
   *
   * The same append made again, by the same lease, is answered as done and stored once, whatever has
   * followed it: the answer to the first may have been lost after it was stored. An append of no
   * events settles messages wherever the run stands.
   *
   * @param after The run's last sequence as the owner knows it, counting appends still under way.
   * @param settles Ids of inbox messages that these events answer; removed in the same transaction.
   * @throws TelosError STALE_OWNER when the lease's epoch is no longer the run's, or `after` is not its last sequence;
   *   RUN_FINISHED when the run has a terminal event; RUN_NOT_FOUND; STORE_FULL, STORE_UNAVAILABLE, STORE_CORRUPT. Then nothing was stored.
   */
  append(lease: Lease, after: Sequence, events: readonly RunEvent[], settles?: readonly string[]): Promise<Sequence>;

  /** The events after `after`, in order. Empty for an unknown run. */
  read(run: RunId, after?: Sequence): AsyncIterable<Recorded>;

  /**
   * The events after `after` and then those to come, without a gap or a repeat,
   * also when another process appends them. Ends after a terminal event, or when `signal` aborts.
   */
  follow(run: RunId, after: Sequence, signal: AbortSignal): AsyncIterable<Recorded>;
}

/** The run is another's, or, when it waits for its turn by its concurrency key, nobody's yet: then `heldBy` is that key. */
export type Held = { readonly heldBy: OwnerId; readonly until: Instant };

export type DueRun = { readonly run: RunId; readonly inMs: number };

/**
 * What is asked about one run through one handle takes effect in the order of asking, also before any of it is answered:
 * its creation, `acquire`, `renew`, `append`, `release`, `park`. So the lease that comes with a new run can be renewed at
 * once, and one that is given up was given up behind the appends before. Handles of other processes are in no order.
 */
export interface Leases {
  /**
   * Takes the lease of a run that nobody holds, that lapsed, or that `owner` itself
   * holds; the epoch grows each time. Exactly one of many that ask at once gets it.
   * @throws TelosError RUN_NOT_FOUND.
   */
  acquire(run: RunId, owner: OwnerId, ttlMs: number): Promise<Lease | Held>;
  /**
   * Extends leases; gives those that were lost, as they were given: run, owner and epoch. A later lease of the same owner
   * on the same run is another one, which is neither extended nor lost.
   */
  renew(leases: readonly Lease[], ttlMs: number): Promise<readonly Lease[]>;
  /** Gives a lease up so that another may take it at once. Harmless when it is already lost. */
  release(lease: Lease): Promise<void>;
  /**
   * Gives a lease up because the run waits: `lapsed` does not list it for `forMs` from now (absent: for ever), unless
   * a message is posted to it, or one is there already. A span, for the caller's clock may be minutes from the store's:
   * a run parked until an instant that has passed here would be taken up again and again. Harmless when the lease is
   * already lost.
   */
  park(lease: Lease, forMs?: number): Promise<void>;
  /** Owners that hold a lease of an unfinished run now. */
  owners(): Promise<readonly OwnerId[]>;
  /**
   * Ends every lease of an owner that is known to be gone, so that others need not wait for it.
   * Safe even when it is not gone: its epoch is fenced off as soon as another acquires.
   */
  expire(owner: OwnerId): Promise<void>;
  /** Unfinished runs that no live lease covers and that have something to do now, oldest first: by the store's clock, not the caller's. */
  lapsed(limit: number): Promise<readonly RunId[]>;
  /**
   * Milliseconds until the next parked run has something to do that has nothing to do now; undefined when none will by
   * itself. Asked before `lapsed`, the two miss no run.
   */
  nextDueMs(): Promise<number | undefined>;
  /**
   * Parked runs that have nothing to do now and something within so many milliseconds, the soonest first, each with
   * how long it is until then. Asked before `lapsed`, the two miss no run.
   */
  dueWithin(ms: number, limit: number): Promise<readonly DueRun[]>;
}

export interface Inbox {
  /** Durable when it resolves. The same id twice is one message. @throws TelosError RUN_NOT_FOUND, RUN_FINISHED. */
  post(run: RunId, message: Message): Promise<void>;
  /** Messages not yet settled, oldest first. */
  pending(run: RunId): Promise<readonly Message[]>;
  /** Calls back soon after a message arrives for a run; may repeat, may be late, never decides anything. */
  onMessage(listener: (run: RunId) => void): () => void;
}

export type RunFilter = {
  readonly status?: readonly RunStatus[];
  readonly workflow?: string;
  readonly tag?: string;
  /** Created at this instant or later. */
  readonly since?: Instant;
  /** Created before this instant. */
  readonly until?: Instant;
  readonly minUsd?: number;
  /** Matches within id, workflow or tags, ignoring case. */
  readonly text?: string;
  readonly namespace?: string;
  /** Forks of this run. */
  readonly forkOf?: RunId;
  /** What no index answers: runs that fit all else are looked at, one by one. */
  readonly where?: RunPredicate;
  /** How many runs a page looks at for `where`, at most. 20,000 when absent. */
  readonly looks?: number;
};

/** `paused`: the page ended before it was full, since it had looked at as many runs as it may; `next` goes on there. */
export type RunPage = Page<RunSummary> & { readonly paused?: { readonly looked: number; readonly at: Instant } };

/** Why a run waits for its turn by its concurrency key. */
export type PlaceWait = {
  readonly key: string;
  /** How many there are. */
  readonly places: number;
  /** Runs that have one, oldest first; five at most. */
  readonly holders: readonly RunId[];
  /** Runs that come before it. */
  readonly before: number;
};

export interface Runs {
  get(run: RunId): Promise<RunSummary | undefined>;
  /** Newest first. `cursor` is the `next` of the page before; `limit` in 1..200. @throws TelosError PAGE_INVALID for any other. */
  list(filter: RunFilter, limit: number, cursor?: string): Promise<RunPage>;
  /** With `where` it looks at every run that fits all else. */
  count(filter: RunFilter): Promise<number>;
  /** What an unfinished run waits for that was not let in; undefined when it shares no places, or has one. */
  placeWait(run: RunId): Promise<PlaceWait | undefined>;
  /** Whose turn each of these runs takes where many wait for the same thing. Unknown runs are left out. */
  turns(runs: readonly RunId[]): Promise<ReadonlyMap<RunId, Required<Turn>>>;
}

export interface Blobs {
  /** Stores bytes under their SHA-256; the same bytes twice are stored once. Durable when it resolves. */
  put(bytes: Uint8Array, mediaType: string): Promise<Hash>;
  get(hash: Hash): Promise<{ readonly bytes: Uint8Array; readonly mediaType: string } | undefined>;
}

export type WaitFilter = {
  readonly kind?: readonly WaitingKind[];
  readonly run?: RunId;
  readonly workflow?: string;
  readonly namespace?: string;
  /** Of a signal. */
  readonly name?: string;
  /** Of the error, for steps in doubt or in quarantine. */
  readonly code?: string;
};

/** Steps that wait for something, of every run. A million of them cost an index, nothing else. */
export interface Waits {
  /** Longest waiting first. `limit` in 1..200. @throws TelosError PAGE_INVALID as `Runs.list` does. */
  list(filter: WaitFilter, limit: number, cursor?: string): Promise<Page<ListedWait>>;
  /** The wait that this event of the run opened, while it is open. */
  get(run: RunId, id: Sequence): Promise<ListedWait | undefined>;
  count(filter: WaitFilter): Promise<number>;
}

/** Which attempt at which step: what a worker claims that runs a step for another's run. */
export type Task = { readonly run: RunId; readonly path: string; readonly attempt: number };

/** Who has claimed a task, and whether that worker still lives. */
export type Claim = Task & { readonly worker: OwnerId; readonly alive: boolean };

/** Steps that are run by other workers than their run's owner, and the workers that live. */
export interface Claims {
  /** Says that this worker lives, for `ttlMs` from now; and gives those of its claims that were called off. */
  beat(worker: OwnerId, ttlMs: number): Promise<readonly Task[]>;
  /** Whether the task is this worker's now: the first to ask gets it, for good, and gets it once. */
  claim(task: Task, worker: OwnerId): Promise<boolean>;
  /** The worker is told at its next beat, also when the run has ended by then. What nobody has claimed, nobody can claim any more. */
  callOff(tasks: readonly Task[]): Promise<void>;
  /** Of the tasks of a run that were claimed: by whom, and whether that worker still lives. */
  of(run: RunId): Promise<readonly Claim[]>;
  /**
   * The outcome of these tasks is recorded: `of` gives them no more, and nobody can claim them any more, for a bell
   * may ring for one long after. The end of a run forgets all of its.
   */
  forget(tasks: readonly Task[]): Promise<void>;
  /** Workers that live. */
  workers(): Promise<readonly OwnerId[]>;
}

/** Named instants, for what has to be done once across processes: how far a schedule has fired. */
export interface Marks {
  get(name: string): Promise<Instant | undefined>;
  /** Sets it when it still is `from` (undefined: not set); false when somebody else was faster. */
  advance(name: string, from: Instant | undefined, to: Instant): Promise<boolean>;
}

export type RetentionFilter = {
  /** Terminal statuses; runs that have not ended are never removed. */
  readonly status: readonly RunStatus[];
  readonly endedBefore: Instant;
  readonly workflow?: string;
};

/** Removing what is old, in small batches, so that nothing else waits for long. */
export interface Retention {
  /** Removes at most `limit` ended runs with all that hangs on them, but for those whose end is still to be posted; gives how many. Idempotency keys go with their runs. */
  removeRuns(filter: RetentionFilter, limit: number): Promise<number>;
  /** Removes at most `limit` blobs that neither a run names nor a message to one, and that were put before this instant (by the store's clock); gives how many, and their bytes. */
  collectBlobs(putBefore: Instant, limit: number): Promise<{ readonly count: number; readonly bytes: number }>;
}

export type StoredProgram = {
  readonly hash: Hash;
  readonly id: string;
  /** The program, canonical JSON. */
  readonly program: Json;
  /** The text it was compiled from; of a plan, the draft. */
  readonly source?: string;
  readonly storedAt: Instant;
};

export interface Programs {
  /** Keeps a program under its hash; storing it again changes nothing. */
  put(program: StoredProgram): Promise<void>;
  get(hash: Hash): Promise<StoredProgram | undefined>;
  /**
   * Makes this version the one that `id` names from now on.
   *
   * @param hook The path of its webhook, which is `id`'s alone until a version without it is published, or `id` is withdrawn.
   * @throws TelosError WORKFLOW_NOT_FOUND when it is not stored; HOOK_PATH_TAKEN when the path is another's. Then nothing changed.
   */
  publish(id: string, hash: Hash, at: Instant, hook?: string): Promise<void>;
  /** The hash of the version that `id` names now; undefined when none is published. Reads no program. */
  current(id: string): Promise<Hash | undefined>;
  /** Versions published under an id, newest first; the first is current. */
  versions(id: string): Promise<readonly StoredProgram[]>;
  /** Current version of every published id, by id. */
  published(): Promise<readonly StoredProgram[]>;
  /** Takes an id out of use; runs already started keep their program. */
  withdraw(id: string): Promise<boolean>;
}

export interface Store {
  readonly journal: Journal;
  readonly leases: Leases;
  readonly inbox: Inbox;
  readonly runs: Runs;
  readonly waits: Waits;
  readonly claims: Claims;
  readonly callbacks: Callbacks;
  readonly audit: Audit;
  readonly keys: Keys;
  readonly rates: Rates;
  readonly sealing: Sealing;
  readonly spans: ForeignSpans;
  readonly blobs: Blobs;
  readonly programs: Programs;
  readonly marks: Marks;
  readonly retention: Retention;
  /** Ends when what was accepted is durable. Further calls throw STORE_UNAVAILABLE. */
  close(): Promise<void>;
}
