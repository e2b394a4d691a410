/** Rails: checks at what enters and leaves a run, a step and its tool calls. */
import { z } from 'zod';
import { VerdictView } from './gate.ts';
import { ErrorView } from './problem.ts';
import { UsageView } from './usage.ts';
import { PayloadView, Timestamp } from './value.ts';

/** `tool_arguments`, `tool_result`, `memory_write`: of a tool call that the step makes. */
export const RailPlaceView = z.enum(['input', 'output', 'tool_arguments', 'tool_result', 'memory_write']);
export type RailPlaceView = z.infer<typeof RailPlaceView>;

export const RailVerdictView = VerdictView.extend({
  /** What is done about a value that does not pass. */
  action: z.enum(['block', 'redact', 'repair', 'flag', 'ask']),
  /** `shadow`: nothing is done. */
  mode: z.enum(['enforce', 'shadow']),
});
export type RailVerdictView = z.infer<typeof RailVerdictView>;

/** A call that a rail made before the step began. What was asked is not kept: the verdict says what was found. */
export const RailCallView = z.object({
  kind: z.enum(['chat', 'embedding', 'tool', 'retrieval', 'http']),
  name: z.string(),
  started_at: Timestamp,
  ended_at: Timestamp,
  error: ErrorView.exactOptional(),
  usage: UsageView.exactOptional(),
  attributes: z.record(z.string(), z.unknown()).exactOptional(),
});
export type RailCallView = z.infer<typeof RailCallView>;

/** What the rails of one place said of one value, and what came of it. */
export const RailsView = z.object({
  place: RailPlaceView,
  verdicts: z.array(RailVerdictView),
  outcome: z.enum(['pass', 'block', 'ask']),
  /** Why it is blocked. */
  error: ErrorView.exactOptional(),
  /** What goes on; absent where the step's input or output is it, or nothing goes on. */
  value: PayloadView.exactOptional(),
  /** Whether anything was replaced. */
  replaced: z.literal(true).exactOptional(),
  /** Placeholders that were given here for the first time in the run. What they stand for is shown nowhere. */
  placeholders: z.array(z.string()).exactOptional(),
  /** That they made before the step began; those behind a call are the step's. */
  calls: z.array(RailCallView).exactOptional(),
});
export type RailsView = z.infer<typeof RailsView>;

/** What a person is asked about by a rail. When it is approved: the attempt goes on, or the step has succeeded. */
export const AskedRailsView = RailsView.pick({ place: true, verdicts: true }).extend({
  on_approve: z.enum(['go_on', 'succeed']),
});
export type AskedRailsView = z.infer<typeof AskedRailsView>;
