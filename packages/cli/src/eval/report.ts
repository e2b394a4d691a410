/** What an experiment came to: the last line of `telos eval --json`. */
import type { Usage } from '@telos/core';
import { compare, summarise } from '@telos/evaluators/experiment';
import type { Comparison, VariantSummary } from '@telos/evaluators/experiment';
import type { Experiment } from '@telos/language';
import type { EvalTrial } from './eval-trial.ts';
import type { Carried } from './run-cells.ts';

export type EvalReport = {
  readonly experiment: string;
  readonly id: string;
  /** Every run was made and judged. */
  readonly complete: boolean;
  readonly runs: number;
  readonly done: number;
  readonly waiting: Carried['waiting'];
  /** Runs that are missing for want of budget. */
  readonly without_budget: number;
  readonly baseline: string;
  readonly variants: readonly VariantSummary[];
  /** Of each other variant with the baseline. */
  readonly comparisons: readonly Comparison[];
  readonly floor: Experiment['floor'];
  /** What is below it, a sentence each. */
  readonly below: readonly string[];
  /** Of all runs and checks. */
  readonly usage: Usage;
};

export type Came = {
  readonly id: string;
  readonly runs: number;
  readonly usage: Usage;
  readonly carried: Carried;
};

/** Of an experiment, what its report needs besides the trials. */
type Judged = Pick<Experiment, 'name' | 'baseline' | 'floor'> & {
  readonly variants: readonly { readonly name: string }[];
};

export function reportOf(
  { name, variants, baseline, floor }: Judged,
  trials: readonly EvalTrial[],
  { id, runs, usage, carried }: Came,
): EvalReport {
  const of = (variant: string): readonly EvalTrial[] => trials.filter((trial) => trial.variant === variant);
  const summaries = variants.map((variant) => summarise(variant.name, of(variant.name)));
  const others = variants.filter((variant) => variant.name !== baseline);
  return {
    experiment: name,
    id,
    complete: trials.length === runs,
    runs,
    done: trials.length,
    waiting: carried.waiting,
    without_budget: carried.withoutBudget,
    baseline,
    variants: summaries,
    comparisons: others.map((variant) => compare(variant.name, baseline, trials)),
    floor,
    below: belowFloor(summaries, floor),
    usage,
  };
}

/** A figure that is not known reaches no floor. */
function belowFloor(summaries: readonly VariantSummary[], floor: Experiment['floor']): readonly string[] {
  return summaries.flatMap((summary) =>
    (['score', 'pass_rate'] as const).flatMap((figure) => {
      const [least, reached] = [floor[figure], summary[figure]];
      if (least === undefined || (reached !== null && reached >= least - 1e-9)) return [];
      const shown = reached === null ? 'not known' : reached.toFixed(4);
      return [`${summary.variant}: ${figure} is ${shown}; the floor is ${least}.`];
    }),
  );
}

/** What a person or a program should know besides: a line each. */
export function reportComplaints(report: EvalReport, trials: readonly EvalTrial[]): string {
  const unclear = trials.filter(({ scores }) => scores.some(({ verdict }) => verdict === 'error'));
  const reasons = unclear.flatMap(({ scores }) =>
    scores.flatMap(({ verdict, reason }) => (verdict === 'error' ? [reason] : [])),
  );
  const lines = [...report.below];
  if (report.without_budget > 0)
    lines.unshift(
      `The budget is used up: ${report.without_budget} of ${report.runs} runs are missing. Raise it, and the same command goes on.`,
    );
  if (unclear.length > 0)
    lines.unshift(
      `Of ${unclear.length} runs a check gave no verdict, which counts as 0: ${[...new Set(reasons)].slice(0, 3).join(' ')}`,
    );
  return lines.map((line) => `${line}\n`).join('');
}
