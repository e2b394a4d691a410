/**
 * The purse of an owned run: what its budgets leave for the next attempt.
 *
 * Budgets stand on the run, on blocks and on steps; a child takes from all that
 * are around it. Accounts are kept once a budget bounds an attempt: most runs need none.
 */
import { budgetOf, rootFrame } from '@telos/core';
import type { BudgetSpec, ErrorRecord, Frame, Program, RunEvent, StepPath } from '@telos/core';
import { createAccounts } from './accounts.ts';
import type { Accounts } from './accounts.ts';
import type { Desk } from './desk.ts';
import type { ActionAt } from './preparing.ts';

/** A budget around an attempt. `path` is '' for the run. */
export type Bound = { readonly path: StepPath; readonly of: 'Step' | 'Block' | 'The run'; readonly budget: BudgetSpec };

const noBounds: readonly Bound[] = [];

export class Purse {
  readonly #desk: Desk;
  readonly #program: Program;
  readonly #failBlock: (path: StepPath, error: ErrorRecord) => void;
  /** Kept once a budget bounds an attempt. */
  #accounts: Accounts | undefined;

  /** @param failBlock Ends a block as failed. */
  constructor(desk: Desk, program: Program, failBlock: (path: StepPath, error: ErrorRecord) => void) {
    this.#desk = desk;
    this.#program = program;
    this.#failBlock = failBlock;
  }

  /** Whether a budget bounds the attempts of this step. */
  bounds(at: ActionAt): boolean {
    return this.#boundsOf(at).length > 0;
  }

  /** Calls `go` once what the attempt may cost is set aside. */
  reserve(at: ActionAt, attempt: number, go: () => void): void {
    this.#accounts ??= createAccounts(this.#desk, (bounded) => this.#boundsOf(bounded), this.#failBlock);
    this.#accounts.reserve(at, attempt, go);
  }

  /** Gives back what was set aside for a step that does not start. */
  release(path: StepPath): void {
    this.#accounts?.release(path);
  }

  /** Tells of an event that the state has folded in. */
  observe(event: RunEvent): void {
    this.#accounts?.observe(event);
  }

  #boundsOf({ path, step, frame }: ActionAt): readonly Bound[] {
    let bounds = this.#around(noBounds, 'Step', path, step.budget);
    for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
      if (at.block !== undefined) bounds = this.#around(bounds, 'Block', at.block.path, at.block.step.budget);
    return this.#around(bounds, 'The run', rootFrame, budgetOf(this.#program, this.#desk.state));
  }

  #around(inner: readonly Bound[], of: Bound['of'], path: StepPath, own: BudgetSpec | undefined): readonly Bound[] {
    const { budgets } = this.#desk.state;
    const budget = (budgets.size === 0 ? undefined : budgets.get(path)) ?? own;
    return budget === undefined || !isMeasured(budget) ? inner : [...inner, { path, of, budget }];
  }
}

function isMeasured({ usd, tokens, calls }: BudgetSpec): boolean {
  return usd !== undefined || tokens !== undefined || calls !== undefined;
}
