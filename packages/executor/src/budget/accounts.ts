/**
 * The accounts of an owned run whose budgets bound its attempts: what was spent,
 * and what is set aside.
 *
 * What an attempt may cost is set aside before it starts and given back when it
 * has ended, so that a fan-out cannot overrun. An attempt for which there is no
 * room waits while others may still give some back; when nobody can, the budget
 * is exceeded: the run is paused, or what the budget belongs to fails.
 */
import { addUsage, errorRecordOf, noRoomFor, noUsage, rootFrame, runOutput, TelosError } from '@telos/core';
import type { At, BudgetSpec, ErrorRecord, RunEvent, StepPath, Usage } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
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

type Spending = Pick<JudgingAt, 'at' | 'go' | 'refuse'> & { readonly cost: Usage };

type Reserved = { readonly bounds: readonly Bound[]; readonly estimate: Usage };

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
  const aside = new Map<StepPath, { readonly usage: Usage; readonly attempts: number }>();
  /** Attempts that wait for others to give back, by the bound that has no room for them, in order of asking. */
  const waiting = new Map<StepPath, Map<StepPath, () => boolean>>();
  /** Bounds within which something was given back in this turn. */
  const eased = new Set<StepPath>();

  /** What the attempt may cost, its gate and its rails included; one call when its tool does not say. */
  function estimate(at: ActionAt, attempt: number, then: (usage: Usage) => void): void {
    const oneCall = { ...noUsage, calls: 1 };
    const tool = desk.contexts.of(at.frame).tool(at.step.uses);
    const judging = { step: at.step, rails: railsOf(desk, at.step, at.frame), checks: deps.checks };
    if (tool?.estimate === undefined && !costsJudging(judging)) {
      then(oneCall);
      return;
    }
    prepare(desk, at, attempt, {
      path: at.path,
      onUnprepared: () => then(oneCall),
      onReady(prepared) {
        const { scope, context, sources } = prepared;
        // What cannot be rendered or read costs nothing: the attempt fails before its call.
        const told = (async () => {
          const input = shownInput(prepared);
          const parsed = tool?.input.safeParse(input);
          const call = parsed?.success === true ? ((await tool?.estimate?.(parsed.data)) ?? oneCall) : oneCall;
          const { linked } = context;
          return addUsage(call, await stepJudgingCost({ ...judging, linked, scope, input, sources, call }));
        })();
        desk.whenCome(
          told.catch(() => oneCall),
          then,
          { path: at.path },
        );
      },
    });
  }

  /** Sets the cost aside and goes; false when that has to wait. */
  function tryTo(spending: Spending): boolean {
    const { at, cost, go } = spending;
    const bounds = boundsOf(at);
    for (const bound of bounds) {
      const used = spent.within(bound.path);
      const others = aside.get(bound.path)?.usage;
      const what = bound.path === rootFrame ? bound.of : `${bound.of} ${bound.path}`;
      if (noRoomFor(what, bound.budget, addUsage(used, others), cost) === undefined) continue;
      const message = noRoomFor(what, bound.budget, used, cost);
      if (message === undefined) wait(at.path, bound.path, () => tryTo(spending));
      else exceeded(spending, bound, message);
      return message !== undefined;
    }
    reserved.set(at.path, { bounds, estimate: cost });
    for (const { path } of bounds) {
      const { usage, attempts } = aside.get(path) ?? { usage: noUsage, attempts: 0 };
      aside.set(path, { usage: addUsage(usage, cost), attempts: attempts + 1 });
    }
    desk.release(at.path);
    go();
    return true;
  }

  /** Those under way may cost less than was set aside for them. */
  function wait(path: StepPath, bound: StepPath, again: () => boolean): void {
    let group = waiting.get(bound);
    if (group === undefined) waiting.set(bound, (group = new Map()));
    // An attempt that waits already keeps its place.
    group.set(path, again);
    const held = group;
    desk.hold(path, () => held.delete(path));
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
    const known = reserved.get(path);
    if (known === undefined) return;
    reserved.delete(path);
    for (const bound of known.bounds) {
      const { usage, attempts } = aside.get(bound.path) ?? { usage: noUsage, attempts: 1 };
      // With the last attempt goes what rounding left.
      if (attempts <= 1) aside.delete(bound.path);
      else aside.set(bound.path, { usage: less(usage, known.estimate), attempts: attempts - 1 });
      if (eased.size === 0) queueMicrotask(askAgain);
      eased.add(bound.path);
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
        if (!ask()) break;
        group.delete(path);
      }
    }
  }

  return {
    reserve(at, attempt, go) {
      const refuse = (error: ErrorRecord): void => refuseAttempt(desk, at, attempt, error);
      estimate(at, attempt, (cost) => void tryTo({ at, cost, go, refuse }));
    },
    reserveJudging({ at, cost, go, refuse }) {
      const told = cost().catch(() => noUsage);
      desk.whenCome(told, (usage) => void tryTo({ at, cost: usage, go, refuse }), { path: at.path });
    },
    release,
    observe(event) {
      if (!('path' in event) || event.path === undefined) return;
      if ('usage' in event && event.usage !== undefined) spent.add(event.path, event.usage);
      if (reserved.size > 0 && endsAttempt(event)) release(event.path);
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
