/**
 * The accounts of an owned run whose budgets bound its attempts: what was spent,
 * and what is set aside.
 *
 * What an attempt may cost is set aside before it starts and given back when it
 * has ended, so that a fan-out cannot overrun. An attempt for which there is no
 * room waits while others may still give some back; when nobody can, the budget
 * is exceeded: the run is paused, or what the budget belongs to fails. Where
 * nobody knows what attempts may take, one is under way within a budget at a
 * time, here or elsewhere: what it takes is counted before the next one begins.
 */
import { addUsage, errorRecordOf, noRoomFor, noUsage, rootFrame, runOutput, TelosError } from '@telos/core';
import type { At, BudgetSpec, ErrorRecord, RunEvent, StepPath, Usage } from '@telos/core';
import type { Desk, Holding } from '../desk/desk.ts';
import { costsJudging, stepJudgingCost } from './judging-cost.ts';
import { prepare, shownInput } from '../attempt/preparing.ts';
import type { ActionAt } from '../attempt/preparing.ts';
import { railsOf } from '../rails/rails-of.ts';
import { refuseAttempt } from '../attempt/settling.ts';
import { createSpending } from './spending.ts';

/** A budget around an attempt. `path` is '' for the run. */
export type Bound = { readonly path: StepPath; readonly of: 'Step' | 'Block' | 'The run'; readonly budget: BudgetSpec };

export interface Accounts {
  /** Calls `go` once what the attempt may cost is set aside. */
  reserve(at: ActionAt, attempt: number, go: () => void): void;
  /**
   * Sets aside what an attempt may cost that is under way already, whether there is room for it or not. From this
   * moment on nothing else begins within its budgets until that is known.
   */
  adopt(at: ActionAt, attempt: number): void;
  /** Calls `go` once what judging a block may cost is set aside; `refuse` when its own budget has no room for it. */
  reserveJudging(judging: JudgingAt): void;
  /** Gives back what was set aside for a step that does not start. */
  release(path: StepPath): void;
  /** Tells of an event that the state has folded in. */
  observe(event: RunEvent): void;
}

export type JudgingAt = {
  readonly at: At;
  readonly cost: () => Promise<Usage>;
  readonly go: () => void;
  readonly refuse: (error: ErrorRecord) => void;
};

/** Attempts that wait for one bound, each with how it asks again whether it may begin. */
type Waiting = Map<StepPath, () => boolean>;

/** What an attempt may take; where its tool does not say, that is only what it is likely to. */
type Price = { readonly usage: Usage; readonly isKnown: boolean };

type Spending = Pick<JudgingAt, 'at' | 'go' | 'refuse'> & { readonly price: Price };

type Reserved = { readonly bounds: readonly Bound[]; readonly price: Price };

/** What is set aside within a bound, for how many attempts, and for how many of them nobody knows what they may take. */
type Aside = { readonly usage: Usage; readonly attempts: number; readonly unknown: number };

const nothingAside: Aside = { usage: noUsage, attempts: 0, unknown: 0 };

/**
 * @param boundsOf The budgets around an attempt, its own first.
 * @param failBlock Ends a block as failed.
 */
