/**
 * The frontier of a run: what may happen next.
 *
 * A program is a tree of step lists. Each list that is being worked on is a
 * frame; the frontier knows the open frames and, in each, how many of a step's
 * predecessors are still to finish. It is built once from a program and a state
 * (O(size of the state)) and then told every event (O(what the event changes)),
 * so a step costs the same in a long run as in a short one.
 *
 * It only offers. Each action is offered once; what becomes of it is decided
 * elsewhere and comes back as an event. Whoever has taken a withdrawal does not
 * start that step any more. Built anew from the same journal it offers what is
 * still open, which is all that recovery is; of a run that has ended nothing is
 * open.
 *
 * How a frame ends: normally when all its steps have finished. When a step
 * fails (and does not say `on_error: continue`), nothing more is offered in
 * the frame, what is under way is aborted, and the frame ends as soon as that
 * has been recorded. A block closes when its frames have ended; a loop is asked
 * after each round whether there is another. Where several steps or frames
 * failed, the first in order of the program gives the error, whichever was first
 * in time. Behind the workflow's own list comes the epilogue (epilogue.ts).
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { StepPath } from '../program/path.ts';
import type { Action } from './action.ts';
import type { RunEvent } from './events.ts';

export interface Frontier {
  /**
   * What has become possible since the last call, in a deterministic order; at
   * most one action a step: what was offered and taken back meanwhile is left out.
   */
  take(): readonly Action[];
  /**
   * Tells of an event that the state has already folded in. After `run.ending` it offers nothing new of the
   * workflow's own list and aborts what is under way; then follow the epilogue and `finish` as the ending says,
   * also in place of another `finish` that was offered but is not recorded. After `run.hurried` what is left of the
   * epilogue is skipped, and what is under way of it aborted.
   */
  observe(event: RunEvent): void;
  /** A block has reached its timeout: it is aborted and closes as failed. Nothing happens when it is closed. */
  expire(path: StepPath, error: ErrorRecord): void;
}
