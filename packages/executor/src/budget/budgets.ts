/** Budgets: a run that reaches its ceiling ends, or is paused until somebody raises it. */
import { budgetOf, errorRecordOf, overBudget, startOf, TelosError } from '@telos/core';
import type { Instant, Program } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

export class Budgets {
  readonly #desk: Desk;
  readonly #program: Program;
  #watched: { readonly until: number; readonly timer: AbortController } | undefined;

  constructor(desk: Desk, program: Program) {
    this.#desk = desk;
    this.#program = program;
  }

  /** Looks whether a ceiling is reached, and acts on it. */
  check(): void {
    const { state } = this.#desk;
    const budget = budgetOf(this.#program, state);
    if (budget === undefined || !this.#isCounting()) return;
    this.watch();
    const at = this.#desk.now();
    const over = overBudget(budget, state, at);
    if (over === undefined) return;
    if (budget.onExceeded === 'pause') this.#desk.apply({ do: 'pause', at, reason: 'budget', message: over });
    else this.#desk.apply({ do: 'end', at, cause: { failed: errorRecordOf(new TelosError('BUDGET_EXCEEDED', over)) } });
  }

  /** When the time is up of a run that is under way or waits; undefined when it has no bound. */
  dueAt(): Instant | undefined {
    return this.#isCounting() ? this.#watched?.until : undefined;
  }

  /** Looks again when the time is up. */
  watch(): void {
    const { state, deps, fail } = this.#desk;
    const wallMs = budgetOf(this.#program, state)?.wallMs;
    const startedAt = startOf(state);
    const until = wallMs === undefined || startedAt === undefined ? undefined : startedAt + wallMs;
    if (this.#watched?.until === until) return;
    this.stop();
    this.#watched = undefined;
    if (until === undefined) return;
    const timer = new AbortController();
    this.#watched = { until, timer };
    deps.clock
      .sleep(Math.max(until - deps.clock.now(), 0), timer.signal)
      .then(() => {
        if (!timer.signal.aborted) this.check();
      })
      .catch(fail);
  }

  stop(): void {
    this.#watched?.timer.abort('over');
  }

  /** Whether time that passes may end or pause the run. */
  #isCounting(): boolean {
    const { ending, phase } = this.#desk.state;
    return ending === undefined && (phase.status === 'running' || phase.status === 'waiting');
  }
}
