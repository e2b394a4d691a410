import { z } from 'zod';
import { UsageView } from './usage.ts';
import { JsonValue, Timestamp } from './value.ts';

/** How well an evaluator agreed with people, when it was last measured: what its scores are worth. */
export const CalibrationView = z.object({
  evaluator: z.string(),
  /** Labelled rows. */
  n: z.int(),
  at: Timestamp,
  /** Of the check: the one that gave the score. */
  version: z.string(),
  /** Those that had a meaning: `f1`, `auc`, `kappa` ... */
  figures: z.record(z.string(), z.number()),
});
export type CalibrationView = z.infer<typeof CalibrationView>;

/** What one check said about one output. */
export const VerdictView = z.object({
  /** The check's name within its gate. */
  check: z.string(),
  /** Which check that is: an entry of `GET /v1/checks`. */
  uses: z.string(),
  /** In [0, 1]; higher is better. */
  score: z.number(),
  /** `error`: the check could not run, which is never a pass. */
  verdict: z.enum(['pass', 'fail', 'error']),
  reason: z.string(),
  evidence: JsonValue.exactOptional(),
  usage: UsageView.exactOptional(),
  /** Of the check that said it. */
  version: z.string().exactOptional(),
  /** Absent: this version of the check, with these parameters, was not measured here. */
  calibration: CalibrationView.exactOptional(),
});
export type VerdictView = z.infer<typeof VerdictView>;

/** What a gate decided about a step's output. */
export const GateView = z.object({
  passed: z.boolean(),
  /** In [0, 1]: the judge's score, else the mean of the checks. */
  score: z.number(),
  verdicts: z.array(VerdictView),
  /** Outputs judged so far, this one included. */
  attempts: z.int(),
});
export type GateView = z.infer<typeof GateView>;
