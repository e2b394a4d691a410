/**
 * The purse of an owned run: what its budgets leave for the next attempt.
 *
 * Budgets stand on the run, on blocks and on steps; a child takes from all that
 * are around it. Accounts are kept once a budget bounds an attempt: most runs need none.
 */
import { budgetOf, rootFrame } from '@telos/core';
import type { BudgetSpec, ErrorRecord, Frame, Program, RunEvent, StepPath } from '@telos/core';
import { createAccounts } from './accounts.ts';
import type { Desk } from './desk.ts';
import { Lazy } from './lazy.ts';
import type { ActionAt } from './preparing.ts';

export interface Purse {
  /** Calls `go` once what the attempt may cost is set aside; at once when no budget bounds it. */
  reserve(at: ActionAt, attempt: number, go: () => void): void;
  /** Gives back what was set aside for a step that does not start. */
  release(path: StepPath): void;
  /** Tells of an event that the state has folded in. */
  observe(event: RunEvent): void;
}

/** A budget around an attempt. `path` is '' for the run. */
export type Bound = { readonly path: StepPath; readonly of: 'Step' | 'Block' | 'The run'; readonly budget: BudgetSpec };

const noBounds: readonly Bound[] = [];

/** @param failBlock Ends a block as failed. */
export function createPurse(
  desk: Desk,
  program: Program,
  failBlock: (path: StepPath, error: ErrorRecord) => void,
): Purse {
  const { state } = desk;
  const accounts = new Lazy(() => createAccounts(desk, boundsOf, failBlock));

  function boundsOf({ path, step, frame }: ActionAt): readonly Bound[] {
    let bounds = around(noBounds, 'Step', path, step.budget);
    for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
      if (at.block !== undefined) bounds = around(bounds, 'Block', at.block.path, at.block.step.budget);
    return around(bounds, 'The run', rootFrame, budgetOf(program, state));
  }

  function around(
    inner: readonly Bound[],
    of: Bound['of'],
    path: StepPath,
    own: BudgetSpec | undefined,
  ): readonly Bound[] {
    const budget = state.budgets.get(path) ?? own;
    return budget === undefined || !isMeasured(budget) ? inner : [...inner, { path, of, budget }];
  }

  return {
    reserve(at, attempt, go) {
      if (boundsOf(at).length === 0) go();
      else accounts.get().reserve(at, attempt, go);
    },
    release: (path) => accounts.made()?.release(path),
    observe: (event) => accounts.made()?.observe(event),
  };
}

function isMeasured({ usd, tokens, calls }: BudgetSpec): boolean {
  return usd !== undefined || tokens !== undefined || calls !== undefined;
}
