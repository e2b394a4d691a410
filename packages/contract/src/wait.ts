/** What a step waits for, and how a wait came to its end. */
import { z } from 'zod';
import { GateView } from './gate.ts';
import { AskedRailsView } from './rails.ts';
import { JsonValue, PayloadView, Timestamp } from './value.ts';

const schema = z.record(z.string(), JsonValue).exactOptional();

/** What a person is to allow, and why it needs their leave. */
export const PermissionView = z.object({
  /** The tool, as the workflow names it. */
  uses: z.string(),
  effect: z.enum(['read', 'write', 'irreversible']),
  /** `rule`: it is under `permissions.ask`. `untrusted`, `private`: what its arguments carry, and no rule allows. */
  because: z.array(z.enum(['rule', 'untrusted', 'private'])),
  /** Hosts that would be sent private data and are on no list; empty when it could go anywhere. */
  hosts: z.array(z.string()).exactOptional(),
  /** What each argument carries, with the steps and inputs that it came in by. */
  arguments: z.array(
    z.object({ argument: z.string(), label: z.enum(['untrusted', 'private']), from: z.array(z.string()) }),
  ),
});
export type PermissionView = z.infer<typeof PermissionView>;

/** Of purpose `plan`. `last`: its step fails when it is rejected; otherwise the note goes to the planner, and another plan follows. */
export const ProposedPlanView = z.object({ round: z.int(), last: z.boolean() });
export type ProposedPlanView = z.infer<typeof ProposedPlanView>;

export const WaitView = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('time'), due_at: Timestamp }),
  z.object({
    kind: z.literal('signal'),
    name: z.string(),
    /** JSON Schema of the payload. */
    schema,
    due_at: Timestamp.exactOptional(),
    on_timeout: z.enum(['fail', 'continue']),
  }),
  z.object({
    kind: z.literal('approval'),
    /**
     * `step`: an `approve` block; `gate`: an output that did not pass; `permission`: a tool that may not run unasked;
     * `rail`: a value that a rail asks about; `plan`: a plan that is to run.
     */
    purpose: z.enum(['step', 'gate', 'permission', 'rail', 'plan']),
    who: z.array(z.string()),
    show: PayloadView,
    /** JSON Schema of what the person fills in. */
    form: schema,
    due_at: Timestamp.exactOptional(),
    on_timeout: z.enum(['approve', 'reject', 'fail']),
    gate: GateView.exactOptional(),
    permission: PermissionView.exactOptional(),
    rails: AskedRailsView.exactOptional(),
    plan: ProposedPlanView.exactOptional(),
  }),
]);
export type WaitView = z.infer<typeof WaitView>;

export const ClosingView = z.union([
  z.object({ due: z.literal(true) }),
  z.object({ timeout: z.literal(true) }),
  z.object({ signal: z.string(), payload: PayloadView }),
  z.object({
    decision: z.enum(['approve', 'reject']),
    value: PayloadView.exactOptional(),
    note: z.string().exactOptional(),
    by: z.string().exactOptional(),
  }),
]);
