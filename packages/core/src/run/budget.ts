import type { Instant } from '../ids.ts';
import type { BudgetSpec, Program } from '../program/program.ts';
import { addUsage } from '../usage.ts';
import type { Usage } from '../usage.ts';
import { startOf } from './state.ts';
import type { RunState } from './state.ts';

/** The budget that bounds a run: the one it was started with, or else its program's own. */
export function budgetOf(program: Program, state: RunState): BudgetSpec | undefined {
  return state.budget ?? program.budget;
}

/**
 * Says which ceiling is passed when this much is used, in a sentence; undefined when none is.
 *
 * @param what Whose budget it is: `The run`, `Step findings`.
 */
export function overspent(what: string, budget: BudgetSpec, used: Usage): string | undefined {
  const tokens = used.input_tokens + used.output_tokens;
  if (budget.usd !== undefined && used.usd > budget.usd)
    return `${what} has spent $${used.usd.toFixed(4)} of $${budget.usd}.`;
  if (budget.tokens !== undefined && tokens > budget.tokens)
    return `${what} has used ${tokens} of ${budget.tokens} tokens.`;
  if (budget.calls !== undefined && used.calls > budget.calls)
    return `${what} has made ${used.calls} of ${budget.calls} calls.`;
  return undefined;
}

/** Says which ceiling the next call would pass, in a sentence; undefined when there is room for it. */
export function noRoomFor(what: string, budget: BudgetSpec, used: Usage, next: Usage): string | undefined {
  if (overspent(what, budget, addUsage(used, next)) === undefined) return undefined;
  const left = [
    ...(budget.usd === undefined ? [] : [`$${used.usd.toFixed(4)} of $${budget.usd}`]),
    ...(budget.tokens === undefined ? [] : [`${used.input_tokens + used.output_tokens} of ${budget.tokens} tokens`]),
    ...(budget.calls === undefined ? [] : [`${used.calls} of ${budget.calls} calls`]),
  ].join(', ');
  const tokens = next.input_tokens + next.output_tokens;
  const wanted = `$${next.usd.toFixed(4)}, ${tokens} tokens, ${next.calls} ${next.calls === 1 ? 'call' : 'calls'}`;
  return `${what} has used ${left}; the next call may take ${wanted}.`;
}

/** Says which ceiling a run has passed, in a sentence; undefined while it is within all of them. */
export function overBudget(budget: BudgetSpec, state: RunState, now: Instant): string | undefined {
  const over = overspent('The run', budget, state.usage);
  if (over !== undefined) return over;
  const startedAt = startOf(state) ?? now;
  if (budget.wallMs === undefined || now - startedAt < budget.wallMs) return undefined;
  return `The run has taken ${now - startedAt} of ${budget.wallMs} ms.`;
}
