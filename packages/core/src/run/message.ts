/** Messages: what is asked of a run from outside its owner. */
import { z } from 'zod';
import { labelling } from './event-labels.ts';
import { errorRecord, gateResult, payload, railsResult, usage } from './event-parts.ts';
import { budget, callRecord, rateLimit } from './events.ts';

const from = {
  /** The same id twice is one message. */
  id: z.string(),
  /** Who asks, as the door that took the request knows them. */
  by: z.string().exactOptional(),
};

export const Message = z.discriminatedUnion('kind', [
  z.object({ ...from, kind: z.literal('cancel'), reason: z.string() }),
  /** No step is started any more; what is under way ends by itself. */
  z.object({ ...from, kind: z.literal('pause'), note: z.string().exactOptional() }),
  /** With a budget it replaces the run's, or that of the block or step at `path`. */
  z.object({ ...from, kind: z.literal('resume'), budget: budget.exactOptional(), path: z.string().exactOptional() }),
  z.object({ ...from, kind: z.literal('signal'), name: z.string(), payload }),
  /** Answers the wait of this id: the sequence of its `wait.opened`. */
  z.object({
    ...from,
    kind: z.literal('decide'),
    wait: z.int(),
    decision: z.enum(['approve', 'reject']),
    value: payload.exactOptional(),
    note: z.string().exactOptional(),
  }),
  /** Says what became of a step in doubt or in quarantine. */
  z.object({
    ...from,
    kind: z.literal('resolve'),
    path: z.string(),
    as: z.enum(['retry', 'succeed', 'fail']),
    output: payload.exactOptional(),
    note: z.string().exactOptional(),
  }),
  /** A call of a step that another worker runs begins, or ceases, to wait for a rate limit. */
  z.object({
    ...from,
    kind: z.literal('limit'),
    path: z.string(),
    attempt: z.int(),
    limit: rateLimit,
    waits: z.boolean(),
  }),
  /** What a step gave that another worker ran. */
  z.object({
    ...from,
    kind: z.literal('outcome'),
    path: z.string(),
    attempt: z.int(),
    calls: z.array(callRecord),
    usage: usage.exactOptional(),
    /** What the rails behind its call said, in order. */
    rails: z.array(railsResult).exactOptional(),
    /** What its call may have done, when one was made. */
    did: z.object({ effect: z.enum(['read', 'write', 'irreversible']), repeatable: z.boolean() }).exactOptional(),
    /** Of the output, or of the error. */
    labels: z.array(z.enum(['untrusted', 'private'])).exactOptional(),
    /** Of these, what the tool itself brought. */
    brought: labelling.exactOptional(),
    outcome: z.union([
      z.object({ ended: z.literal('succeeded'), output: payload, gate: gateResult.exactOptional() }),
      z.object({ ended: z.literal('rejected'), output: payload, gate: gateResult }),
      z.object({ ended: z.literal('failed'), error: errorRecord }),
      /** The last of its rails wants a person to be asked. */
      z.object({ ended: z.literal('asked') }),
      /** Nothing came of it. Of one that was called off: what it had shown. */
      z.object({ ended: z.literal('stopped'), partial: payload.exactOptional() }),
    ]),
  }),
]);
export type Message = z.infer<typeof Message>;
