/** Budgets: a run that reaches its ceiling ends, or is paused until somebody raises it. */
import { budgetOf, errorRecordOf, overBudget, startOf, TelosError } from '@telos/core';
import type { Instant, Program } from '@telos/core';
import type { Desk } from './desk.ts';

export interface Budgets {
  /** Looks whether a ceiling is reached, and acts on it. */
  check(): void;
  /** When the time is up of a run that is under way or waits; undefined when it has no bound. */
  dueAt(): Instant | undefined;
  /** Looks again when the time is up. */
  watch(): void;
  stop(): void;
}

export function createBudgets(desk: Desk, program: Program): Budgets {
  const { state } = desk;
  const { clock } = desk.deps;
  let watched: { readonly until: number; readonly timer: AbortController } | undefined;

  function watch(): void {
    const wallMs = budgetOf(program, state)?.wallMs;
    const startedAt = startOf(state);
    const until = wallMs === undefined || startedAt === undefined ? undefined : startedAt + wallMs;
    if (watched?.until === until) return;
    watched?.timer.abort('over');
    if (until === undefined) {
      watched = undefined;
      return;
    }
    const timer = new AbortController();
    watched = { until, timer };
    clock
      .sleep(Math.max(until - clock.now(), 0), timer.signal)
      .then(() => {
        if (!timer.signal.aborted) check();
      })
      .catch(desk.fail);
  }

  /** Whether time that passes may end or pause the run. */
  function isCounting(): boolean {
    const { status } = state.phase;
    return state.ending === undefined && (status === 'running' || status === 'waiting');
  }

  function check(): void {
    const budget = budgetOf(program, state);
    if (budget === undefined || !isCounting()) return;
    watch();
    const over = overBudget(budget, state, desk.now());
    if (over === undefined) return;
    const at = desk.now();
    if (budget.onExceeded === 'pause') desk.apply({ do: 'pause', at, reason: 'budget', message: over });
    else desk.apply({ do: 'end', at, cause: { failed: errorRecordOf(new TelosError('BUDGET_EXCEEDED', over)) } });
  }

  return {
    check,
    watch,
    dueAt: () => (isCounting() ? watched?.until : undefined),
    stop: () => watched?.timer.abort('over'),
  };
}
