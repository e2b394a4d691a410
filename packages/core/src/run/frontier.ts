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
 * has been recorded. A block closes when its frames have ended. Where several
 * steps or frames failed, the first in order of the program gives the error,
 * whichever was first in time.
 */
import { TelosError } from '../errors/telos-error.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash } from '../ids.ts';
import { framePath, rootFrame, stepPath } from '../program/path.ts';
import type { FrameKey, StepPath } from '../program/path.ts';
import type { Program, Step } from '../program/program.ts';
import type { Action, At, EndedFrame, Frame, Outcome } from './action.ts';
import { bodyOf, keysOf } from './body.ts';
import type { Opening, RunEvent } from './events.ts';
import { graphOf } from './graph.ts';
import type { Graph } from './graph.ts';
import { hasEnded, isFinished } from './state.ts';
import type { RunState } from './state.ts';

export interface Frontier {
  /**
   * What has become possible since the last call, in a deterministic order; at
   * most one action a step: what was offered and taken back meanwhile is left out.
   */
  take(): readonly Action[];
  /** Tells of an event that the state has already folded in. */
  observe(event: RunEvent): void;
  /**
   * The whole run is to end: offers nothing new, aborts what is under way, then
   * offers `finish` with `cancelled`, also in place of another `finish` that was
   * offered but is not recorded.
   */
  cancel(): void;
}

type OpenFrame = {
  readonly frame: Frame;
  /** By position in `frame.steps`. */
  readonly steps: readonly At[];
  readonly graph: Graph;
  /** By position in `frame.steps`: predecessors still to finish. */
  readonly pending: number[];
  unfinished: number;
  /** By position: started (or offered) and not finished. */
  readonly active: boolean[];
  activeCount: number;
  /** Position of the first step, in order of the list, that failed. */
  failed?: number;
  closing: boolean;
};

type OpenBlock = {
  readonly at: At;
  readonly keys: readonly FrameKey[];
  readonly lists: (key: FrameKey) => readonly Step[];
  readonly maxOpen: number;
  readonly tolerant: boolean;
  nextKey: number;
  readonly open: Set<OpenFrame>;
  readonly ended: EndedFrame[];
  closing: boolean;
};

type Place = { readonly frame: OpenFrame; readonly index: number };

const nothing: readonly Action[] = [];

/**
 * Builds the frontier of a run.
 *
 * @param state Read now and at every `observe`; the caller folds each event into it first.
 * @param plan Gives the program of an accepted plan by hash; it must know every plan that the state's blocks name.
 */
