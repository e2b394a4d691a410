/**
 * The desk of one owned run: what the parts of its owner share.
 *
 * `apply` records, `afterCommit` acts, `read` gives expressions what they can
 * see, `hold` keeps work that has been offered and waits for a slot, for its
 * time, for a value or for the run to go on, so that it can be withdrawn.
 */
import type {
  Command,
  Frame,
  Instant,
  Json,
  JsonObject,
  Payload,
  Program,
  RunState,
  RunVault,
  StepPath,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { WorkerDeps } from '../ports.ts';
import type { Contexts } from '../scope/contexts.ts';
import type { Lookup } from '../scope/values.ts';
import type { OfferedStep } from './seals.ts';
import type { Slots } from './slots.ts';

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
  /** Work that is offered and not begun; `drop` takes it back. One for each path: what was held there before is taken back. */
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
  /** Calls `then` when a promise has come. Held under `held.path` until then, when given. What it rejects with, and what `then` throws, is the owner's error. */
  whenCome<T>(coming: Promise<T>, then: (value: T) => void, held?: Holding): void;
  /** As `store`, for whoever waits by itself. */
  persist(value: Json): Payload | Promise<Payload>;
  /** Seals what an attempt needs that is offered to other workers; a promise only for the first of the process. */
  seal(job: OfferedStep, task: Payload): JsonObject | Promise<JsonObject>;
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

/** What a desk asks of the owner whose desk it is. */
export interface DeskOwner {
  /** Something was applied outside a turn. */
  turn(): void;
  afterCommit(act: () => void): void;
  isGoing(): boolean;
  fail(error: unknown): void;
}
