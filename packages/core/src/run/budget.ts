import type { Instant } from '../ids.ts';
import type { BudgetSpec, Program } from '../program/program.ts';
import { startOf } from './state.ts';
import type { RunState } from './state.ts';

/** The budget that bounds a run: the one it was started with, or else its program's own. */
export function budgetOf(program: Program, state: RunState): BudgetSpec | undefined {
  return state.budget ?? program.budget;
}

/** Says which ceiling a run has reached, in a sentence; undefined while it is within all of them. */
export function overBudget(budget: BudgetSpec, state: RunState, now: Instant): string | undefined {
  const { usage } = state;
  const tokens = usage.input_tokens + usage.output_tokens;
  if (budget.usd !== undefined && usage.usd > budget.usd) {
    return `The run has spent $${usage.usd.toFixed(4)} of $${budget.usd}.`;
  }
  if (budget.tokens !== undefined && tokens > budget.tokens)
    return `The run has used ${tokens} of ${budget.tokens} tokens.`;
  if (budget.calls !== undefined && usage.calls > budget.calls)
    return `The run has made ${usage.calls} of ${budget.calls} calls.`;
  const startedAt = startOf(state) ?? now;
  if (budget.wallMs !== undefined && now - startedAt >= budget.wallMs) {
    return `The run has taken ${now - startedAt} of ${budget.wallMs} ms.`;
  }
  return undefined;
}