export function createFrontier(
  program: Program,
  state: RunState,
  plan: (hash: Hash) => Program | undefined = () => undefined,
): Frontier {
  /** Not taken yet, by path; '' is the run itself. */
  const offers = new Map<StepPath, Action>();
  /** Withdrawals not taken yet. Until then such a step may still start, so its frame waits for it. */
  const withdrawn = new Map<StepPath, Place>();
  const places = new Map<StepPath, Place>();
  const blocks = new Map<StepPath, OpenBlock>();
  let cancelled = false;
  let ended = hasEnded(state);

  /** Offers an action in place of what was offered for the same step and not taken. */
  function offer(action: Action): void {
    const path = action.do === 'finish' ? rootFrame : action.path;
    offers.delete(path);
    offers.set(path, action);
  }

  function openFrame(frame: Frame, closing: boolean): OpenFrame {
    const graph = graphOf(frame.steps);
    const opened: OpenFrame = {
      frame,
      steps: frame.steps.map((step) => ({ path: stepPath(frame.path, step.id), step, frame })),
      graph,
      pending: [...graph.predecessors],
      unfinished: frame.steps.length,
      active: frame.steps.map(() => false),
      activeCount: 0,
      closing,
    };
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
    if (known.status !== 'running' && known.status !== 'waiting') return;
    setActive(opened, index, true);
    const opening = state.blocks.get(at.path);
    if (opening !== undefined && known.status === 'running') openBlock(at, opened, opening);
    else if (opened.closing) offer({ do: 'abort', ...at });
    else if (known.status === 'waiting') offer({ do: 'retry', ...at, attempt: known.attempt, dueAt: known.dueAt });
    else if (at.step.kind === 'action') offer({ do: 'recover', ...at, attempt: known.attempt });
    else offer({ do: 'open', ...at });
  }

  function placeOf(opened: OpenFrame, index: number): At {
    const at = opened.steps[index];
    if (at === undefined) throw new TelosError('BUG', `Frame '${opened.frame.path}' has no step number ${index}.`);
    return at;
  }

  function offerStart(opened: OpenFrame, index: number): void {
    if (opened.closing) return;
    setActive(opened, index, true);
    offer({ do: 'start', ...placeOf(opened, index) });
  }

  /** Counts a finished step without looking at what it frees; used while a frame is being restored. */
  function countFinished(opened: OpenFrame, index: number): void {
    opened.unfinished -= 1;
    setActive(opened, index, false);
    for (const follower of opened.graph.followers[index] ?? [])
      opened.pending[follower] = (opened.pending[follower] ?? 1) - 1;
    const at = placeOf(opened, index);
    const known = state.steps.get(at.path);
    if (known?.status === 'failed' && at.step.onError === 'fail') {
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
        offer({ do: 'abort', ...at });
      } else if (offers.delete(at.path)) {
        setActive(opened, index, false);
      } else {
        withdrawn.set(at.path, { frame: opened, index });
        offer({ do: 'withdraw', ...at });
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
      if (ended) return;
      ended = true;
      offer({ do: 'finish', outcome: cancelled ? { status: 'cancelled' } : outcomeOf(errorOf(opened)) });
      return;
    }
    const block = blocks.get(around.path);
    if (block === undefined || !block.open.has(opened)) return;
    endFrame(block, opened);
    openMore(block);
    closeIfEnded(block);
  }

  function isSettled(opened: OpenFrame): boolean {
    return opened.activeCount === 0 && (opened.unfinished === 0 || opened.closing);
  }

  function endFrame(block: OpenBlock, opened: OpenFrame): void {
    const { frame } = opened;
    block.open.delete(opened);
    for (const { path } of opened.steps) places.delete(path);
    const error = errorOf(opened);
    const hasBegun = !opened.closing || opened.unfinished < frame.steps.length;
    if (hasBegun) block.ended.push(error === undefined ? { frame } : { frame, error });
    if (error === undefined || block.tolerant || block.closing) return;
    block.closing = true;
    for (const sibling of block.open) abortFrame(sibling);
  }

  function errorOf(opened: OpenFrame): ErrorRecord | undefined {
    if (opened.failed === undefined) return undefined;
    const { path } = placeOf(opened, opened.failed);
    const step = state.steps.get(path);
    return step?.status === 'failed' ? { ...step.error, path: step.error.path ?? path } : undefined;
  }

  function openBlock(at: At, parent: OpenFrame, opening: Opening): void {
    const block: OpenBlock = {
      at,
      keys: keysOf(opening),
      lists: (key) => bodyOf(at.step, key, opening, plan),
      maxOpen: at.step.kind === 'foreach' ? at.step.maxParallel : Number.POSITIVE_INFINITY,
      tolerant: at.step.kind === 'foreach' && at.step.onItemError !== 'fail',
      nextKey: 0,
      open: new Set(),
      ended: [],
      closing: parent.closing,
    };
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
    if (!blocks.delete(block.at.path)) return;
    const frames = inOrder(block);
    const error = block.tolerant ? undefined : frames.find((frame) => frame.error !== undefined)?.error;
    const outcome = block.closing && error === undefined ? ({ status: 'cancelled' } as const) : outcomeOf(error);
    offer({ do: 'close', ...block.at, frames, outcome });
  }

  const root = openFrame({ path: rootFrame, steps: program.steps }, ended);
  settle(root);

  return {
    take() {
      for (const [path, place] of withdrawn) {
        withdrawn.delete(path);
        setActive(place.frame, place.index, false);
        settle(place.frame);
      }
      if (offers.size === 0) return nothing;
      const taken = [...offers.values()];
      offers.clear();
      return taken;
    },
    observe(event) {
      if (hasEnded(state)) {
        ended = true;
        offers.clear();
        withdrawn.clear();
        return;
      }
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
          offer({ do: 'abort', ...at });
          break;
        case 'step.succeeded':
        case 'step.failed':
        case 'step.skipped':
        case 'step.cancelled':
          offers.delete(event.path);
          withdrawn.delete(event.path);
          stepFinished(place.frame, place.index);
          break;
        case 'attempt.failed':
        case 'attempt.rejected': {
          const known = state.steps.get(event.path);
          if (known?.status !== 'waiting') break;
          offer(
            place.frame.closing
              ? { do: 'abort', ...at }
              : { do: 'retry', ...at, attempt: known.attempt, dueAt: known.dueAt },
          );
          break;
        }
        case 'block.opened':
          openBlock(at, place.frame, event.opening);
          break;
        default:
      }
    },
    cancel() {
      if (cancelled || hasEnded(state)) return;
      cancelled = true;
      ended = false;
      abortFrame(root);
      settle(root);
    },
  };
}

/** All that may happen next in this state: what a new owner starts from. */
export function next(program: Program, state: RunState, plan?: (hash: Hash) => Program | undefined): readonly Action[] {
  return createFrontier(program, state, plan).take();
}

function setActive(opened: OpenFrame, index: number, active: boolean): void {
  if (opened.active[index] === active) return;
  opened.active[index] = active;
  opened.activeCount += active ? 1 : -1;
}

function outcomeOf(error: ErrorRecord | undefined): Outcome {
  return error === undefined ? { status: 'succeeded' } : { status: 'failed', error };
}

function inOrder(block: OpenBlock): readonly EndedFrame[] {
  const place = new Map(block.keys.map((key, index) => [framePath(block.at.path, key), index]));
  return block.ended.sort((left, right) => (place.get(left.frame.path) ?? 0) - (place.get(right.frame.path) ?? 0));
}
