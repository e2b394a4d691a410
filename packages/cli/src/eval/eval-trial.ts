/** A trial as it is kept and printed: what the figures need, and where to look. */
import { z } from 'zod';

const Amount = z.number().min(0);
export const UsageAmounts = z.object({
  input_tokens: Amount,
  output_tokens: Amount,
  usd: Amount,
  ms: Amount,
  calls: Amount,
});

export const EvalTrial = z.object({
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
  usage: UsageAmounts,
  judging: UsageAmounts,
  ms: Amount,
  /** Of a run that did not succeed. */
  error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
});
export type EvalTrial = z.infer<typeof EvalTrial>;
