/**
 * The purse of an owned run: what its budgets leave for the next attempt.
 *
 * Budgets stand on the run, on blocks and on steps; a child takes from all that
 * are around it. Accounts are kept once a budget bounds an attempt: most runs need none.
 */
import { budgetOf, isPriced, judgedText, judgingCost, rootFrame } from '@telos/core';
import type {
  At,
  BudgetSpec,
  CheckUse,
  CostDeps,
  ErrorRecord,
  Frame,
  Program,
  RunEvent,
  StepPath,
  Subject,
  Usage,
} from '@telos/core';
import { createAccounts } from './accounts.ts';
import type { Accounts, Bound } from './accounts.ts';
import type { Desk } from '../desk/desk.ts';
import type { ActionAt } from '../attempt/preparing.ts';

/** What is judged, and by whom. */
export type JudgedOnce = Omit<Subject, 'text'> & Pick<CostDeps, 'render'> & { readonly uses: readonly CheckUse[] };

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
    this.#open().reserve(at, attempt, go);
  }

  /** Sets aside what an attempt may cost that an earlier owner has begun. */
  adopt(at: ActionAt, attempt: number): void {
    if (this.bounds(at)) this.#open().adopt(at, attempt);
  }

  /**
   * Calls `go` once what these checks may cost is set aside, which judge what a block is given or gives; at once when
   * that is nothing, or no budget bounds it. What is set aside is given back by `release`.
   *
   * @param refuse Called when the block's own budget has no room for it.
   */
  reserveJudging(at: At, judged: JudgedOnce, go: () => void, refuse: (error: ErrorRecord) => void): void {
    const { uses, render, ...subject } = judged;
    const { checks } = this.#desk.deps;
    if (!isPriced(uses, checks) || this.#boundsOf(at).length === 0) {
      go();
      return;
    }
    const cost = (): Promise<Usage> =>
      judgingCost(uses, { ...subject, text: judgedText(subject.value) }, { checks, render });
    this.#open().reserveJudging({ at, cost, go, refuse });
  }

  /** Gives back what was set aside for a step that does not start. */
  release(path: StepPath): void {
    this.#accounts?.release(path);
  }

  /** Tells of an event that the state has folded in. */
  observe(event: RunEvent): void {
    this.#accounts?.observe(event);
  }

  #open(): Accounts {
    return (this.#accounts ??= createAccounts(this.#desk, (bounded) => this.#boundsOf(bounded), this.#failBlock));
  }

  #boundsOf({ path, step, frame }: At): readonly Bound[] {
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
