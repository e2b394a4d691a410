/**
 * What becomes of each step of a run in a fork of it:
 *
 *   kept     it ended well, and nothing of it or before it is done again
 *   open     a block of which a part is done again: it has begun, and its end is dropped
 *   dropped  it is done again, or comes after something that is
 *
 * A retry does again whatever did not succeed. A fork from named steps leaves
 * alone what the first run went on from: a failure that its step or its block
 * tolerated stays one, unless something in the same list is done again.
 */
import type { Hash } from '../ids.ts';
import { framePath, placeOf, rootFrame, stepPath } from '../program/path.ts';
import { compensateId } from '../program/compensation.ts';
import type { FramePath, StepPath } from '../program/path.ts';
import type { Program, Step } from '../program/program.ts';
import { bodyOf, keysOf, roundsOf } from './body.ts';
import type { RunState } from './state.ts';

export type Fate = 'kept' | 'open' | 'dropped';

export type Fates = {
  /** Of every step in a list that the run has opened. */
  readonly fates: ReadonlyMap<StepPath, Fate>;
  /** Of loops that are open: the last round that is kept or done again; later ones are dropped. */
  readonly rounds: ReadonlyMap<StepPath, number>;
  /** Steps that are done again, and not because of a step before them or a block around them. */
  readonly from: readonly StepPath[];
};

/** `from`: empty for a retry. `edited`: kept steps whose output is replaced: what comes after them is done again. */
export type ForkOf = { readonly from: readonly StepPath[]; readonly edited: ReadonlyMap<StepPath, unknown> };

export function fatesOf(
  program: Program,
  programs: (hash: Hash) => Program | undefined,
  state: RunState,
  { from: asked, edited }: ForkOf,
): Fates {
  const fates = new Map<StepPath, Fate>();
  const rounds = new Map<StepPath, number>();
  const from: StepPath[] = [];
  const retry = asked.length === 0 && edited.size === 0;
  // What an undone step did is gone, so it is done again.
  const again = new Set([...asked, ...undoneSteps(state)]);
  const touched = framesAround([...again, ...edited.keys()]);

  /** Gives whether all of the frame stays as it is. */
  function walk(frame: FramePath, steps: readonly Step[], dropped: boolean, tolerated: boolean): boolean {
    if (!dropped && tolerated && !touched.has(frame)) {
      keepAll(frame, steps);
      return true;
    }
    const byId = new Map(steps.map((step) => [step.id, step]));
    const visit = (step: Step): void => {
      const path = stepPath(frame, step.id);
      if (fates.has(path)) return;
      const before = step.after.flatMap((id) => byId.get(id) ?? []);
      for (const one of before) visit(one);
      const follows = dropped || before.some(({ id }) => fates.get(stepPath(frame, id)) !== 'kept');
      const redone = again.has(path) || before.some(({ id }) => edited.has(stepPath(frame, id)));
      const good = endedWell(path, step);
      const whole = visitBody(path, step, follows || redone, good);
      const fate =
        follows || redone ? 'dropped' : good && whole !== false ? 'kept' : whole === undefined ? 'dropped' : 'open';
      fates.set(path, fate);
      // Of an open block, what is done again inside says so itself.
      if (!follows && fate !== 'kept' && (fate === 'dropped' || whole === true)) from.push(path);
    };
    for (const step of steps) visit(step);
    return steps.every(({ id }) => {
      const path = stepPath(frame, id);
      return fates.get(path) === 'kept' && !edited.has(path);
    });
  }

  /** Whether all of a block's body stays as it is; undefined for what has none. */
  function visitBody(path: StepPath, step: Step, dropped: boolean, good: boolean): boolean | undefined {
    const frames = framesOf(path, step);
    if (frames === undefined) return undefined;
    let whole = true;
    for (const [index, { key, frame, steps }] of frames.entries()) {
      // A plan that another one has replaced is done with, however it ended.
      const settled = step.kind === 'plan' && (good || index < frames.length - 1);
      const kept = walk(frame, steps, dropped || ('round' in key && !whole), (good && !retry) || settled);
      if (!kept && whole && 'round' in key) rounds.set(path, key.round);
      whole &&= kept;
    }
    return whole;
  }

  function keepAll(frame: FramePath, steps: readonly Step[]): void {
    for (const step of steps) {
      const path = stepPath(frame, step.id);
      fates.set(path, 'kept');
      for (const inner of framesOf(path, step) ?? []) keepAll(inner.frame, inner.steps);
    }
  }

  function framesOf(path: StepPath, step: Step) {
    const opening = state.blocks.get(path);
    if (opening === undefined) return undefined;
    const rounds = roundsOf(state, path);
    return keysOf(opening, rounds.begun).map((key) => {
      return { key, frame: framePath(path, key), steps: bodyOf(step, key, opening, programs, rounds) };
    });
  }

  function endedWell(path: StepPath, step: Step): boolean {
    const known = state.steps.get(path);
    if (known?.status === 'succeeded' || known?.status === 'skipped') return true;
    return known?.status === 'failed' && step.onError === 'continue' && !retry;
  }

  walk(rootFrame, program.steps, false, false);
  return { fates, rounds, from };
}

function undoneSteps(state: RunState): readonly StepPath[] {
  const end = `/${compensateId}`;
  return [...state.steps.keys()].flatMap((path) => (path.endsWith(end) ? [path.slice(0, -end.length)] : []));
}

/** The frames in which these steps stand, and all those around them. */
function framesAround(paths: readonly StepPath[]): ReadonlySet<FramePath> {
  const frames = new Set<FramePath>();
  for (const path of paths) {
    for (let at: StepPath | undefined = path; at !== undefined;) {
      const { frame = rootFrame, parent }: { frame?: FramePath; parent?: StepPath } = placeOf(at);
      if (frames.has(frame)) break;
      frames.add(frame);
      at = parent;
    }
  }
  return frames;
}
