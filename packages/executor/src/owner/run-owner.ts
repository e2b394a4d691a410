/**
 * The owner of one run: carries out what the run's frontier offers.
 *
 *   frontier offers ─> evaluate, render ─> decide ─> append ─> durable ─> act
 *        ^                                                                 │
 *        └───────────── outcome ─> decide ─> append <──────────────────────┘
 *
 * A turn takes everything that has become possible, and what it records goes
 * out in one append: an outcome, what it frees, the starts that follow. A step
 * acts only when the append that says it has started is durable. While the store
 * is away an owner keeps what it knows and waits; one that loses its lease drops
 * it all: the journal has what counts. When nothing is under way and nothing is
 * due soon, the owner lets the run go: whoever finds it due takes it up again.
 */
import { errorRecordOf, fold, hasEnded, TelosError } from '@telos/core';
import type { Instant, Lease, RunId, RunState } from '@telos/core';
import type { ActionSteps } from '../actions/action-steps.ts';
import type { BlockSteps } from '../blocks/block-steps.ts';
import type { Budgets } from '../budget/budgets.ts';
import type { Lazy } from '../desk/lazy.ts';
import type { Ledger } from '../desk/ledger.ts';
import type { Hold, OwnerShared } from '../desk/owner-shared.ts';
import type { Patience } from '../desk/patience.ts';
import type { RunDesk } from '../desk/run-desk.ts';
import type { Carrier } from './carrier.ts';
import { createParts } from './parts.ts';
import type { Loaded, PartsOwner } from './parts.ts';
import type { RunRails } from './run-rails.ts';
import type { Steering } from './steering.ts';
import { Turns } from './turns.ts';

/**
 * How owning a run came to its end. `ended`: the run has. `parked`: nothing is to be done before `parkedUntil`.
 * `lost`: another owner has it. `stopped`: told to. `failed`: the store refused; the run goes on later.
 */
export type OwnerEnd = 'ended' | 'parked' | 'lost' | 'stopped' | 'failed';

export interface RunOwner {
  readonly run: RunId;
  readonly lease: Lease;
  /** As it stands in memory: durable once `done` says `ended` or `parked`. */
  readonly state: RunState;
  /**
   * Goes on from where the run stands.
   *
   * @param isAsked Whether something may have been asked of it before: that is seen to before any step begins.
   */
  begin(isAsked: boolean): void;
  /** Of a run that was parked: when it has something to do by itself; undefined when never. */
  parkedUntil(): Instant | undefined;
  /** Looks at the run's inbox soon; false when the run is let go already. */
  wake(): boolean;
  /** Looks after steps that other workers run. */
  check(): Promise<void>;
  /** Begins nothing new, and stops when what is under way has ended. */
  drain(): void;
  /** Leaves the run as it is for the next owner: what is under way is aborted, and handed over where it may be made again. */
  stop(): void;
  /** The lease was lost: lets everything go at once. */
  lose(): void;
  readonly done: Promise<OwnerEnd>;
}

/** Errors of the store: they pass, or another owner meets them; the run itself is sound. */
const storeCodes: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL', 'STORE_CORRUPT']);

/** A run that has something to do sooner than this is not let go: taking it up again would cost more. */
const parkMs = 5000;

