/**
 * Whether a call may be made a second time.
 *
 * One that only read may; any other only when the far side takes the second for
 * the first. It does not matter why it would be repeated: a crash, an error, a
 * gate that wants a better output.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Effect } from '../program/program.ts';

/** What the call of an attempt may have done, and whether the far side takes the same call twice for one. */
export type Did = { readonly effect: Effect; readonly repeatable: boolean };

/** @param did Absent when no call was made. */
export function mayRepeat(did: Did | undefined): boolean {
  return did === undefined || did.effect === 'read' || did.repeatable;
}

/** Whether an error leaves open what the call has done, where that may not happen twice. */
export function leavesInDoubt({ effect }: ErrorRecord, did: Did | undefined): boolean {
  return effect === 'unknown' && !mayRepeat(did);
}

/** The error of a step that would have been tried again, had its call only read. */
export function unrepeated(error: ErrorRecord, effect: Effect): ErrorRecord {
  return {
    ...error,
    message: `${error.message} It is not tried again: its effect (${effect}) may have happened.`,
    next:
      effect === 'write'
        ? 'Look whether it took effect; an `idempotency_key` that the far side honours makes trying again safe.'
        : 'Look whether it took effect, then start or fork the run again.',
  };
}
