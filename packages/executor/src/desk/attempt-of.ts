import type { RunState, StepPath } from '@telos/core';

/** The attempt that a step is at; 1 before the first. */
export function attemptOf(state: Pick<RunState, 'steps'>, path: StepPath): number {
  const known = state.steps.get(path);
  return known !== undefined && 'attempt' in known ? known.attempt : 1;
}
