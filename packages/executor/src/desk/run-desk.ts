/** The desk of an owned run as its owner has it: reads and stores values, and keeps what waits. */
import { rootFrame } from '@telos/core';
import type {
  Command,
  Frame,
  Json,
  JsonObject,
  Payload,
  Program,
  RunState,
  RunVault,
  Vault,
  Vaults,
} from '@telos/core';
import type { Scope } from '@telos/language';
import type { WorkerDeps } from '../ports.ts';
import type { Context, Contexts } from '../scope/contexts.ts';
import { textsIn } from '../scope/put-back.ts';
import { payloadsOf, scopeOf } from '../scope/scope.ts';
import type { Lookup, Values } from '../scope/values.ts';
import type { DeskOwner, Holding, OwnersDesk, Reading } from './desk.ts';
import { HeldWork } from './held-work.ts';
import type { Ledger } from './ledger.ts';
import type { OwnerShared } from './owner-shared.ts';
import type { Patience } from './patience.ts';
import type { Programs } from './programs.ts';
import type { OfferedStep, Seals } from './seals.ts';
import type { Slots } from './slots.ts';

export type DeskSpec = Pick<OwnerShared, 'deps' | 'slots' | 'values' | 'programs' | 'queues' | 'vaults' | 'seals'> & {
  readonly contexts: Contexts;
  readonly ledger: Ledger;
  readonly patience: Patience;
  readonly owner: DeskOwner;
};

const ofRun: Frame = { path: rootFrame, steps: [] };

/** A class, as are its owner's other parts: a worker owns thousands of runs at a time, and methods are made once. */
export class RunDesk extends HeldWork implements OwnersDesk {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly contexts: Contexts;
  readonly state: RunState;
  readonly queues: readonly string[];
  readonly #vaults: Vaults;
  #vault: RunVault | undefined;
  readonly #values: Values;
  readonly #programs: Programs;
  readonly #seals: Seals;
  readonly #ledger: Ledger;
  readonly #patience: Patience;
  readonly #owner: DeskOwner;
  #vars: Map<Context, JsonObject> | undefined;

  constructor({ deps, slots, values, programs, contexts, queues, vaults, seals, ledger, patience, owner }: DeskSpec) {
    super(deps.clock, owner);
    this.deps = deps;
    this.slots = slots;
    this.contexts = contexts;
    this.state = ledger.state;
    this.queues = queues;
    this.#vaults = vaults;
    this.#values = values;
    this.#programs = programs;
    this.#seals = seals;
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
    this.whenCome(coming, (lookup) => then(this.#scopeOf(what, context, lookup), lookup), held);
  }

  store(value: Json, then: (payload: Payload) => void, held?: Holding): void {
    const stored = this.persist(value);
    if (!(stored instanceof Promise)) then(stored);
    else this.whenCome(stored, then, held);
  }

  persist(value: Json): Payload | Promise<Payload> {
    const stored = this.#values.store(value);
    return stored instanceof Promise ? this.#patience.insist(stored, () => this.#values.store(value)) : stored;
  }

  seal(job: OfferedStep, task: Payload): JsonObject | Promise<JsonObject> {
    const sealed = this.#seals.seal(job, task);
    return sealed instanceof Promise ? this.#patience.insist(sealed, () => this.#seals.seal(job, task)) : sealed;
  }

  async workflow(id: string): Promise<Program | undefined> {
    const { workflows } = this.state;
    const hash = Object.hasOwn(workflows, id) ? workflows[id] : undefined;
    if (hash === undefined) return undefined;
    return (await this.#patience.try(() => this.#programs.linked(hash))).program;
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
}
