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
import { assertRunsAsStep, errorRecordOf, fold, hasEnded, TelosError } from '@telos/core';
import type { Action, Hash, Instant, Lease, Plan, Program, RunEvent, RunId, RunState, StepPath } from '@telos/core';
import type { Linked } from '@telos/language';
import { createActionSteps } from './action-steps.ts';
import { createBlockSteps } from './block-steps.ts';
import { createBudgets } from './budgets.ts';
import { createCarrier } from './carrier.ts';
import { createContexts } from './contexts.ts';
import { createDesk } from './desk.ts';
import { createForking } from './forking.ts';
import { Lazy } from './lazy.ts';
import { createLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { WorkerDeps } from './ports.ts';
import { createPatience } from './patience.ts';
import { loadPrograms } from './programs.ts';
import type { Programs } from './programs.ts';
import { createPurse } from './purse.ts';
import type { Purse } from './purse.ts';
import type { Slots } from './slots.ts';
import { createSteering } from './steering.ts';
import type { Values } from './values.ts';
import { createWaitSteps } from './wait-steps.ts';

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

/** Queues what is to be done at the end of this microtask; `queueMicrotask` does too and makes a resource for each call. */
const endOfCall = Promise.resolve();

/** Errors of the store: they pass, or another owner meets them; the run itself is sound. */
const storeCodes: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL', 'STORE_CORRUPT']);

/** A run that has something to do sooner than this is not let go: taking it up again would cost more. */
const parkMs = 5000;

export type OwnerShared = {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly values: Values;
  readonly programs: Programs;
  /** Those that the worker serves. */
  readonly queues: readonly string[];
};

/** What is known of a lease. A process that stood still, or heard nothing for long, has to ask before it acts on what it had. */
export type Hold = {
  /** Whether it is this worker's at this moment, for certain. */
  isCertain(): boolean;
  /** Asks the store. @throws TelosError STORE_UNAVAILABLE and the like. */
  confirm(): Promise<boolean>;
};

export async function ownRun(shared: OwnerShared, lease: Lease, hold: Hold): Promise<RunOwner | 'ended'> {
  const { deps, slots, values, programs } = shared;
  const { store, clock } = deps;
  const folded = await fold(store.journal.read(lease.run));
  if (folded === undefined) throw new TelosError('RUN_NOT_FOUND', `Run ${lease.run} has no journal.`);
  if (hasEnded(folded)) return 'ended';
  const state: RunState = folded;
  let linked: Linked;
  let ledger: Ledger;
  let bodies: Map<Hash, Linked>;
  let purse: Purse | undefined;
  const patience = createPatience(clock, ({ message }) =>
    deps.report({ message: `Run ${lease.run} waits for the store: ${message}`, run: lease.run }),
  );
  try {
    linked = await programs.linked(state.program);
    bodies = await loadPrograms(programs, state);
    const programOf = (hash: Hash): Program | undefined => bodies.get(hash)?.program;
    const observe = (event: RunEvent): void => purse?.observe(event);
    ledger = createLedger(store.journal, lease, linked.program, state, programOf, patience, observe);
  } catch (error) {
    const record = errorRecordOf(error, 'BUG');
    if (record.kind === 'retryable') throw error;
    await store.journal.append(lease, state.seq, [{ type: 'run.failed', at: clock.now(), error: record }]);
    return 'ended';
  }

  const { promise: done, resolve: conclude } = Promise.withResolvers<OwnerEnd>();
  let over = false;
  let failing = false;
  let begun = false;
  let scheduled = false;
  let draining = false;
  let parkedUntil: Instant | undefined;
  /** Looks at the inbox that are under way: what they find is not to be missed by letting the run go. */
  let looking = 0;
  /** Taken from the frontier and not carried out, by key; empty between turns. */
  const offered = new Map<StepPath, Action>();
  let launches: (() => void)[] = [];

  const contexts = createContexts(state, linked, bodies, deps.secret);
  const desk = createDesk({
    deps,
    slots,
    values,
    contexts,
    queues: shared.queues,
    ledger,
    patience,
    turn: schedule,
    afterCommit: (act) => void launches.push(act),
    isGoing: () => !draining && state.phase.status !== 'paused',
    onError: fail,
  });
  const ownPurse = createPurse(desk, linked.program, ledger.expire);
  purse = ownPurse;
  const actions = createActionSteps(desk, createForking(store, state), ownPurse);
  const blocks = new Lazy(() => createBlockSteps(desk, { keepPlan, workflow }));
  const waits = new Lazy(() => createWaitSteps(desk));
  const budgets = createBudgets(desk, linked.program);
  const carrier = createCarrier({ desk, actions, blocks, waits, purse, expire: ledger.expire, linked });
  const steering = createSteering({
    store,
    run: lease.run,
    desk,
    patience,
    waits,
    outcome: (message, settled) => actions.placing.get().outcome(message, settled),
  });

  /** A turn at the end of this microtask: what comes in together goes out together. */
  function schedule(): void {
    if (scheduled || !begun || over || failing) return;
    scheduled = true;
    void endOfCall.then(turn);
  }

  function turn(): void {
    scheduled = false;
    if (over || failing) return;
    try {
      budgets.check();
      carryOutOffers();
      // What was held back goes on last: the offers may have taken it back.
      if (!failing && desk.isGoing() && desk.goOn()) carryOutOffers();
      if (failing) return;
      if (!ledger.isDirty() && !steering.isPending()) rest();
    } catch (error) {
      fail(error);
      return;
    }
    if (ledger.isDirty() || steering.isPending()) void commit();
  }

  /** Carrying one out may take back another: what is offered later for a step replaces what was offered before. */
  function carryOutOffers(): void {
    let taken = ledger.take();
    // A chain offers one at a time, and one needs no list.
    while (taken.length === 1 && taken[0] !== undefined) {
      carrier.carryOut(taken[0]);
      if (failing) return;
      taken = ledger.take();
    }
    if (taken.length === 0) return;
    offer(taken);
    for (const [key, action] of offered) {
      offered.delete(key);
      carrier.carryOut(action);
      if (failing) return;
      offer(ledger.take());
    }
  }

  function offer(actions: readonly Action[]): void {
    for (const action of actions) offered.set(carrier.keyOf(action), action);
  }

  async function commit(): Promise<void> {
    const acts = launches;
    launches = [];
    const ended = hasEnded(state);
    try {
      await ledger.commit(steering.take());
      if (over || failing) return;
      if (ended) finish('ended');
      else if (acts.length === 0) schedule();
      else if (hold.isCertain()) for (const act of acts) act();
      else await actOnceHeld(acts);
    } catch (error) {
      fail(error);
    }
  }

  /** What is recorded as begun begins, unless another owner has the run by now: they cannot know that it had not. */
  async function actOnceHeld(acts: readonly (() => void)[]): Promise<void> {
    const isHeld = await patience.try(hold.confirm);
    if (over || failing) return;
    if (!isHeld) finish('lost');
    else for (const act of acts) act();
  }

  /** Nothing is left to record: when nothing is under way either, the run waits, or its worker stops. */
  function rest(): void {
    if (looking > 0 || !ledger.isSettled() || launches.length > 0 || (blocks.made()?.busy() ?? 0) > 0) return;
    // What other workers run goes on without this owner; the next one hears of it.
    if (actions.busy() > (draining ? (actions.placing.made()?.size() ?? 0) : 0)) return;
    const idle = desk.idleUntil();
    if (idle === undefined) return;
    const due = Math.min(idle, budgets.dueAt() ?? Number.POSITIVE_INFINITY);
    if (draining) {
      finish('stopped');
      return;
    }
    if (due - clock.now() < parkMs) return;
    parkedUntil = Number.isFinite(due) ? due : undefined;
    if (state.phase.status === 'paused' || state.phase.status === 'waiting') finish('parked');
    else desk.apply({ do: 'wait', at: clock.now(), ...(parkedUntil === undefined ? {} : { until: parkedUntil }) });
  }

  async function keepPlan(plan: Plan): Promise<void> {
    const { hash, program, source } = plan;
    await patience.try(() => store.programs.put({ hash, id: program.id, program, source, storedAt: clock.now() }));
    contexts.add(hash, await programs.linked(hash));
  }

  async function workflow(id: string): ReturnType<Parameters<typeof createBlockSteps>[1]['workflow']> {
    const hash = state.workflows[id];
    if (hash === undefined) {
      throw new TelosError('WORKFLOW_NOT_FOUND', `No version of \`${id}\` was pinned when the run started.`);
    }
    const inner = await patience.try(() => programs.linked(hash));
    assertRunsAsStep(inner.program);
    contexts.add(hash, inner);
    return { hash, inputs: (given) => inner.inputs(given) };
  }

  function fail(error: unknown): void {
    if (over || failing) return;
    const code = error instanceof TelosError ? error.code : 'BUG';
    if (code === 'STALE_OWNER' || code === 'RUN_FINISHED') {
      finish('lost');
      return;
    }
    deps.report({
      message: `Run ${lease.run} was put down: ${error instanceof Error ? error.message : String(error)}`,
      run: lease.run,
      error,
    });
    if (storeCodes.has(code)) finish('failed');
    else void failForGood(error);
  }

  /** Going on would meet the same bug: the run ends and says so, instead of being taken up again for ever. */
  async function failForGood(error: unknown): Promise<void> {
    failing = true;
    try {
      await ledger.failFromDurable(desk.now(), errorRecordOf(error, 'BUG'));
      finish('ended');
    } catch {
      finish('failed');
    }
  }

  function finish(end: OwnerEnd): void {
    if (over) return;
    over = true;
    patience.end();
    budgets.stop();
    const letGo = (): TelosError => new TelosError('INTERRUPTED', `The owner of run ${lease.run} let it go.`);
    actions.stopAll(letGo);
    blocks.made()?.stopAll(letGo);
    desk.dropAll();
    conclude(end);
  }

  /** What may be made again is handed over; the rest is left as it is, in doubt for the next owner. */
  function stop(): void {
    if (over || failing) return;
    draining = true;
    actions.handOver(new TelosError('HANDED_OVER', 'The worker was told to stop.'));
    if (!ledger.isDirty()) {
      finish('stopped');
      return;
    }
    scheduled = true;
    // A store that is away is not waited for: then the next owner finds the attempts interrupted.
    patience.end();
    ledger.commit(steering.take()).then(
      () => finish('stopped'),
      () => finish('stopped'),
    );
  }

  async function look(): Promise<void> {
    looking += 1;
    await steering.read().finally(() => (looking -= 1));
    schedule();
  }

  /** What is in the inbox comes first: a run that was cancelled before anybody took it up begins no step. */
  async function begin(): Promise<void> {
    desk.apply({ do: 'start', at: clock.now() });
    await steering.read();
    budgets.watch();
    begun = true;
    schedule();
  }

  begin().catch(fail);
  return {
    run: lease.run,
    lease,
    state,
    parkedUntil: () => parkedUntil,
    wake() {
      if (over) return false;
      look().catch(fail);
      return true;
    },
    check: async () => actions.placing.made()?.check(),
    drain() {
      draining = true;
      schedule();
    },
    stop,
    lose: () => finish('lost'),
    done,
  };
}
