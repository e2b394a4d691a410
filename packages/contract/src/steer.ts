/** What can be asked of a run that exists. */
import { z } from 'zod';
import { SideEffectsView } from './run-origin.ts';
import { BudgetRequest } from './start-run.ts';
import { JsonValue } from './value.ts';

/** The body of `POST /v1/runs/{id}/pause`; may be left out. */
export const PauseRequest = z.strictObject({ note: z.string().min(1).max(1000).exactOptional() });

/** The body of `POST /v1/runs/{id}/resume`; may be left out. A budget replaces the run's, or that of the step at `path`. */
export const ResumeRequest = z
  .strictObject({ budget: BudgetRequest.exactOptional(), path: z.string().min(1).max(2000).exactOptional() })
  .refine((body) => body.path === undefined || body.budget !== undefined, {
    path: ['path'],
    message: 'expected a `budget` for the step as well',
  });

/**
 * The body of `POST /v1/runs/{id}/fork`. `set` edits by path: `inputs.<name>`, `steps.<path>.output` of a step that is
 * kept, `steps.<path>.input` of one that is done again; each may go on into the value: `.title`, `[0]`.
 */
export const ForkRequest = z
  .strictObject({
    /** Paths of the steps to begin from. Absent: those that `set` implies. */
    from: z
      .union([
        z
          .string()
          .min(1)
          .transform((one) => [one]),
        z.array(z.string().min(1)).max(1000),
      ])
      .default([]),
    set: z.record(z.string().min(1).max(2000), JsonValue).default({}),
    /**
     * What a step with an effect does: it has it again, gives what it gave the first time, or fails. Absent: as in the
     * run that is forked, and `live` when that is no fork.
     */
    side_effects: SideEffectsView.exactOptional(),
  })
  .refine((body) => body.from.length > 0 || Object.keys(body.set).length > 0, {
    path: ['from'],
    message: 'expected a step to begin from, or something to `set`; `/retry` does again what did not succeed',
  });
export type ForkRequest = z.infer<typeof ForkRequest>;

/** The answer to a signal. `waiting`: a step waited for it; else it is kept until one does. */
export const SignalReceipt = z.object({ id: z.string(), accepted: z.literal(true), waiting: z.boolean() });
export type SignalReceipt = z.infer<typeof SignalReceipt>;
