/** Whether the budgets around a plan block leave room for another plan: one that cannot be paid for would cost the result that there is. */
import { addUsage, budgetOf, noRoomFor, noUsage } from '@telos/core';
import type { At, BudgetSpec, Frame, RunState, StepPath, Usage } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { usageOf, usageWithin } from '../scope/scope.ts';

/** Of a draft, at the least. */
const draftTokens = { input_tokens: 3000, output_tokens: 1000 };

export function hasRoomForDraft(desk: Desk, { path, step, frame }: At): boolean {
  const { state, contexts } = desk;
  if (isFull(budgetOf(contexts.of(rootOf(frame)).linked.program, state), state.usage)) return false;
  for (let at: Pick<At, 'path' | 'step' | 'frame'> | undefined = { path, step, frame }; at !== undefined;) {
    if (isFull(state.budgets.get(at.path) ?? at.step.budget, usedBy(state, at.path))) return false;
    at = at.frame.block;
  }
  return true;
}

function isFull(budget: BudgetSpec | undefined, used: Usage): boolean {
  if (budget === undefined) return false;
  const tokens = used.input_tokens + used.output_tokens;
  const perToken = tokens === 0 ? 0 : used.usd / tokens;
  const usd = perToken * (draftTokens.input_tokens + draftTokens.output_tokens);
  return noRoomFor('It', budget, used, { ...noUsage, ...draftTokens, usd, calls: 1 }) !== undefined;
}

function usedBy(state: RunState, path: StepPath): Usage {
  const own = state.steps.get(path);
  return addUsage(usageWithin(state, path), own === undefined ? noUsage : usageOf(own));
}

function rootOf(frame: Frame): Frame {
  let at = frame;
  while (at.block !== undefined) at = at.block.frame;
  return at;
}