export function createAccounts(
  desk: Desk,
  boundsOf: (at: At) => readonly Bound[],
  failBlock: (path: StepPath, error: ErrorRecord) => void,
): Accounts {
  const { state, deps } = desk;
  const spent = createSpending(state);
  const reserved = new Map<StepPath, Reserved>();
  /** What is set aside within each bound. */
  const aside = new Map<StepPath, Aside>();
  /** Of attempts that were under way before, and of which is being asked what they may take. */
  const unsettled = new Map<StepPath, readonly Bound[]>();
  /** Attempts that wait for others to give back, by the bound that has no room for them, in order of asking. */
  const waiting = new Map<StepPath, Waiting>();
  /** Where each of them waits: for one bound at a time. */
  const waitsIn = new Map<StepPath, Waiting>();
  /** Bounds within which something was given back in this turn. */
  const eased = new Set<StepPath>();

  /** What the attempt may cost, its gate and its rails included. Held under `held.path` meanwhile. */
  function estimate(at: ActionAt, attempt: number, held: Holding, then: (price: Price) => void): void {
    const oneCall = { ...noUsage, calls: 1 };
    const tool = desk.contexts.of(at.frame).tool(at.step.uses);
    const isKnown = tool?.estimate !== undefined || tool?.spendsNothing === true;
    const judging = { step: at.step, rails: railsOf(desk, at.step, at.frame), checks: deps.checks };
    if (tool?.estimate === undefined && !costsJudging(judging)) {
      then({ usage: oneCall, isKnown });
      return;
    }
    prepare(desk, at, attempt, {
      ...held,
      onUnprepared: () => then({ usage: oneCall, isKnown: true }),
      onReady(prepared) {
        const { scope, context, sources } = prepared;
        // What cannot be rendered or read costs nothing: the attempt fails before its call.
        const told = (async () => {
          const input = shownInput(prepared);
          const parsed = tool?.input.safeParse(input);
          const call = parsed?.success === true ? ((await tool?.estimate?.(parsed.data)) ?? oneCall) : oneCall;
          const { linked } = context;
          const usage = addUsage(call, await stepJudgingCost({ ...judging, linked, scope, input, sources, call }));
          return { usage, isKnown };
        })();
        desk.whenCome(
          told.catch(() => ({ usage: oneCall, isKnown: false })),
          then,
          held,
        );
      },
    });
  }

  /** Sets the cost aside and goes; false when that has to wait. */
  function tryTo(spending: Spending): boolean {
    const { at, price, go } = spending;
    const cost = price.usage;
    const bounds = boundsOf(at);
    for (const bound of bounds) {
      const { usage: others, unknown } = aside.get(bound.path) ?? nothingAside;
      if ((unknown > 0 && !price.isKnown) || isUnsettled(bound)) {
        wait(at.path, bound.path, () => tryTo(spending));
        return false;
      }
      const used = spent.within(bound.path);
      const what = bound.path === rootFrame ? bound.of : `${bound.of} ${bound.path}`;
      if (noRoomFor(what, bound.budget, addUsage(used, others), cost) === undefined) continue;
      const message = noRoomFor(what, bound.budget, used, cost);
      if (message === undefined) {
        wait(at.path, bound.path, () => tryTo(spending));
        return false;
      }
      stopWaiting(at.path);
      exceeded(spending, bound, message);
      return true;
    }
    stopWaiting(at.path);
    setAside(at.path, bounds, price);
    desk.release(at.path);
    go();
    return true;
  }

  function setAside(path: StepPath, bounds: readonly Bound[], price: Price): void {
    reserved.set(path, { bounds, price });
    for (const bound of bounds) {
      const { usage, attempts, unknown } = aside.get(bound.path) ?? nothingAside;
      aside.set(bound.path, {
        usage: addUsage(usage, price.usage),
        attempts: attempts + 1,
        unknown: unknown + (price.isKnown ? 0 : 1),
      });
    }
  }

  function isUnsettled({ path }: Bound): boolean {
    if (unsettled.size === 0) return false;
    return [...unsettled.values()].some((bounds) => bounds.some((bound) => bound.path === path));
  }

  /** Those under way may cost less than was set aside for them. */
  function wait(path: StepPath, bound: StepPath, again: () => boolean): void {
    let group = waiting.get(bound);
    if (group === undefined) waiting.set(bound, (group = new Map()));
    // An attempt that waits there already keeps its place.
    if (waitsIn.get(path) !== group) stopWaiting(path);
    desk.hold(path, () => stopWaiting(path));
    group.set(path, again);
    waitsIn.set(path, group);
  }

  function stopWaiting(path: StepPath): void {
    waitsIn.get(path)?.delete(path);
    waitsIn.delete(path);
  }

  function exceeded(spending: Spending, { path, budget }: Bound, message: string): void {
    const { at, refuse } = spending;
    const now = desk.now();
    // A run that is ending is neither paused nor ended by it: what there is no room for fails by itself.
    const isEnding = state.ending !== undefined;
    if (budget.onExceeded === 'pause' && !isEnding) {
      desk.apply({ do: 'pause', at: now, reason: 'budget', message });
      desk.whenGoing(at.path, () => void tryTo(spending));
      return;
    }
    const error = errorRecordOf(new TelosError('BUDGET_EXCEEDED', message));
    if (path === at.path || (path === rootFrame && (isEnding || at.path === runOutput))) {
      refuse(error);
      return;
    }
    // Held until it is withdrawn with all that the budget bounds.
    desk.hold(at.path, () => {});
    if (path === rootFrame) desk.apply({ do: 'end', at: now, cause: { failed: error } });
    else failBlock(path, { ...error, path });
  }

  function release(path: StepPath): void {
    settle(path);
    const known = reserved.get(path);
    if (known === undefined) return;
    const { bounds, price } = known;
    reserved.delete(path);
    for (const bound of bounds) {
      const { usage, attempts, unknown } = aside.get(bound.path) ?? nothingAside;
      // With the last attempt goes what rounding left.
      if (attempts <= 1) aside.delete(bound.path);
      else
        aside.set(bound.path, {
          usage: less(usage, price.usage),
          attempts: attempts - 1,
          unknown: unknown - (price.isKnown ? 0 : 1),
        });
    }
    ease(bounds);
  }

  /** Nothing waits any longer to be told what this attempt may take. */
  function settle(path: StepPath): void {
    const bounds = unsettled.get(path);
    if (bounds === undefined) return;
    unsettled.delete(path);
    ease(bounds);
  }

  function ease(bounds: readonly Bound[]): void {
    for (const { path } of bounds) {
      if (eased.size === 0) queueMicrotask(askAgain);
      eased.add(path);
    }
  }

  /** In order, as long as there is room. */
  function askAgain(): void {
    const bounds = [...eased];
    eased.clear();
    for (const bound of bounds) {
      const group = waiting.get(bound);
      if (group === undefined) continue;
      for (const [path, ask] of group) {
        // It begins now, or is held anew.
        desk.release(path);
        // One that waits for another bound now keeps nobody here.
        if (!ask() && group.has(path)) break;
      }
    }
  }

  return {
    reserve(at, attempt, go) {
      const refuse = (error: ErrorRecord): void => refuseAttempt(desk, at, attempt, error);
      estimate(at, attempt, { path: at.path }, (price) => void tryTo({ at, price, go, refuse }));
    },
    adopt(at, attempt) {
      const { path } = at;
      const bounds = boundsOf(at);
      unsettled.set(path, bounds);
      // Under a key of its own: the attempt itself is held, and taken back, by others.
      estimate(at, attempt, { path: `price of ${path}` }, (price) => {
        if (!unsettled.has(path)) return;
        setAside(path, bounds, price);
        settle(path);
      });
    },
    reserveJudging({ at, cost, go, refuse }) {
      const told = cost().catch(() => noUsage);
      const price = told.then((usage) => ({ usage, isKnown: true }));
      desk.whenCome(price, (known) => void tryTo({ at, price: known, go, refuse }), { path: at.path });
    },
    release,
    observe(event) {
      if (!('path' in event) || event.path === undefined) return;
      if ('usage' in event && event.usage !== undefined) spent.add(event.path, event.usage);
      if ((reserved.size > 0 || unsettled.size > 0) && endsAttempt(event)) release(event.path);
    },
  };
}

function less(sum: Usage, part: Usage): Usage {
  return {
    input_tokens: sum.input_tokens - part.input_tokens,
    output_tokens: sum.output_tokens - part.output_tokens,
    // Sums of fractions do not come back to what they were.
    usd: Math.max(sum.usd - part.usd, 0),
    ms: sum.ms - part.ms,
    calls: sum.calls - part.calls,
  };
}

function endsAttempt({ type }: RunEvent): boolean {
  return (
    type === 'step.succeeded' ||
    type === 'step.failed' ||
    type === 'step.cancelled' ||
    type === 'step.in_doubt' ||
    type === 'step.quarantined' ||
    type === 'attempt.failed' ||
    type === 'attempt.rejected' ||
    type === 'wait.opened'
  );
}
