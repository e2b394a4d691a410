/**
 * The desk of one owned run: what the parts of its owner share.
 *
 * `apply` records, `afterCommit` acts, `read` gives expressions what they can
 * see, `hold` keeps work that has been offered and waits for a slot, for its
 * time or for a value, so that it can be withdrawn.
 */
import type { Command, Frame, Instant, Json, JsonObject, Payload, RunState, StepPath } from '@telos/core';
import type { Linked, Scope } from '@telos/language';
import type { Ledger } from './ledger.ts';
import type { Patience } from './patience.ts';
import type { WorkerDeps } from './ports.ts';
import type { Rendering } from './rendering.ts';
import { payloadsOf, scopeOf } from './scope.ts';
import type { Slots } from './slots.ts';
import type { Lookup, Values } from './values.ts';

export interface Desk {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly linked: Linked;
  readonly rendering: Rendering;
  readonly state: RunState;
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
  /** Calls `then` with the scope of a step in this frame, at once when every value is in memory. Held under `path` until then. */
  read(what: Reading, then: (scope: Scope, lookup: Lookup) => void): void;
  /** Calls `then` with the payload of a value, at once when it is small. Held under `held.path` until then, when given. */
  store(value: Json, then: (payload: Payload) => void, held?: Holding): void;
  /** As `store`, for whoever waits by itself. */
  persist(value: Json): Payload | Promise<Payload>;
  /** Calls `then` when it is time. Held under `path` until then. */
  later(path: StepPath, dueAt: Instant, then: () => void): void;
  /** Reports what must not happen: the owner gives the run up. */
  fail(error: unknown): void;
}

export type Holding = {
  readonly path: StepPath;
  /** Called instead of `then` when the work is dropped before that. */
  readonly onDrop?: () => void;
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
  readonly linked: Linked;
  readonly rendering: Rendering;
  readonly ledger: Ledger;
  readonly patience: Patience;
  /** Called when something was applied outside a turn. */
  readonly turn: () => void;
  readonly afterCommit: (act: () => void) => void;
  readonly onError: (error: unknown) => void;
};

export function createDesk(spec: DeskSpec): Desk & { dropAll(): void } {
  const { deps, values, linked, ledger, patience } = spec;
  const held = new Map<StepPath, () => void>();
  let vars: JsonObject | undefined;

  function varsOf(lookup: Lookup): JsonObject {
    vars ??= Object.fromEntries(
      Object.entries(linked.program.vars).map(([name, template]) => [
        name,
        linked.render(template, { inputs: lookup(ledger.state.inputs) }),
      ]),
    );
    return vars;
  }

  /** Runs `then` in a turn of its own when a value has come; what it throws is the owner's error. */
  function whenCome<T>(coming: Promise<T>, then: (value: T) => void): void {
    coming
      .then((come) => {
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

  const desk: Desk & { dropAll(): void } = {
    deps,
    slots: spec.slots,
    linked,
    rendering: spec.rendering,
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
    read({ path, frame, reads, more, onDrop }, then) {
      const wanted = payloadsOf(ledger.state, frame, reads);
      if (more !== undefined) wanted.push(...more);
      const gathered = patience.try(() => values.gather(wanted));
      const look = (lookup: Lookup): void => then(scopeOf(ledger.state, varsOf(lookup), frame, reads, lookup), lookup);
      if (!(gathered instanceof Promise)) {
        look(gathered);
        return;
      }
      whenHeld({ path, ...(onDrop === undefined ? {} : { onDrop }) }, gathered, look);
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
        then();
        return;
      }
      const timer = new AbortController();
      desk.hold(path, () => timer.abort('dropped'));
      whenCome(deps.clock.sleep(wait, timer.signal), () => {
        if (timer.signal.aborted) return;
        desk.release(path);
        then();
      });
    },
    fail: spec.onError,
    dropAll() {
      for (const drop of held.values()) drop();
      held.clear();
    },
  };
  return desk;
}
