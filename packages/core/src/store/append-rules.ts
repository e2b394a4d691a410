/**
 * When a journal takes an append.
 *
 * The lease's epoch fences off earlier owners, and `after` finds out an owner
 * that missed something. An append that is refused by these rules may still
 * have been stored: by a commit whose answer was lost on the way. Drivers look
 * for it, under the same epoch with the same text at the same place, before
 * they refuse.
 */
import { TelosError } from '../errors/telos-error.ts';
import type { Sequence } from '../ids.ts';
import type { Lease } from '../ports/store.ts';
import { isTerminal } from '../run/is-terminal.ts';
import type { RunEvent } from '../run/events.ts';

/** What an append has to know of its run. */
export type RunHead = {
  readonly epoch: number;
  /** Of the run's last event. */
  readonly last: Sequence;
  readonly finished: boolean;
};

/**
 * Why a run takes no append of `count` events; undefined when it does. One without
 * events only settles messages: that its owner may do wherever the run stands.
 */
export function appendRefusal(head: RunHead, lease: Lease, after: Sequence, count: number): TelosError | undefined {
  const { run, epoch } = lease;
  const { last } = head;
  if (head.finished && count > 0) {
    return new TelosError('RUN_FINISHED', `Run ${run} has ended; nothing can be added to it.`, { details: { run } });
  }
  if (head.epoch !== epoch) {
    return new TelosError(
      'STALE_OWNER',
      `The lease on run ${run} was taken over: its epoch is ${head.epoch}, not ${epoch}.`,
      { details: { run, epoch, current: head.epoch } },
    );
  }
  if (count > 0 ? last !== after : last < after) {
    return new TelosError('STALE_OWNER', `Run ${run} has ${last} events, not ${after}: another owner went on.`, {
      details: { run, after, last },
    });
  }
  return undefined;
}

/** Whether the batch ends the run. @throws TelosError RUN_FINISHED when it goes on after its own end. */
export function endsRun({ run }: Lease, batch: readonly RunEvent[]): boolean {
  const end = batch.findIndex(isTerminal);
  if (end !== -1 && end < batch.length - 1) {
    throw new TelosError('RUN_FINISHED', `Events were to follow the end of run ${run}.`, { details: { run } });
  }
  return end !== -1;
}

export function runNotFound(run: string): TelosError {
  return new TelosError('RUN_NOT_FOUND', `There is no run ${run}.`, { details: { run } });
}
