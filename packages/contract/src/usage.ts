import { z } from 'zod';

/** What work has cost. Every field is >= 0. */
export const UsageView = z.object({
  input_tokens: z.number(),
  output_tokens: z.number(),
  /** US dollars; 0 for models without a price. */
  usd: z.number(),
  /** Milliseconds spent in calls, summed over parallel ones. */
  ms: z.number(),
  /** Model and tool calls. */
  calls: z.number(),
});
export type UsageView = z.infer<typeof UsageView>;
