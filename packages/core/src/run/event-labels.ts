/** Labels as events carry them, and what a person is asked because of them. */
import { z } from 'zod';
import type { Labelling } from '../labels.ts';
import { labels } from './event-parts.ts';

const origins = z.array(z.string()).exactOptional();
// Zod infers a type that names itself only where it is told so; the schema says the same as the type.
export const labelling: z.ZodType<Labelling> = z.object({
  untrusted: origins,
  private: origins,
  fields: z.lazy(() => z.record(z.string(), labelling)).exactOptional(),
});
/** Of what the event brings. `labelling`: where they came in, and by which field; absent when by the step itself, of the whole alike. */
export const carried = { labels: labels.exactOptional(), labelling: labelling.exactOptional() };

/** What a person is to allow, and why it needs their leave. */
export const permission = z.object({
  /** The tool, as the workflow names it. */
  uses: z.string(),
  effect: z.enum(['read', 'write', 'irreversible']),
  /** `rule`: it is under `permissions.ask`. `untrusted`, `private`: what its arguments carry, and no rule allows. */
  because: z.array(z.enum(['rule', 'untrusted', 'private'])),
  /** Hosts that would be sent private data and may not have any. Empty when it cannot be told where it would go. */
  hosts: z.array(z.string()).exactOptional(),
  /** What each argument carries, and where that came in. */
  arguments: z.array(
    z.object({ argument: z.string(), label: z.enum(['untrusted', 'private']), from: z.array(z.string()) }),
  ),
});
export type Permission = z.infer<typeof permission>;
