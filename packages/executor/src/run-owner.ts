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
 * it all: the journal has what counts.
 */
import { budgetOf, errorRecordOf, fold, hasEnded, overBudget, rootFrame, TelosError } from '@telos/core';
import type {
  Action,
  ErrorRecord,
  Hash,
  Json,
  Lease,
  Outcome,
  Plan,
  Program,
  RunId,
  RunState,
  StepPath,
} from '@telos/core';
import type { Linked } from '@telos/language';
import { createActionSteps } from './action-steps.ts';
import { createBlockSteps } from './block-steps.ts';
import { chosenCase } from './block.ts';
import { createDesk } from './desk.ts';
import { createLedger } from './ledger.ts';
import type { Ledger } from './ledger.ts';
import type { WorkerDeps } from './ports.ts';
import { createPatience } from './patience.ts';
import { loadPrograms } from './programs.ts';
import type { Programs } from './programs.ts';
import { createRendering } from './rendering.ts';
import type { Slots } from './slots.ts';
import type { Values } from './values.ts';

/**
 * How owning a run came to its end. `ended`: the run has. `lost`: another owner
 * has it. `stopped`: told to. `failed`: the store refused; the run goes on later.
 */
export type OwnerEnd = 'ended' | 'lost' | 'stopped' | 'failed';

export interface RunOwner {
  readonly run: RunId;
  readonly lease: Lease;
  /** As it stands in memory: durable once `done` says `ended`. */
  readonly state: RunState;
  /** Looks at the run's inbox soon. */
  wake(): void;
  /** Leaves the run as it is for the next owner. What is under way is aborted and not recorded. */
  stop(): void;
  /** The lease was lost: as `stop`, at once. */
  lose(): void;
  readonly done: Promise<OwnerEnd>;
}

/** Queues what is to be done at the end of this microtask; `queueMicrotask` does too and makes a resource for each call. */
const endOfCall = Promise.resolve();

/** Errors of the store: they pass, or another owner meets them; the run itself is sound. */
const storeCodes: ReadonlySet<string> = new Set(['STORE_UNAVAILABLE', 'STORE_FULL', 'STORE_CORRUPT']);

export type OwnerShared = {
  readonly deps: WorkerDeps;
  readonly slots: Slots;
  readonly values: Values;
  readonly programs: Programs;
};

