/** Experiments: what `telos eval` runs, started and read by HTTP, with the same documents. */
import { z } from 'zod';
import { BudgetRequest } from './start-run.ts';
import { UsageView } from './usage.ts';

/** The body of `POST /v1/experiments`. */
export const ExperimentRequest = z.strictObject({
  /** The text of an experiment file. */
  source: z.string().min(1),
  /**
   * The files that it names, by the paths by which it names them: workflows, the dataset. A workflow that is not here is
   * looked for among those that are published, by its id.
   */
  files: z.record(z.string(), z.string()).default({}),
  /** Of the rows, only so many. */
  limit: z.int().min(1).max(100_000).exactOptional(),
  /** The most that the whole may spend, in place of the file's own. */
  budget: BudgetRequest.omit({ on_exceeded: true }).exactOptional(),
  /** Begins anew also where one that is the same was stopped half way. */
  fresh: z.boolean().default(false),
});
export type ExperimentRequest = z.infer<typeof ExperimentRequest>;

/** `stopped`: nobody carries it out; the same request goes on with it. `failed`: it could not go on, for the reason in `error`. */
export const ExperimentStatus = z.enum(['running', 'complete', 'stopped', 'failed']);

export const ExperimentSummary = z.object({
  id: z.string(),
  experiment: z.string(),
  status: ExperimentStatus,
  started_at: z.string(),
  /** Runs in all; absent where that is not known of one that was begun by an older version. */
  runs: z.int().exactOptional(),
  /** Runs that were made and judged. */
  done: z.int(),
});
export type ExperimentSummary = z.infer<typeof ExperimentSummary>;

export const ExperimentQuery = z.strictObject({
  /** Of this name alone. */
  experiment: z.string().max(64).exactOptional(),
  limit: z.coerce.number().int().min(1).max(200).default(50),
});

export const ExperimentList = z.object({ items: z.array(ExperimentSummary) });
export type ExperimentList = z.infer<typeof ExperimentList>;

/** One run and what the checks said of it: a `trial` line of `telos eval --json`. */
export const ExperimentTrial = z.object({
  variant: z.string(),
  row: z.string(),
  repetition: z.int(),
  /** Absent where the inputs were refused at the door, so that no run began. */
  run: z.string().exactOptional(),
  status: z.enum(['succeeded', 'failed', 'cancelled']),
  score: z.number(),
  passed: z.boolean(),
  scores: z.array(
    z.object({
      check: z.string(),
      score: z.number(),
      verdict: z.enum(['pass', 'fail', 'error']),
      reason: z.string(),
    }),
  ),
  usage: UsageView,
  judging: UsageView,
  ms: z.number().min(0),
  /** Of a run that did not succeed. */
  error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
});
export type ExperimentTrial = z.infer<typeof ExperimentTrial>;

/** 95 %, lower and upper. */
const IntervalView = z.array(z.number()).length(2).readonly();

const VariantSummaryView = z.object({
  variant: z.string(),
  trials: z.int(),
  rows: z.int(),
  score: z.number().nullable(),
  pass_rate: z.number().nullable(),
  intervals: z.object({ score: IntervalView.nullable(), pass_rate: IntervalView.nullable() }),
  failed: z.int(),
  without_verdict: z.int(),
  usage: UsageView,
  judging: UsageView,
  ms_p50: z.number().nullable(),
  ms_p95: z.number().nullable(),
  checks: z.record(z.string(), z.object({ score: z.number(), pass_rate: z.number(), trials: z.int() })),
});

const DifferenceView = z.object({
  difference: z.number().nullable(),
  interval: IntervalView.nullable(),
  p: z.number().nullable(),
  significant: z.boolean(),
});

const ComparisonView = z.object({
  variant: z.string(),
  baseline: z.string(),
  rows: z.int(),
  score: DifferenceView,
  pass_rate: DifferenceView,
  wins: z.int(),
  ties: z.int(),
  losses: z.int(),
});

/** What it came to so far: the `result` line of `telos eval --json`. */
export const ExperimentResult = z.object({
  experiment: z.string(),
  id: z.string(),
  complete: z.boolean(),
  runs: z.int(),
  done: z.int(),
  /** Runs that wait for somebody, each with what for. */
  waiting: z
    .array(
      z.object({
        run: z.string(),
        needs: z
          .array(
            z.object({
              sentence: z.string(),
              path: z.string().exactOptional(),
              commands: z.array(z.string()).readonly(),
            }),
          )
          .readonly(),
      }),
    )
    .readonly(),
  /** Runs that are missing for want of budget. */
  without_budget: z.int(),
  baseline: z.string(),
  variants: z.array(VariantSummaryView).readonly(),
  comparisons: z.array(ComparisonView).readonly(),
  floor: z.object({ score: z.number().exactOptional(), pass_rate: z.number().exactOptional() }),
  /** What is below it, a sentence each. */
  below: z.array(z.string()).readonly(),
  usage: UsageView,
});
export type ExperimentResult = z.infer<typeof ExperimentResult>;

export const ExperimentDetail = ExperimentSummary.extend({
  /** Absent where what it compares is not known: one that was begun by an older version. */
  result: ExperimentResult.exactOptional(),
  trials: z.array(ExperimentTrial),
  error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
});
export type ExperimentDetail = z.infer<typeof ExperimentDetail>;

export const ExperimentStarted = ExperimentSummary.extend({
  /** It is under way already, or goes on where it was stopped. */
  existing: z.boolean(),
});
export type ExperimentStarted = z.infer<typeof ExperimentStarted>;
