/** What steps wait for, and how a wait came to its end, as events hold it. */
import { z } from 'zod';
import { anyJson } from '../json.ts';
import { permission } from './event-labels.ts';
import { gateResult, jsonObject, payload, railsResult } from './event-parts.ts';

const json = anyJson;
const at = z.number();

/** What a step waits for. Its id, by which a person answers it, is the sequence of its `wait.opened`. */
export const wait = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), dueAt: at }),
  z.object({
    kind: z.literal('signal'),
    name: z.string(),
    /** JSON Schema of the payload. */
    schema: jsonObject.exactOptional(),
    dueAt: at.exactOptional(),
    onTimeout: z.enum(['fail', 'continue']),
  }),
  z.object({
    kind: z.literal('approval'),
    /**
     * `step`: an `approve` block; `gate`: an output that did not pass; `permission`: a tool that may not run unasked;
     * `rail`: a value that a rail asks about; `plan`: a plan that is to run.
     */
    purpose: z.enum(['step', 'gate', 'permission', 'rail', 'plan']),
    who: z.array(z.string()),
    /** What is to be decided about. */
    show: payload,
    /** JSON Schema of what the person fills in. */
    form: jsonObject.exactOptional(),
    dueAt: at.exactOptional(),
    onTimeout: z.enum(['approve', 'reject', 'fail']),
    gate: gateResult.exactOptional(),
    /** Of purpose `permission`. */
    permission: permission.exactOptional(),
    /** What the rails found. `onApprove`: what follows; the attempt goes on, or the step has succeeded. */
    rails: railsResult
      .pick({ place: true, verdicts: true })
      .extend({ onApprove: z.enum(['go_on', 'succeed']) })
      .exactOptional(),
    /** Of purpose `plan`. `last`: its step fails when it is rejected. `grant`: what an edited plan is held against. */
    plan: z.object({ round: z.int(), last: z.boolean(), grant: jsonObject, objectives: json }).exactOptional(),
  }),
]);

/** How a wait came to its end. */
export const closing = z.union([
  z.object({ due: z.literal(true) }),
  z.object({ timeout: z.literal(true) }),
  z.object({ signal: z.string(), payload }),
  z.object({
    decision: z.enum(['approve', 'reject']),
    value: payload.exactOptional(),
    note: z.string().exactOptional(),
    by: z.string().exactOptional(),
  }),
]);
