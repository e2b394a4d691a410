/** What work has cost: tokens, money, time and calls. Every field is >= 0. */
export type Usage = {
  readonly input_tokens: number;
  readonly output_tokens: number;
  /** US dollars; 0 for models without a price. */
  readonly usd: number;
  /** Milliseconds spent in calls, summed over parallel ones. */
  readonly ms: number;
  /** Model and tool calls. */
  readonly calls: number;
};

export const noUsage: Usage = { input_tokens: 0, output_tokens: 0, usd: 0, ms: 0, calls: 0 };

export function addUsage(left: Usage, right: Usage | undefined): Usage {
  if (right === undefined || right === noUsage) return left;
  return {
    input_tokens: left.input_tokens + right.input_tokens,
    output_tokens: left.output_tokens + right.output_tokens,
    usd: left.usd + right.usd,
    ms: left.ms + right.ms,
    calls: left.calls + right.calls,
  };
}
