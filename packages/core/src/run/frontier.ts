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
 * in time. When the workflow's own list has ended, what follows it (epilogue.ts)
 * is worked through, and then the run is finished.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash, Instant } from '../ids.ts';
import { framePath, rootFrame, stepPath } from '../program/path.ts';
import type { StepPath } from '../program/path.ts';
import type { Program } from '../program/program.ts';
import type { Action, At, Frame } from './action.ts';
import { hasRounds } from './body.ts';
import { epilogueOf } from './epilogue.ts';
import type { Opening, RunEvent } from './events.ts';
import { createOffers } from './offers.ts';
import {
  errorOf,
  hasBegun,
  inOrder,
  isSettled,
  newBlock,
  newFrame,
  outcomeOf,
  outcomeOfEnding,
  placeOf,
  setActive,
} from './open-frame.ts';
import type { OpenBlock, OpenFrame, Place } from './open-frame.ts';
import { hasEnded, isFinished, isOpen } from './state.ts';
import type { RunState } from './state.ts';

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

/**
 * Builds the frontier of a run.
 *
 * @param state Read now and at every `observe`; the caller folds each event into it first.
 * @param programs Gives the program of a plan or of another workflow by hash; it must know every one that the state's blocks name.
 */
export function createFrontier(
  program: Program,
  state: RunState,
  programs: (hash: Hash) => Program | undefined = () => undefined,
): Frontier {
  const offers = createOffers();
  /** Withdrawals not taken yet. Until then such a step may still start, so its frame waits for it. */
  const withdrawn = new Map<StepPath, Place>();
  const places = new Map<StepPath, Place>();
  const blocks = new Map<StepPath, OpenBlock>();
  /** Loops between two rounds. */
  const between = new Map<StepPath, OpenBlock>();
  /** Frames of the epilogue that were opened, by path. */
  const followers = new Map<string, OpenFrame>();
  let epilogue: readonly Frame[] | undefined;
  let ended = hasEnded(state);

  function openFrame(frame: Frame, closing: boolean): OpenFrame {
    const opened = newFrame(frame, closing);
    for (let index = 0; index < frame.steps.length; index++) {
      const at = placeOf(opened, index);
      places.set(at.path, { frame: opened, index });
    }
    for (let index = 0; index < frame.steps.length; index++) {
      if (isFinished(state.steps.get(placeOf(opened, index).path))) countFinished(opened, index);
    }
    for (let index = 0; index < frame.steps.length; index++) restore(opened, index);
    return opened;
  }

  /** Brings one step of a frame that was just opened to where the journal says it is. */
  function restore(opened: OpenFrame, index: number): void {
    const at = placeOf(opened, index);
    const known = state.steps.get(at.path);
    if (known === undefined) {
      if (opened.pending[index] === 0) offerStart(opened, index);
      return;
    }
    if (!isOpen(known)) return;
    setActive(opened, index, true);
    const opening = state.blocks.get(at.path);
    if (opening !== undefined && known.status === 'running') openBlock(at, opened, opening, known.startedAt);
    else if (opened.closing || known.status !== 'running') offerHeld(opened, at);
    else if (at.step.kind === 'action') offers.add({ do: 'recover', ...at, attempt: known.attempt });
    else offers.add({ do: 'open', ...at });
  }

  /** Offers what follows for a step that is between attempts, waits, or stands aside. */
  function offerHeld(opened: OpenFrame, at: At): void {
    const known = state.steps.get(at.path);
    if (!isOpen(known)) return;
    if (opened.closing) offers.add({ do: 'abort', ...at });
    else if (known.status === 'retrying')
      offers.add({ do: 'retry', ...at, attempt: known.attempt, dueAt: known.dueAt });
    else if (known.status === 'waiting') {
      const { dueAt } = known.wait;
      offers.add({ do: 'wait', ...at, attempt: known.attempt, ...(dueAt === undefined ? {} : { dueAt }) });
    }
  }

  function offerStart(opened: OpenFrame, index: number): void {
    if (opened.closing) return;
    setActive(opened, index, true);
    offers.add({ do: 'start', ...placeOf(opened, index) });
  }

  /** Counts a finished step without looking at what it frees; used while a frame is being restored. */
  function countFinished(opened: OpenFrame, index: number): void {
    opened.unfinished -= 1;
    setActive(opened, index, false);
    for (const follower of opened.graph.followers[index] ?? [])
      opened.pending[follower] = (opened.pending[follower] ?? 1) - 1;
    const at = placeOf(opened, index);
    const known = state.steps.get(at.path);
    if (known?.status === 'failed' && at.step.onError !== 'continue') {
      opened.failed = Math.min(index, opened.failed ?? index);
      opened.closing = true;
    }
  }

  function stepFinished(opened: OpenFrame, index: number): void {
    const wasClosing = opened.closing;
    countFinished(opened, index);
    if (opened.closing) {
      if (!wasClosing) abortActive(opened);
    } else {
      for (const follower of opened.graph.followers[index] ?? [])
        if (opened.pending[follower] === 0) offerStart(opened, follower);
    }
    settle(opened);
  }

  /** Ends early: offers nothing more in the frame, has what is under way aborted, drops what was only offered. */
  function abortFrame(opened: OpenFrame): void {
    if (opened.closing) return;
    opened.closing = true;
    abortActive(opened);
    settle(opened);
  }

  function abortActive(opened: OpenFrame): void {
    for (let index = 0; index < opened.active.length; index++) {
      if (opened.active[index] !== true) continue;
      const at = placeOf(opened, index);
      const block = blocks.get(at.path);
      if (block !== undefined) {
        abortBlock(block);
      } else if (state.steps.has(at.path)) {
        offers.add({ do: 'abort', ...at });
      } else if (offers.drop(at.path)) {
        setActive(opened, index, false);
      } else {
        withdrawn.set(at.path, { frame: opened, index });
        offers.add({ do: 'withdraw', ...at });
      }
    }
  }

  function abortBlock(block: OpenBlock): void {
    if (block.closing) return;
    block.closing = true;
    for (const opened of block.open) abortFrame(opened);
    closeIfEnded(block);
  }

  /** Ends a frame in which nothing is left to do, and with it perhaps its block. */
  function settle(opened: OpenFrame): void {
    if (!isSettled(opened)) return;
    const around = opened.frame.block;
    if (around === undefined) {
      if (!ended && isSettled(root)) proceed();
      return;
    }
    const block = blocks.get(around.path);
    if (block === undefined || !block.open.has(opened)) return;
    endFrame(block, opened);
    openMore(block);
    closeIfEnded(block);
  }

  /** The workflow's own list has ended: the next frame of the epilogue, or the end. */
  function proceed(): void {
    const { ending } = state;
    const own = ending === undefined ? outcomeOf(errorOf(state, root)) : outcomeOfEnding(ending);
    epilogue ??= epilogueOf(program, state, own, programs);
    if (ending === undefined && epilogue.length > 0) {
      epilogue = undefined;
      ended = true;
      offers.add({ do: 'conclude', outcome: own });
      return;
    }
    let error: ErrorRecord | undefined;
    for (const frame of epilogue) {
      const known = followers.get(frame.path);
      if (known === undefined && state.hurried && !hasBegun(state, frame)) continue;
      const opened = known ?? openFrame(frame, state.hurried);
      followers.set(frame.path, opened);
      if (!isSettled(opened)) return;
      error ??= errorOf(state, opened);
    }
    ended = true;
    // What went wrong first is what the run failed by.
    offers.add({ do: 'finish', outcome: own.status === 'succeeded' ? outcomeOf(error) : own });
  }

  function endFrame(block: OpenBlock, opened: OpenFrame): void {
    const { frame } = opened;
    block.open.delete(opened);
    for (const { path } of opened.steps) places.delete(path);
    const error = errorOf(state, opened);
    const begun = !opened.closing || opened.unfinished < frame.steps.length;
    if (begun) block.ended.push(error === undefined ? { frame } : { frame, error });
    if (error === undefined || block.tolerant || block.closing) return;
    block.closing = true;
    for (const sibling of block.open) abortFrame(sibling);
  }

  function openBlock(at: At, parent: OpenFrame, opening: Opening, startedAt: Instant): void {
    const { timeoutMs } = at.step;
    if (timeoutMs !== undefined && !parent.closing) offers.add({ do: 'expire', ...at, dueAt: startedAt + timeoutMs });
    const block = newBlock(state, at, opening, parent.closing, programs);
    blocks.set(at.path, block);
    openMore(block);
    closeIfEnded(block);
  }

  /** Opens frames while the block may have more. Frames that began before a restart come first, being first in order. */
  function openMore(block: OpenBlock): void {
    while (block.open.size < block.maxOpen && block.nextKey < block.keys.length) {
      const key = block.keys[block.nextKey];
      if (key === undefined) return;
      const path = framePath(block.at.path, key);
      const steps = block.lists(key);
      block.nextKey += 1;
      if (block.closing && !steps.some((step) => state.steps.has(stepPath(path, step.id)))) continue;
      const frame: Frame = {
        path,
        steps,
        block: { path: block.at.path, step: block.at.step, frame: block.at.frame, key },
      };
      const opened = openFrame(frame, block.closing);
      block.open.add(opened);
      if (isSettled(opened)) endFrame(block, opened);
    }
  }

  function closeIfEnded(block: OpenBlock): void {
    if (block.open.size > 0 || (block.nextKey < block.keys.length && !block.closing)) return;
    const { path, step } = block.at;
    if (!blocks.delete(path)) return;
    // Only the last round says what a loop gives; the earlier ones are in the journal.
    if (hasRounds(step)) block.ended = block.ended.slice(-1);
    const frames = inOrder(block);
    if (hasRounds(step) && !block.closing) {
      between.set(path, block);
      offers.add({ do: 'advance', ...block.at, round: block.nextKey, frames });
      return;
    }
    offers.dropTimeout(path);
    const error = block.tolerant ? undefined : frames.find((frame) => frame.error !== undefined)?.error;
    const failed = block.expired ?? error;
    const outcome = block.closing && failed === undefined ? ({ status: 'cancelled' } as const) : outcomeOf(failed);
    offers.add({ do: 'close', ...block.at, frames, outcome });
  }

  function openRound(path: StepPath, round: number, closing: boolean): void {
    const block = between.get(path);
    if (block === undefined) return;
    between.delete(path);
    blocks.set(path, block);
    block.closing ||= closing;
    block.keys.push({ round });
    openMore(block);
    closeIfEnded(block);
  }

  const root = openFrame({ path: rootFrame, steps: program.steps }, ended);
  if (!ended && state.ending !== undefined) end();
  else settle(root);

  /** Nothing of the workflow's own list goes on. */
  function end(): void {
    ended = false;
    epilogue = undefined;
    abortFrame(root);
    settle(root);
  }

  /** Nothing of what follows it is begun any more. */
  function hurry(): void {
    for (const opened of followers.values()) abortFrame(opened);
    if (!ended && isSettled(root)) proceed();
  }

  return {
    take() {
      for (const [path, place] of withdrawn.size === 0 ? [] : withdrawn) {
        withdrawn.delete(path);
        setActive(place.frame, place.index, false);
        settle(place.frame);
      }
      return offers.take();
    },
    observe(event) {
      if (hasEnded(state)) {
        ended = true;
        offers.clear();
        withdrawn.clear();
        return;
      }
      if (event.type === 'run.ending') end();
      if (event.type === 'run.hurried') hurry();
      if (!('path' in event)) return;
      const place = places.get(event.path);
      if (place === undefined) return;
      const at = placeOf(place.frame, place.index);
      switch (event.type) {
        case 'step.started':
          // It crossed its withdrawal, or a retry its abortion.
          if (!place.frame.closing) break;
          withdrawn.delete(event.path);
          setActive(place.frame, place.index, true);
          offers.add({ do: 'abort', ...at });
          break;
        case 'step.succeeded':
        case 'step.failed':
        case 'step.skipped':
        case 'step.cancelled':
          offers.drop(event.path);
          if (at.step.timeoutMs !== undefined) offers.dropTimeout(event.path);
          withdrawn.delete(event.path);
          between.delete(event.path);
          stepFinished(place.frame, place.index);
          break;
        case 'wait.opened':
          withdrawn.delete(event.path);
          setActive(place.frame, place.index, true);
          offerHeld(place.frame, at);
          break;
        case 'attempt.failed':
        case 'attempt.rejected':
        case 'step.in_doubt':
        case 'step.quarantined':
        case 'step.resolved':
          offerHeld(place.frame, at);
          break;
        case 'wait.closed':
          // Of a permission that was given; after any other the outcome follows.
          if (state.steps.get(event.path)?.status === 'retrying') offerHeld(place.frame, at);
          break;
        case 'block.opened':
          openBlock(at, place.frame, event.opening, event.at);
          break;
        case 'loop.advanced':
          openRound(event.path, event.round, place.frame.closing);
          break;
        default:
      }
    },
    expire(path, error) {
      const block = blocks.get(path) ?? between.get(path);
      if (block === undefined || block.closing) return;
      block.expired = error;
      if (between.has(path)) block.closing = true;
      else abortBlock(block);
    },
  };
}
