/**
 * The desk of one owned run: what the parts of its owner share.
 *
 * `apply` records, `afterCommit` acts, `read` gives expressions what they can
 * see, `hold` keeps work that has been offered and waits for a slot, for its
 * time, for a value or for the run to go on, so that it can be withdrawn.
 */
import { rootFrame } from '@telos/core';
import type {
  Command,
  Frame,
  Instant,
  Json,
  JsonObject,
  Payload,
  Program,
  RunState,
  StepPath,
  RunVault,
  Vault,
  Vaults,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { Context, Contexts } from '../scope/contexts.ts';
import type { Ledger } from './ledger.ts';
import type { Patience } from './patience.ts';
import type { WorkerDeps } from '../ports.ts';
import type { OwnerShared } from './owner-shared.ts';
import type { Programs } from './programs.ts';
import { textsIn } from '../scope/put-back.ts';
import { payloadsOf, scopeOf } from '../scope/scope.ts';
import type { Slots } from './slots.ts';
import type { Lookup, Values } from '../scope/values.ts';

export interface Desk {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly contexts: Contexts;
  readonly state: RunState;
  /** Those that this worker serves. */
  readonly queues: readonly string[];
  /** What placeholders of the run stand for, as far as this process knows. */
  readonly vault: RunVault;
  now(): number;
  /** Records a command; false when it came too late. What it frees is looked at in this same turn. */
  apply(command: Command): boolean;
  /** Acts once everything applied so far is durable. */
  afterCommit(act: () => void): void;
  /** Work that is offered and not begun; `drop` takes it back. At most one for each path. */
  hold(path: StepPath, drop: () => void): void;
  /** Takes held work off the list because it begins now. */
  release(path: StepPath): void;
  /** Takes held work back; false when there is none under this path. */
  drop(path: StepPath): boolean;
  /** Whether new work may begin: the run is not paused, and its worker is not about to stop. */
  isGoing(): boolean;
  /** Calls `begin` at once when new work may begin, else when the run goes on. Held under `path` until then. */
  whenGoing(path: StepPath, begin: () => void): void;
  /** Calls `then` with the scope of a step in this frame, at once when every value is in memory. Held under `path` until then. */
  read(what: Reading, then: (scope: Scope, lookup: Lookup) => void, held?: Holding): void;
  /** Calls `then` with the payload of a value, at once when it is small. Held under `held.path` until then, when given. */
  store(value: Json, then: (payload: Payload) => void, held?: Holding): void;
  /** As `store`, for whoever waits by itself. */
  persist(value: Json): Payload | Promise<Payload>;
  /** Calls `then` when it is time and the run goes on. Held under `path` until then. */
  later(path: StepPath, dueAt: Instant, then: () => void): void;
  /** Reads the version of a workflow that the run has. Undefined when there is none of that id. */
  workflow(id: string): Promise<Program | undefined>;
  /** Reports what must not happen: the owner gives the run up. To be handed on as it is. */
  readonly fail: (error: unknown) => void;
}

/** What the owner alone does with its desk. */
export interface OwnersDesk extends Desk {
  /** Begins what was held because the run did not go on; false when that is nothing. */
  goOn(): boolean;
  /** What is held waits for a time and nothing else: when the first is due, Infinity when none is. Undefined when something else is held. */
  idleUntil(): Instant | undefined;
  dropAll(): void;
}

export interface Holding {
  readonly path: StepPath;
  /** Called instead of `then` when the work is dropped before that. */
  onDrop?(): void;
}

export type Reading = {
  readonly path: StepPath;
  readonly frame: Frame;
  readonly reads: readonly string[];
  /** Further payloads to look up. */
  readonly more?: readonly Payload[] | undefined;
};

export type DeskSpec = Pick<OwnerShared, 'deps' | 'slots' | 'values' | 'programs' | 'queues' | 'vaults'> & {
  readonly contexts: Contexts;
  readonly ledger: Ledger;
  readonly patience: Patience;
  readonly owner: DeskOwner;
};

/** What a desk asks of the owner whose desk it is. */
export interface DeskOwner {
  /** Something was applied outside a turn. */
  turn(): void;
  afterCommit(act: () => void): void;
  isGoing(): boolean;
  fail(error: unknown): void;
}

const ofRun: Frame = { path: rootFrame, steps: [] };

/** A class, as are its owner's other parts: a worker owns thousands of runs at a time, and methods are made once. */
export class RunDesk implements OwnersDesk {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly contexts: Contexts;
  readonly state: RunState;
  readonly queues: readonly string[];
  readonly fail: (error: unknown) => void;
  readonly #vaults: Vaults;
  #vault: RunVault | undefined;
  readonly #values: Values;
  readonly #programs: Programs;
  readonly #ledger: Ledger;
  readonly #patience: Patience;
  readonly #owner: DeskOwner;
  readonly #held = new Map<StepPath, () => void>();
  /** Of what is held, what waits for a time, and what waits for the run to go on. */
  #timers: Map<StepPath, Instant> | undefined;
  #withheld: Map<StepPath, () => void> | undefined;
  /** Values that are on their way and held by nobody. */
  #coming = 0;
  #vars: Map<Context, JsonObject> | undefined;

  constructor({ deps, slots, values, programs, contexts, queues, vaults, ledger, patience, owner }: DeskSpec) {
    this.deps = deps;
    this.slots = slots;
    this.contexts = contexts;
    this.state = ledger.state;
    this.queues = queues;
    this.fail = (error) => owner.fail(error);
    this.#vaults = vaults;
    this.#values = values;
    this.#programs = programs;
    this.#ledger = ledger;
    this.#patience = patience;
    this.#owner = owner;
  }

  get vault(): RunVault {
    if (this.#vault !== undefined) return this.#vault;
    const { id, placeholders } = this.state;
    const { restores } = this.contexts.of(ofRun).linked.program;
    this.#vault = this.#vaults.of(id, placeholders, { recall: () => this.#recall(), isDrawn: restores === true });
    return this.#vault;
  }

  now(): number {
    return this.deps.clock.now();
  }

  apply(command: Command): boolean {
    const applied = this.#ledger.apply(command);
    if (applied) this.#owner.turn();
    return applied;
  }

  afterCommit(act: () => void): void {
    this.#owner.afterCommit(act);
  }

  hold(path: StepPath, drop: () => void): void {
    this.#held.set(path, drop);
  }

  release(path: StepPath): void {
    this.#held.delete(path);
  }

  drop(path: StepPath): boolean {
    const drop = this.#held.get(path);
    this.#held.delete(path);
    drop?.();
    return drop !== undefined;
  }

  isGoing(): boolean {
    return this.#owner.isGoing();
  }

  whenGoing(path: StepPath, begin: () => void): void {
    if (this.isGoing()) {
      begin();
      return;
    }
    const withheld = (this.#withheld ??= new Map());
    withheld.set(path, begin);
    this.hold(path, () => withheld.delete(path));
  }

  read(what: Reading, then: (scope: Scope, lookup: Lookup) => void, held: Holding = what): void {
    const context = this.contexts.of(what.frame);
    const wanted = payloadsOf(this.state, context, what.frame, what.reads);
    if (what.more !== undefined) wanted.push(...what.more);
    const gathered = this.#values.gather(wanted);
    if (!(gathered instanceof Promise)) {
      then(this.#scopeOf(what, context, gathered), gathered);
      return;
    }
    const coming = this.#patience.insist(gathered, () => this.#values.gather(wanted));
    this.#whenHeld(held, coming, (lookup) => then(this.#scopeOf(what, context, lookup), lookup));
  }

  store(value: Json, then: (payload: Payload) => void, held?: Holding): void {
    const stored = this.persist(value);
    if (!(stored instanceof Promise)) then(stored);
    else if (held === undefined) this.#whenCome(stored, then);
    else this.#whenHeld(held, stored, then);
  }

  persist(value: Json): Payload | Promise<Payload> {
    const stored = this.#values.store(value);
    return stored instanceof Promise ? this.#patience.insist(stored, () => this.#values.store(value)) : stored;
  }

  async workflow(id: string): Promise<Program | undefined> {
    const { workflows } = this.state;
    const hash = Object.hasOwn(workflows, id) ? workflows[id] : undefined;
    if (hash === undefined) return undefined;
    return (await this.#patience.try(() => this.#programs.linked(hash))).program;
  }

  later(path: StepPath, dueAt: Instant, then: () => void): void {
    const wait = dueAt - this.deps.clock.now();
    if (wait <= 0) {
      this.whenGoing(path, then);
      return;
    }
    const timer = new AbortController();
    const timers = (this.#timers ??= new Map());
    timers.set(path, dueAt);
    this.hold(path, () => {
      timers.delete(path);
      timer.abort('dropped');
    });
    this.deps.clock
      .sleep(wait, timer.signal)
      .then(() => {
        if (timer.signal.aborted) return;
        timers.delete(path);
        this.release(path);
        this.whenGoing(path, then);
        this.#owner.turn();
      })
      .catch(this.fail);
  }

  goOn(): boolean {
    if (this.#withheld === undefined || this.#withheld.size === 0) return false;
    const begun = [...this.#withheld];
    this.#withheld.clear();
    for (const [path, begin] of begun) {
      this.#held.delete(path);
      begin();
    }
    return true;
  }

  idleUntil(): Instant | undefined {
    const timed = this.#timers?.size ?? 0;
    if (this.#coming > 0 || this.#held.size > timed + (this.#withheld?.size ?? 0)) return undefined;
    // What waits for a time may not begin while the run does not go on.
    if (this.#timers === undefined || timed === 0 || !this.isGoing()) return Number.POSITIVE_INFINITY;
    let first = Number.POSITIVE_INFINITY;
    for (const dueAt of this.#timers.values()) first = Math.min(first, dueAt);
    return first;
  }

  dropAll(): void {
    for (const drop of this.#held.values()) drop();
    this.#held.clear();
  }

  /** What the journal has of what was hidden, here or in the run that this one was forked from. */
  async #recall(): Promise<Vault> {
    const kept = [...this.state.hidden.values()].flat().map(({ vault }) => vault);
    const vaults = [...(this.state.fork?.hidden ?? []), ...kept];
    const lookup = await this.#patience.try(async () => this.#values.gather(vaults));
    return Object.assign({}, ...vaults.map((vault) => textsIn(lookup(vault)))) as Vault; // of vaults
  }

  #scopeOf({ frame, reads }: Reading, context: Context, lookup: Lookup): Scope {
    return scopeOf(this.state, context, this.#varsOf(context, lookup), frame, reads, lookup);
  }

  #varsOf(context: Context, lookup: Lookup): JsonObject {
    const { vars } = context.linked.program;
    const known = this.#vars?.get(context);
    if (known !== undefined) return known;
    const scope = { inputs: lookup(context.inputs) };
    const made = Object.fromEntries(
      Object.entries(vars).map(([name, template]) => [name, context.linked.render(template, scope)]),
    );
    this.#vars ??= new Map();
    this.#vars.set(context, made);
    return made;
  }

  /** Runs `then` in a turn of its own when a value has come; what it throws is the owner's error. */
  #whenCome<T>(value: Promise<T>, then: (value: T) => void): void {
    this.#coming += 1;
    value
      .then((come) => {
        this.#coming -= 1;
        then(come);
        this.#owner.turn();
      })
      .catch(this.fail);
  }

  #whenHeld<T>(held: Holding, coming: Promise<T>, then: (value: T) => void): void {
    let dropped = false;
    this.hold(held.path, () => {
      dropped = true;
      held.onDrop?.();
    });
    this.#whenCome(coming, (come) => {
      if (dropped) return;
      this.release(held.path);
      then(come);
    });
  }
}