export class OwnedRun implements RunOwner, PartsOwner {
  readonly run: RunId;
  readonly lease: Lease;
  state: RunState;
  readonly done: Promise<OwnerEnd>;
  readonly #conclude: (end: OwnerEnd) => void;
  readonly #shared: OwnerShared;
  readonly #hold: Hold;
  readonly #ledger: Ledger;
  readonly #patience: Patience;
  readonly #desk: RunDesk;
  readonly #actions: ActionSteps;
  readonly #blocks: Lazy<BlockSteps>;
  readonly #budgets: Budgets;
  readonly #runRails: RunRails;
  readonly #carrier: Carrier;
  readonly #steering: Steering;
  #over = false;
  #failing = false;
  #begun = false;
  readonly #turns = new Turns(
    () => this.#look(),
    () => this.#close(),
  );
  #draining = false;
  #parkedUntil: Instant | undefined;
  /** Whether the inbox is being looked at: what is found there is not to be missed by letting the run go. */
  #looking = false;
  /** Whether a message has come since that began. */
  #rung = false;
  #launches: (() => void)[] = [];

  constructor(loaded: Loaded) {
    const { shared, lease, hold, state } = loaded;
    this.run = lease.run;
    this.lease = lease;
    this.state = state;
    this.#shared = shared;
    this.#hold = hold;
    const { promise, resolve } = Promise.withResolvers<OwnerEnd>();
    this.done = promise;
    this.#conclude = resolve;
    ({
      patience: this.#patience,
      ledger: this.#ledger,
      desk: this.#desk,
      actions: this.#actions,
      blocks: this.#blocks,
      budgets: this.#budgets,
      runRails: this.#runRails,
      carrier: this.#carrier,
      steering: this.#steering,
    } = createParts(loaded, this));
  }

  begin(isAsked: boolean): void {
    this.#begin(isAsked).catch(this.#desk.fail);
  }

  parkedUntil(): Instant | undefined {
    return this.#parkedUntil;
  }

  wake(): boolean {
    if (this.#over) return false;
    this.#readInbox().catch(this.#desk.fail);
    return true;
  }

  async check(): Promise<void> {
    await this.#actions.placing.made()?.check();
  }

  drain(): void {
    this.#draining = true;
    this.turn();
  }

  /** What may be made again is handed over; the rest is left as it is, in doubt for the next owner. */
  stop(): void {
    if (this.#over) return;
    if (this.#isEnding()) {
      // What becomes of its last append is waited for, and a store that is away is not.
      this.#patience.end();
      return;
    }
    this.#draining = true;
    this.#actions.handOver(new TelosError('HANDED_OVER', 'The worker was told to stop.'));
    if (!this.#ledger.isDirty()) {
      this.#finish('stopped');
      return;
    }
    this.#turns.end();
    // A store that is away is not waited for: then the next owner finds the attempts interrupted.
    this.#patience.end();
    const stopped = (): void => this.#finish('stopped');
    this.#ledger.commit(this.#steering.take(), stopped, stopped);
  }

  /** Whose last append is under way goes by the answer: it may be stored already, and then nobody else tells of the end. */
  lose(): void {
    if (!this.#isEnding()) this.#finish('lost');
  }

  isFailing(): boolean {
    return this.#failing;
  }

  isGoing(): boolean {
    return !this.#draining && this.state.phase.status !== 'paused' && this.#runRails.isLetIn();
  }

  afterCommit(act: () => void): void {
    this.#launches.push(act);
  }

  turn(): void {
    if (this.#begun && !this.#over && !this.#failing) this.#turns.ask();
  }

  fail(error: unknown): void {
    if (this.#over || this.#failing) return;
    const code = error instanceof TelosError ? error.code : 'BUG';
    if (code === 'STALE_OWNER' || code === 'RUN_FINISHED' || code === 'RUN_NOT_FOUND') {
      this.#finish('lost');
      return;
    }
    this.#shared.deps.report({
      message: `Run ${this.run} was put down: ${error instanceof Error ? error.message : String(error)}`,
      run: this.run,
      error,
    });
    if (storeCodes.has(code)) this.#finish('failed');
    else void this.#failForGood(error);
  }

  /** What is in the inbox comes first: a run that was cancelled before anybody took it up begins no step. */
  async #begin(isAsked: boolean): Promise<void> {
    this.#desk.apply({ do: 'start', at: this.#desk.now() });
    if (isAsked) await this.#steering.read();
    this.#budgets.watch();
    this.#begun = true;
    this.turn();
  }

  /** Carries out what has become possible; false when nothing is to follow. */
  #look(): boolean {
    if (this.#over || this.#failing) return false;
    try {
      this.#budgets.check();
      this.#runRails.check();
      this.#carrier.carryOutOffers();
      // What was held back goes on last: the offers may have taken it back.
      if (!this.#failing && this.#desk.isGoing() && this.#desk.goOn()) this.#carrier.carryOutOffers();
      if (!this.#failing && !this.#isPending()) this.#rest();
    } catch (error) {
      this.fail(error);
    }
    return !this.#failing && !this.#over;
  }

  #close(): void {
    if (this.#isPending()) this.#commit();
  }

  /** Nothing is left to do but to hear of the append that ends the run. */
  #isEnding(): boolean {
    return this.#failing || hasEnded(this.state);
  }

  #isPending(): boolean {
    return this.#ledger.isDirty() || this.#steering.isPending();
  }

  #commit(): void {
    const acts = this.#launches;
    this.#launches = [];
    const ended = hasEnded(this.state);
    this.#ledger.commit(this.#steering.take(), () => this.#act(acts, ended), this.#desk.fail);
  }

  /** Does what waited for a commit. */
  #act(acts: readonly (() => void)[], ended: boolean): void {
    if (this.#over || this.#failing) return;
    try {
      if (ended) this.#finish('ended');
      else if (acts.length === 0 || this.#hold.isCertain()) this.#doAll(acts);
      else this.#actOnceHeld(acts).catch(this.#desk.fail);
    } catch (error) {
      this.fail(error);
    }
  }

  /** What is recorded as begun begins, unless another owner has the run by now: they cannot know that it had not. */
  async #actOnceHeld(acts: readonly (() => void)[]): Promise<void> {
    const isHeld = await this.#patience.try(() => this.#hold.confirm());
    if (this.#over || this.#failing) return;
    if (!isHeld) this.#finish('lost');
    else this.#doAll(acts);
  }

  /** What brings nothing about leaves the run to come to rest in a turn. A step that is under way brings one itself. */
  #doAll(acts: readonly (() => void)[]): void {
    for (const act of acts) act();
    if (this.#draining || this.#actions.busy() === 0) this.turn();
  }

  /** Nothing is left to record: when nothing is under way either, the run waits, or its worker stops. */
  #rest(): void {
    const settled = this.#ledger.isSettled() && this.#launches.length === 0;
    if (this.#looking || !settled || (this.#blocks.made()?.busy() ?? 0) + this.#runRails.busy() > 0) return;
    // What other workers run goes on without this owner; the next one hears of it.
    const elsewhere = this.#draining ? (this.#actions.placing.made()?.size() ?? 0) : 0;
    if (this.#actions.busy() > elsewhere) return;
    const idle = this.#desk.idleUntil();
    if (idle === undefined) return;
    if (this.#draining) {
      this.#finish('stopped');
      return;
    }
    const due = Math.min(idle, this.#budgets.dueAt() ?? Number.POSITIVE_INFINITY);
    const at = this.#desk.now();
    if (due - at < parkMs) return;
    this.#parkedUntil = Number.isFinite(due) ? due : undefined;
    const { status } = this.state.phase;
    if (status === 'paused' || status === 'waiting') this.#finish('parked');
    else this.#desk.apply({ do: 'wait', at, ...(this.#parkedUntil === undefined ? {} : { until: this.#parkedUntil }) });
  }

  /** Going on would meet the same bug: the run ends and says so, instead of being taken up again for ever. */
  async #failForGood(error: unknown): Promise<void> {
    this.#failing = true;
    try {
      const now = this.#desk.now();
      await this.#patience.try(() => this.#ledger.failFromDurable(now, errorRecordOf(error, 'BUG')));
      // What was applied and is not in the journal did not happen.
      const { journal } = this.#shared.deps.store;
      this.state = (await this.#patience.try(() => fold(journal.read(this.run)))) ?? this.state;
      this.#finish('ended');
    } catch {
      this.#finish('failed');
    }
  }

  #finish(end: OwnerEnd): void {
    if (this.#over) return;
    this.#over = true;
    if (end === 'ended') this.#shared.vaults.drop(this.run);
    this.#patience.end();
    this.#budgets.stop();
    const letGo = (): TelosError => new TelosError('INTERRUPTED', `The owner of run ${this.run} let it go.`);
    this.#actions.stopAll(letGo);
    this.#blocks.made()?.stopAll(letGo);
    this.#runRails.stopAll(letGo);
    this.#desk.dropAll();
    this.#conclude(end);
  }

  /** A message that comes while the inbox is being read may be missed: then it is read once more, for all that have come meanwhile. */
  async #readInbox(): Promise<void> {
    this.#rung = true;
    if (this.#looking) return;
    this.#looking = true;
    try {
      while (this.#rung && !this.#over) {
        this.#rung = false;
        await this.#steering.read();
        this.turn();
      }
    } finally {
      this.#looking = false;
    }
    this.turn();
  }
}