export async function ownRun(shared: OwnerShared, lease: Lease): Promise<RunOwner | 'ended'> {
  const { deps, slots, values, programs } = shared;
  const { store, clock } = deps;
  const folded = await fold(store.journal.read(lease.run));
  if (folded === undefined) throw new TelosError('RUN_NOT_FOUND', `Run ${lease.run} has no journal.`);
  if (hasEnded(folded)) return 'ended';
  const state: RunState = folded;
  let linked: Linked;
  let plans: Map<Hash, Program>;
  let ledger: Ledger;
  const patience = createPatience(clock, ({ message }) =>
    deps.report({ message: `Run ${lease.run} waits for the store: ${message}`, run: lease.run }),
  );
  const planOf = (hash: Hash): Program | undefined => plans.get(hash);
  try {
    linked = await programs.linked(state.program);
    plans = await loadPrograms(programs, state);
    ledger = createLedger(store.journal, lease, linked.program, state, planOf, patience);
  } catch (error) {
    const record = errorRecordOf(error, 'BUG');
    if (record.kind === 'retryable') throw error;
    await store.journal.append(lease, state.seq, [{ type: 'run.failed', at: clock.now(), error: record }]);
    return 'ended';
  }
  const budget = budgetOf(linked.program, state);

  const { promise: done, resolve: conclude } = Promise.withResolvers<OwnerEnd>();
  let over = false;
  let failing = false;
  let scheduled = false;
  /** Taken from the frontier and not carried out, by path; empty between turns. */
  const offered = new Map<StepPath, Action>();
  let launches: (() => void)[] = [];
  let settles: string[] = [];
  let cancelReason: string | undefined;
  let overrun: string | undefined;
  let wall: AbortController | undefined;

  const desk = createDesk({
    deps,
    slots,
    values,
    linked,
    rendering: createRendering(linked.program, linked, deps.secret),
    ledger,
    patience,
    turn: schedule,
    afterCommit: (act) => void launches.push(act),
    onError: fail,
  });
  const actions = createActionSteps(desk);
  const blocks = createBlockSteps(desk, keepPlan, planOf);

  /** A turn at the end of this microtask: what comes in together goes out together. */
  function schedule(): void {
    if (scheduled || over || failing) return;
    scheduled = true;
    void endOfCall.then(turn);
  }

  function turn(): void {
    scheduled = false;
    if (over || failing) return;
    try {
      checkBudget();
      carryOutOffers();
      if (failing) return;
    } catch (error) {
      fail(error);
      return;
    }
    if (ledger.isDirty || settles.length > 0) void commit();
  }

  /** Carrying one out may take back another: what is offered later for a step replaces what was offered before. */
  function carryOutOffers(): void {
    let taken = ledger.take();
    // A chain offers one at a time, and one needs no list.
    while (taken.length === 1 && taken[0] !== undefined) {
      carryOut(taken[0]);
      if (failing) return;
      taken = ledger.take();
    }
    if (taken.length === 0) return;
    offer(taken);
    for (const [path, action] of offered) {
      offered.delete(path);
      carryOut(action);
      if (failing) return;
      offer(ledger.take());
    }
  }

  function offer(actions: readonly Action[]): void {
    for (const action of actions) offered.set(action.do === 'finish' ? rootFrame : action.path, action);
  }

  async function commit(): Promise<void> {
    const acts = launches;
    const answered = settles;
    launches = [];
    settles = [];
    const ended = hasEnded(state);
    try {
      await ledger.commit(answered);
      if (over || failing) return;
      if (ended) finish('ended');
      else for (const act of acts) act();
    } catch (error) {
      fail(error);
    }
  }

  function carryOut(action: Action): void {
    switch (action.do) {
      case 'start':
        offerStart(action);
        break;
      case 'retry': {
        const { path, step, frame, attempt } = action;
        desk.later(path, action.dueAt, () => {
          if (step.kind === 'action') actions.start({ path, step, frame }, attempt);
          else blocks.open(action);
        });
        break;
      }
      case 'recover':
        if (action.step.kind === 'action') actions.recover({ ...action, step: action.step }, action.attempt);
        break;
      case 'open':
        // A block that has just started opens itself; this one was started by an owner that is gone.
        blocks.open(action);
        break;
      case 'close':
        blocks.close(action, action.frames, action.outcome);
        break;
      case 'abort':
        blocks.abort(action.path, abortReason());
        actions.abort(action.path, abortReason());
        break;
      case 'withdraw':
        desk.drop(action.path);
        break;
      case 'finish':
        finishRun(action.outcome);
        break;
    }
  }

  function offerStart(action: Extract<Action, { do: 'start' }>): void {
    const { path, step, frame } = action;
    if (step.kind === 'action' && step.when === undefined) {
      actions.start({ path, step, frame }, 1);
      return;
    }
    desk.read({ path, frame, reads: step.reads }, (scope) => {
      const at = desk.now();
      try {
        if (step.when !== undefined && !linked.test(step.when, scope)) {
          desk.apply({ do: 'skipStep', at, path, reason: 'when' });
          return;
        }
        if (step.kind === 'switch' && chosenCase(step, linked, scope) === undefined) {
          desk.apply({ do: 'skipStep', at, path, reason: 'no_case' });
          return;
        }
      } catch (error) {
        desk.apply({ do: 'startStep', at, path, attempt: 1 });
        desk.apply({
          do: 'failStep',
          at,
          path,
          attempt: 1,
          step,
          error: errorRecordOf(error, 'EXPRESSION_FAILED'),
          random: 0,
        });
        return;
      }
      if (step.kind === 'action') actions.start({ path, step, frame }, 1);
      else blocks.start({ path, step, frame }, scope);
    });
  }

  function finishRun(outcome: Outcome): void {
    if (overrun !== undefined) endRun({ error: errorRecordOf(new TelosError('BUDGET_EXCEEDED', overrun)) });
    else if (outcome.status === 'failed') endRun({ error: outcome.error });
    else if (outcome.status === 'cancelled')
      desk.apply({ do: 'cancel', at: desk.now(), reason: cancelReason ?? 'cancelled' });
    else {
      const frame = { path: rootFrame, steps: linked.program.steps };
      desk.read({ path: '', frame, reads: linked.program.outputReads }, (scope) => {
        let outputs: Json;
        try {
          outputs = linked.render(linked.program.outputs, scope);
        } catch (error) {
          endRun({ error: { ...errorRecordOf(error, 'EXPRESSION_FAILED'), path: 'outputs' } });
          return;
        }
        desk.store(outputs, (payload) => void desk.apply({ do: 'succeed', at: desk.now(), outputs: payload }));
      });
    }
  }

  function endRun({ error }: { readonly error: ErrorRecord }): void {
    desk.apply({ do: 'fail', at: desk.now(), error });
  }

  function checkBudget(): void {
    if (budget === undefined || overrun !== undefined) return;
    overrun = overBudget(budget, state, desk.now());
    if (overrun !== undefined) ledger.cancel();
  }

  function watchWall(): void {
    if (budget?.wallMs === undefined || state.phase.status !== 'running') return;
    const left = state.phase.startedAt + budget.wallMs - clock.now();
    wall = new AbortController();
    void clock.sleep(Math.max(left, 0), wall.signal).then(schedule);
  }

  function abortReason(): TelosError {
    if (overrun !== undefined) return new TelosError('BUDGET_EXCEEDED', overrun);
    return new TelosError('CANCELLED', cancelReason ?? 'Another step failed.');
  }

  async function keepPlan(plan: Plan): Promise<void> {
    const { hash, program, source } = plan;
    await patience.try(() => store.programs.put({ hash, id: program.id, program, source, storedAt: clock.now() }));
    plans.set(hash, program);
  }

  async function readInbox(): Promise<void> {
    for (const message of await patience.try(() => store.inbox.pending(lease.run))) {
      if (settles.includes(message.id) || over) continue;
      settles.push(message.id);
      cancelReason ??= message.reason;
      ledger.cancel();
    }
    if (settles.length > 0) schedule();
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
    wall?.abort('over');
    const letGo = (): TelosError => new TelosError('INTERRUPTED', `The owner of run ${lease.run} let it go.`);
    actions.stopAll(letGo);
    blocks.stopAll(letGo);
    desk.dropAll();
    conclude(end);
  }

  /** What is in the inbox comes first: a run that was cancelled before anybody took it up begins no step. */
  async function begin(): Promise<void> {
    await readInbox();
    desk.apply({ do: 'start', at: clock.now() });
    watchWall();
    schedule();
  }

  begin().catch(fail);
  return {
    run: lease.run,
    lease,
    state,
    wake: () => void readInbox().catch(fail),
    stop: () => finish('stopped'),
    lose: () => finish('lost'),
    done,
  };
}
