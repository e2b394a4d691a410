/**
 * The desk of one owned run: what the parts of its owner share.
 *
 * `apply` records, `afterCommit` acts, `read` gives expressions what they can
 * see, `hold` keeps work that has been offered and waits for a slot, for its
 * time, for a value or for the run to go on, so that it can be withdrawn.
 */
import type { Command, Frame, Instant, Json, JsonObject, Payload, RunState, StepPath } from '@telos/core';
import type { Scope } from '@telos/language';
import type { Context, Contexts } from './contexts.ts';
import type { Ledger } from './ledger.ts';
import type { Patience } from './patience.ts';
import type { WorkerDeps } from './ports.ts';
import { payloadsOf, scopeOf } from './scope.ts';
import type { Slots } from './slots.ts';
import type { Lookup, Values } from './values.ts';

export interface Desk {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly contexts: Contexts;
  readonly state: RunState;
  /** Those that this worker serves. */
  readonly queues: readonly string[];
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
  read(what: Reading, then: (scope: Scope, lookup: Lookup) => void): void;
  /** Calls `then` with the payload of a value, at once when it is small. Held under `held.path` until then, when given. */
  store(value: Json, then: (payload: Payload) => void, held?: Holding): void;
  /** As `store`, for whoever waits by itself. */
  persist(value: Json): Payload | Promise<Payload>;
  /** Calls `then` when it is time and the run goes on. Held under `path` until then. */
  later(path: StepPath, dueAt: Instant, then: () => void): void;
  /** Reports what must not happen: the owner gives the run up. */
  fail(error: unknown): void;
}

/** What the owner alone does with its desk. */
export interface OwnersDesk extends Desk {
  /** Begins what was held because the run did not go on; false when that is nothing. */
  goOn(): boolean;
  /** What is held waits for a time and nothing else: when the first is due, Infinity when none is. Undefined when something else is held. */
  idleUntil(): Instant | undefined;
  dropAll(): void;
}

export type Holding = {
  readonly path: StepPath;
  /** Called instead of `then` when the work is dropped before that. */
  readonly onDrop?: (() => void) | undefined;
};

export type Reading = Holding & {
  readonly frame: Frame;
  readonly reads: readonly string[];
  /** Further payloads to look up. */
  readonly more?: readonly Payload[];
};

export type DeskSpec = {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly values: Values;
  readonly contexts: Contexts;
  readonly queues: readonly string[];
  readonly ledger: Ledger;
  readonly patience: Patience;
  /** Called when something was applied outside a turn. */
  readonly turn: () => void;
  readonly afterCommit: (act: () => void) => void;
  readonly isGoing: () => boolean;
  readonly onError: (error: unknown) => void;
};

/** Its parts, as those of every owner, have functions and no getters: V8 keeps an object literal with a getter as a hash table. */
export function createDesk(spec: DeskSpec): OwnersDesk {
  const { deps, values, contexts, ledger, patience } = spec;
  const held = new Map<StepPath, () => void>();
  /** Of what is held, what waits for a time, and what waits for the run to go on. */
  const timers = new Map<StepPath, Instant>();
  const withheld = new Map<StepPath, () => void>();
  /** Values that are on their way and held by nobody. */
  let coming = 0;
  const vars = new Map<Context, JsonObject>();

  function varsOf(context: Context, lookup: Lookup): JsonObject {
    const known = vars.get(context);
    if (known !== undefined) return known;
    const { linked } = context;
    const scope = { inputs: lookup(context.inputs) };
    const made = Object.fromEntries(
      Object.entries(linked.program.vars).map(([name, template]) => [name, linked.render(template, scope)]),
    );
    vars.set(context, made);
    return made;
  }

  /** Runs `then` in a turn of its own when a value has come; what it throws is the owner's error. */
  function whenCome<T>(value: Promise<T>, then: (value: T) => void): void {
    coming += 1;
    value
      .then((come) => {
        coming -= 1;
        then(come);
        spec.turn();
      })
      .catch(spec.onError);
  }

  function whenHeld<T>({ path, onDrop }: Holding, coming: Promise<T>, then: (value: T) => void): void {
    let dropped = false;
    desk.hold(path, () => {
      dropped = true;
      onDrop?.();
    });
    whenCome(coming, (come) => {
      if (dropped) return;
      desk.release(path);
      then(come);
    });
  }

  const desk: OwnersDesk = {
    deps,
    slots: spec.slots,
    contexts,
    queues: spec.queues,
    state: ledger.state,
    now: () => deps.clock.now(),
    apply(command) {
      const applied = ledger.apply(command);
      if (applied) spec.turn();
      return applied;
    },
    afterCommit: spec.afterCommit,
    hold(path, drop) {
      held.set(path, drop);
    },
    release(path) {
      held.delete(path);
    },
    drop(path) {
      const drop = held.get(path);
      held.delete(path);
      drop?.();
      return drop !== undefined;
    },
    isGoing: spec.isGoing,
    whenGoing(path, begin) {
      if (spec.isGoing()) {
        begin();
        return;
      }
      withheld.set(path, begin);
      desk.hold(path, () => withheld.delete(path));
    },
    read({ path, frame, reads, more, onDrop }, then) {
      const context = contexts.of(frame);
      const wanted = payloadsOf(ledger.state, context, frame, reads);
      if (more !== undefined) wanted.push(...more);
      const gathered = patience.try(() => values.gather(wanted));
      const look = (lookup: Lookup): void =>
        then(scopeOf(ledger.state, context, varsOf(context, lookup), frame, reads, lookup), lookup);
      if (!(gathered instanceof Promise)) {
        look(gathered);
        return;
      }
      whenHeld({ path, onDrop }, gathered, look);
    },
    store(value, then, held) {
      const stored = desk.persist(value);
      if (!(stored instanceof Promise)) then(stored);
      else if (held === undefined) whenCome(stored, then);
      else whenHeld(held, stored, then);
    },
    persist: (value) => patience.try(() => values.store(value)),
    later(path, dueAt, then) {
      const wait = dueAt - deps.clock.now();
      if (wait <= 0) {
        desk.whenGoing(path, then);
        return;
      }
      const timer = new AbortController();
      timers.set(path, dueAt);
      desk.hold(path, () => {
        timers.delete(path);
        timer.abort('dropped');
      });
      deps.clock
        .sleep(wait, timer.signal)
        .then(() => {
          if (timer.signal.aborted) return;
          timers.delete(path);
          desk.release(path);
          desk.whenGoing(path, then);
          spec.turn();
        })
        .catch(spec.onError);
    },
    fail: spec.onError,
    goOn() {
      if (withheld.size === 0) return false;
      const begun = [...withheld];
      withheld.clear();
      for (const [path, begin] of begun) {
        held.delete(path);
        begin();
      }
      return true;
    },
    idleUntil() {
      if (coming > 0 || held.size > timers.size + withheld.size) return undefined;
      // What waits for a time may not begin while the run does not go on.
      if (!spec.isGoing() || timers.size === 0) return Number.POSITIVE_INFINITY;
      let first = Number.POSITIVE_INFINITY;
      for (const dueAt of timers.values()) first = Math.min(first, dueAt);
      return first;
    },
    dropAll() {
      for (const drop of held.values()) drop();
      held.clear();
    },
  };
  return desk;
}
