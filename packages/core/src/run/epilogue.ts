/**
 * What follows the workflow's own list: what undoes the steps that succeeded,
 * the `catch` handler that matches, `finally`. Each is a list of steps of its
 * own, done one after the other. The journal has how the workflow's own list
 * ended before the first of them begins, so a new owner finds the same.
 */
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Hash } from '../ids.ts';
import { framePath, rootFrame, stepPath } from '../program/path.ts';
import type { CatchSpec, Program } from '../program/program.ts';
import { compensationOf } from '../program/compensation.ts';
import type { Frame, Outcome } from './action.ts';
import { bodyOf, keysOf, roundsOf } from './body.ts';
import { isOfFamily } from './retry.ts';
import type { RunState } from './state.ts';

/** The frames that follow when the workflow's own list ends so, in order. */
export function epilogueOf(
  program: Program,
  state: RunState,
  outcome: Outcome,
  programs: (hash: Hash) => Program | undefined,
): readonly Frame[] {
  const root: Frame = { path: rootFrame, steps: program.steps };
  const frames: Frame[] = outcome.status === 'succeeded' ? [] : compensations(root, state, programs);
  if (outcome.status === 'failed') {
    const index = (program.catch ?? []).findIndex((handler) => matches(handler, outcome.error));
    const handler = program.catch?.[index];
    if (handler !== undefined)
      frames.push({ path: `catch[${index}]`, steps: handler.steps, within: root, error: outcome.error });
  }
  if (program.finally !== undefined) frames.push({ path: 'finally', steps: program.finally.steps, within: root });
  return frames;
}

function matches({ match }: CatchSpec, { code }: ErrorRecord): boolean {
  return match === 'any' || match.some((name) => isOfFamily(code, name));
}

/** One frame for each step that succeeded and can be undone, the last first. */
function compensations(root: Frame, state: RunState, programs: (hash: Hash) => Program | undefined): Frame[] {
  const undone: { readonly frame: Frame; readonly seq: number }[] = [];
  const walk = (frame: Frame): void => {
    for (const step of frame.steps) {
      const path = stepPath(frame.path, step.id);
      const known = state.steps.get(path);
      if (step.kind === 'action') {
        const undo = compensationOf(step);
        if (undo !== undefined && known?.status === 'succeeded')
          undone.push({ frame: { path: `${path}/`, steps: [undo], within: frame }, seq: known.seq });
        continue;
      }
      const opening = state.blocks.get(path);
      if (opening === undefined) continue;
      const rounds = roundsOf(state, path);
      for (const key of keysOf(opening, rounds.begun)) {
        const steps = bodyOf(step, key, opening, programs, rounds);
        walk({ path: framePath(path, key), steps, block: { path, step, frame, key } });
      }
    }
  };
  walk(root);
  return undone.sort((left, right) => right.seq - left.seq).map(({ frame }) => frame);
}
