/** Open frames and blocks: what a frontier knows of the lists of steps that are being worked on. */
import { TelosError } from '../errors/telos-error.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import { framePath, stepPath } from '../program/path.ts';
import type { FrameKey } from '../program/path.ts';
import type { Hash } from '../ids.ts';
import type { Program, Step } from '../program/program.ts';
import { bodyOf, hasRounds, keysOf, roundsOf } from './body.ts';
import type { Opening } from './events.ts';
import type { Action, At, EndedFrame, Frame, Outcome } from './action.ts';
import { graphOf } from './graph.ts';
import type { Graph } from './graph.ts';
import { isOpen } from './state.ts';
import type { RunState } from './state.ts';

export type OpenFrame = {
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

export type OpenBlock = {
  readonly at: At;
  readonly keys: FrameKey[];
  readonly lists: (key: FrameKey) => readonly Step[];
  readonly maxOpen: number;
  readonly tolerant: boolean;
  nextKey: number;
  readonly open: Set<OpenFrame>;
  ended: EndedFrame[];
  closing: boolean;
  /** Its timeout, once that is reached. */
  expired?: ErrorRecord;
};

export type PlaceInFrame = { readonly frame: OpenFrame; readonly index: number };

export function newFrame(frame: Frame, closing: boolean): OpenFrame {
  const graph = graphOf(frame.steps);
  return {
    frame,
    steps: frame.steps.map((step) => ({ path: stepPath(frame.path, step.id), step, frame })),
    graph,
    pending: [...graph.predecessors],
    unfinished: frame.steps.length,
    active: frame.steps.map(() => false),
    activeCount: 0,
    closing,
  };
}

export function newBlock(
  state: RunState,
  at: At,
  opening: Opening,
  closing: boolean,
  programs: (hash: Hash) => Program | undefined,
): OpenBlock {
  const { step, path } = at;
  return {
    at,
    keys: keysOf(opening, roundsOf(state, path).begun),
    lists: (key) => bodyOf(step, key, opening, programs, roundsOf(state, path)),
    maxOpen: step.kind === 'foreach' ? step.maxParallel : hasRounds(step) ? 1 : Number.POSITIVE_INFINITY,
    // What follows a plan that failed is decided between its rounds.
    tolerant: step.kind === 'plan' || (step.kind === 'foreach' && step.onItemError !== 'fail'),
    nextKey: 0,
    open: new Set(),
    ended: [],
    closing,
  };
}

export function stepAt(opened: OpenFrame, index: number): At {
  const at = opened.steps[index];
  if (at === undefined) throw new TelosError('BUG', `Frame '${opened.frame.path}' has no step number ${index}.`);
  return at;
}

export function setActive(opened: OpenFrame, index: number, active: boolean): void {
  if (opened.active[index] === active) return;
  opened.active[index] = active;
  opened.activeCount += active ? 1 : -1;
}

/** Counts a finished step without looking at what it frees. A frame in which one failed for good closes. */
export function countFinished(state: RunState, opened: OpenFrame, index: number): void {
  opened.unfinished -= 1;
  setActive(opened, index, false);
  for (const follower of opened.graph.followers[index] ?? [])
    opened.pending[follower] = (opened.pending[follower] ?? 1) - 1;
  const at = stepAt(opened, index);
  const known = state.steps.get(at.path);
  if (known?.status === 'failed' && at.step.onError !== 'continue') {
    opened.failed = Math.min(index, opened.failed ?? index);
    opened.closing = true;
  }
}

/** What follows for a step that is between attempts, or waits; undefined for one that stands aside. */
export function heldAction(state: RunState, opened: OpenFrame, at: At): Action | undefined {
  const known = state.steps.get(at.path);
  if (!isOpen(known)) return undefined;
  if (opened.closing) return { do: 'abort', ...at };
  if (known.status === 'retrying') return { do: 'retry', ...at, attempt: known.attempt, dueAt: known.dueAt };
  if (known.status !== 'waiting') return undefined;
  const { dueAt } = known.wait;
  return { do: 'wait', ...at, attempt: known.attempt, ...(dueAt === undefined ? {} : { dueAt }) };
}

export function isSettled(opened: OpenFrame): boolean {
  return opened.activeCount === 0 && (opened.unfinished === 0 || opened.closing);
}

/** Why a frame failed; undefined while it has not. */
export function errorOf(state: RunState, opened: OpenFrame): ErrorRecord | undefined {
  if (opened.failed === undefined) return undefined;
  const { path } = stepAt(opened, opened.failed);
  const step = state.steps.get(path);
  return step?.status === 'failed' ? { ...step.error, path: step.error.path ?? path } : undefined;
}

export function outcomeOfEnding(ending: NonNullable<RunState['ending']>): Outcome {
  if ('cancelled' in ending) return { status: 'cancelled', reason: ending.cancelled };
  return outcomeOf('failed' in ending ? ending.failed : undefined);
}

export function outcomeOf(error: ErrorRecord | undefined): Outcome {
  return error === undefined ? { status: 'succeeded' } : { status: 'failed', error };
}

/** How a block ends whose frames have. */
export function outcomeOfBlock({ tolerant, expired, closing }: OpenBlock, frames: readonly EndedFrame[]): Outcome {
  const failed = expired ?? (tolerant ? undefined : frames.find(({ error }) => error !== undefined)?.error);
  return closing && failed === undefined ? { status: 'cancelled' } : outcomeOf(failed);
}

/** The frames of a block that have ended, in order of the program. */
export function inOrder(block: OpenBlock): readonly EndedFrame[] {
  const place = new Map(block.keys.map((key, index) => [framePath(block.at.path, key), index]));
  return block.ended.sort((left, right) => (place.get(left.frame.path) ?? 0) - (place.get(right.frame.path) ?? 0));
}

/** Whether the journal has anything of a frame's steps. */
export function hasBegun(state: RunState, { path, steps }: Frame): boolean {
  return steps.some(({ id }) => state.steps.has(stepPath(path, id)));
}
