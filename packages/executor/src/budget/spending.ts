/**
 * What was spent within each part of a run: a step, a round, an item, a block.
 * What is spent is added to every part around it when it is told, so that asking
 * costs the same however many budgets there are and however many steps they bound.
 */
import { addUsage, noUsage, partsAround, rootFrame } from '@telos/core';
import type { RunState, StepPath, Usage } from '@telos/core';

export interface Spending {
  within(path: StepPath): Usage;
  /** Tells of what a step has spent that the state has folded in. */
  add(path: StepPath, usage: Usage): void;
}

export function createSpending(state: Pick<RunState, 'usage' | 'steps'>): Spending {
  /** Kept once anybody asks for a part: of the whole the state knows. */
  let parts: Map<StepPath, Usage> | undefined;

  function count(into: Map<StepPath, Usage>, path: StepPath, usage: Usage): void {
    for (const part of partsAround(path)) into.set(part, addUsage(into.get(part) ?? noUsage, usage));
  }

  function open(): Map<StepPath, Usage> {
    const opened = new Map<StepPath, Usage>();
    for (const [path, step] of state.steps) {
      const usage = 'usage' in step ? step.usage : 'history' in step ? step.history.usage : undefined;
      if (usage !== undefined) count(opened, path, usage);
    }
    return opened;
  }

  return {
    within: (path) => (path === rootFrame ? state.usage : ((parts ??= open()).get(path) ?? noUsage)),
    add(path, usage) {
      if (parts !== undefined) count(parts, path, usage);
    },
  };
}
