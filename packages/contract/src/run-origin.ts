import { z } from 'zod';
import { PayloadView, Timestamp } from './value.ts';

/** What steps with an effect do in a fork. */
export const SideEffectsView = z.enum(['live', 'recorded', 'deny']);

/** Where a run was copied from. `from`: paths of the steps that it does again, with all that comes after them. */
export const ForkView = z.object({
  run: z.string(),
  from: z.array(z.string()),
  side_effects: SideEffectsView,
  /** Inputs that stand in place of the rendered ones, by step path. */
  inputs: z.record(z.string(), PayloadView).exactOptional(),
});
export type ForkView = z.infer<typeof ForkView>;

/** What started a run when nobody asked for it. */
export const TriggerView = z.object({ kind: z.enum(['schedule', 'webhook']), key: z.string(), at: Timestamp });

/** The places that a run shares with others of an equal key. */
export const ConcurrencyView = z.object({
  key: z.string(),
  max: z.int(),
  when_full: z.enum(['queue', 'reject', 'replace']),
});
