/**
 * Callbacks: the end of a run, posted to an address that was named when it was
 * started.
 *
 * Signed as Standard Webhooks (https://www.standardwebhooks.com) has it: the
 * headers `webhook-id`, `webhook-timestamp` (seconds since 1970) and
 * `webhook-signature`, `v1,` and the base64 of HMAC-SHA256 over
 * `{id}.{timestamp}.{body}`. The same id is the same delivery: it may come more
 * than once.
 */
import { z } from 'zod';
import { ErrorView } from './problem.ts';
import { UsageView } from './usage.ts';
import { BlobRef, HashView, JsonValue, Timestamp } from './value.ts';

export const EndingView = z.enum(['succeeded', 'failed', 'cancelled']);

/** Where the end of a run is posted. */
export const CallbackRequest = z.strictObject({
  /** http or https, without a user name and a password. */
  url: z.string().min(1).max(2000),
  /** Absent: all. */
  events: z.array(EndingView).min(1).max(3).exactOptional(),
  /** Name of the secret that signs: TELOS_SECRET_<NAME> of the server. Absent: nothing signs. */
  secret: z
    .string()
    .regex(/^[A-Za-z_][A-Za-z0-9_]{0,99}$/)
    .exactOptional(),
});
export type CallbackRequest = z.infer<typeof CallbackRequest>;

/** What became of it. */
export const CallbackView = z.object({
  /** The same for every attempt: the header `webhook-id`. */
  id: z.string(),
  /** Without its query. */
  url: z.string(),
  events: z.array(EndingView),
  secret: z.string().exactOptional(),
  /** `waiting` for the end of the run; `unwanted`: it ended in a way that is not among `events`. */
  status: z.enum(['waiting', 'owed', 'delivered', 'given_up', 'unwanted']),
  /** Since it was owed, or owed again. */
  attempts: z.int().min(0),
  /** Of one that is owed. */
  next_at: Timestamp.exactOptional(),
  settled_at: Timestamp.exactOptional(),
  /** Why the last attempt came to nothing. */
  error: ErrorView.exactOptional(),
});
export type CallbackView = z.infer<typeof CallbackView>;

/** The body that is posted. */
export const CallbackMessage = z.object({
  type: z.enum(['run.succeeded', 'run.failed', 'run.cancelled']),
  /** When the run ended. */
  timestamp: Timestamp,
  data: z.object({
    id: z.string(),
    workflow: z.string(),
    program: HashView,
    status: EndingView,
    namespace: z.string(),
    tags: z.array(z.string()),
    created_at: Timestamp,
    ended_at: Timestamp,
    usage: UsageView,
    outputs: JsonValue.exactOptional(),
    /** Instead of `outputs`, when they are very large. */
    outputs_ref: BlobRef.exactOptional(),
    /** The run holds private data, and the address is of no host that may have any: read them at the run. */
    withheld: z.literal(true).exactOptional(),
    error: ErrorView.exactOptional(),
    /** Why it was cancelled. */
    reason: z.string().exactOptional(),
    links: z.object({ self: z.string(), events: z.string(), trace: z.string() }),
  }),
});
export type CallbackMessage = z.infer<typeof CallbackMessage>;
