/** Two runs side by side, step by step. */
import { z } from 'zod';
import { ErrorView } from './problem.ts';
import { StepStatusView } from './run-detail.ts';
import { RunStatusView } from './run-summary.ts';
import { UsageView } from './usage.ts';
import { HashView, JsonValue } from './value.ts';

/** One place in a value where two runs differ. A side that has nothing there is absent. */
export const Change = z.object({
  /** Within the value: `citations[2].url`; '' for the value itself. */
  path: z.string(),
  a: JsonValue.exactOptional(),
  b: JsonValue.exactOptional(),
});
export type Change = z.infer<typeof Change>;

/** At most 100 changes; `whole` is false when there are more, or a value is too large to be compared place by place. */
export const Changes = z.object({ changes: z.array(Change), whole: z.boolean() });
export type Changes = z.infer<typeof Changes>;

/** From its first start to its end, in milliseconds; absent while it has not ended. */
const ms = z.number().exactOptional();
/** In [0, 1]; absent where nothing was scored. */
const score = z.number().exactOptional();

const side = z.object({
  status: StepStatusView,
  attempt: z.int(),
  usage: UsageView,
  ms,
  score,
  error: ErrorView.exactOptional(),
});

export const StepDiff = z.object({
  path: z.string(),
  /** Absent when that run has no such step. */
  a: side.exactOptional(),
  b: side.exactOptional(),
  /** Absent when there is no difference. */
  input: Changes.exactOptional(),
  output: Changes.exactOptional(),
});
export type StepDiff = z.infer<typeof StepDiff>;

const run = z.object({
  id: z.string(),
  workflow: z.string(),
  program: HashView,
  status: RunStatusView,
  usage: UsageView,
  ms,
  score,
});

/** The query of `GET /v1/runs/{a}/diff/{b}`. */
export const RunDiffQuery = z.strictObject({
  /** `true`: steps that are the same in both stand among the others, without changes. */
  same: z.enum(['true', 'false']).default('false'),
});

/** `GET /v1/runs/{a}/diff/{b}`. */
export const RunDiff = z.object({
  a: run,
  b: run,
  inputs: Changes.exactOptional(),
  outputs: Changes.exactOptional(),
  /** Steps that differ in status, input or output, or that one run alone has; in order of the first run. The others too where `same` was asked for. */
  steps: z.array(StepDiff),
  /** Steps that are the same in both. */
  same: z.int(),
});
export type RunDiff = z.infer<typeof RunDiff>;
