/**
 * The referee: the rules of scheduling, looked up in the state each time.
 *
 * Slow and without memory, so that it shares no idea, and no mistake, with the frontier.
 */
import { framePath, stepPath } from '../program/path.ts';
import type { FrameKey } from '../program/path.ts';
import type { Opening } from '../run/events.ts';
import type { Frame } from '../run/action.ts';
import { isFinished, isOpen } from '../run/state.ts';
import type { RunState } from '../run/state.ts';
import type { Step } from '../program/program.ts';

export type Referee = {
  /** Ids of steps that have to finish before this one and have not. */
  missing(step: Step, frame: Frame): readonly string[];
  /** Whether a frame is ending early, on its own account or because of what is around it. */
  isClosing(frame: Frame): boolean;
};

export function refereeOf(state: RunState): Referee {
  function missing(step: Step, frame: Frame): readonly string[] {
    return step.after.filter((id) => !isFinished(state.steps.get(stepPath(frame.path, id))));
  }
  function hasFailed(path: string, steps: readonly Step[]): boolean {
    return steps.some(
      (step) => step.onError !== 'continue' && state.steps.get(stepPath(path, step.id))?.status === 'failed',
    );
  }
  function isBusy(path: string, steps: readonly Step[]): boolean {
    return steps.some((step) => isOpen(state.steps.get(stepPath(path, step.id))));
  }
  function isClosing(frame: Frame): boolean {
    if (hasFailed(frame.path, frame.steps)) return true;
    const { block } = frame;
    // What follows the workflow's own list goes on however the run ends.
    if (block === undefined) return frame.within === undefined && state.ending !== undefined;
    if (isClosing(block.frame)) return true;
    if (block.step.kind === 'foreach' && block.step.onItemError !== 'fail') return false;
    const opening = state.blocks.get(block.path);
    return siblings(block.path, block.step, opening).some(
      ([path, steps]) => hasFailed(path, steps) && !isBusy(path, steps),
    );
  }
  return { missing, isClosing };
}

/** Frames of a foreach or a parallel with their steps; the other blocks have one frame only. */
function siblings(
  path: string,
  step: Step,
  opening: Opening | undefined,
): readonly (readonly [string, readonly Step[]])[] {
  if (opening === undefined) return [];
  const at = (key: FrameKey) => framePath(path, key);
  if (step.kind === 'foreach' && 'foreach' in opening)
    return Array.from({ length: opening.count }, (_, item) => [at({ item }), step.steps] as const);
  if (step.kind === 'parallel')
    return Object.entries(step.branches).map(([branch, steps]) => [at({ branch }), steps] as const);
  return [];
}
