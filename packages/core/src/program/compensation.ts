/** What undoes a step, as a step of its own. */
import type { ActionStep } from './program.ts';

/** The id of the step that undoes another. */
export const compensateId = 'compensate';

const undoings = new WeakMap<ActionStep, ActionStep>();

/** Made once for each step; undefined of one that nothing undoes. */
export function compensationOf(step: ActionStep): ActionStep | undefined {
  if (step.compensate === undefined) return undefined;
  const known = undoings.get(step);
  if (known !== undefined) return known;
  const { uses, with: parameters, reads } = step.compensate;
  const made: ActionStep = {
    kind: 'action',
    id: compensateId,
    after: [],
    reads,
    uses,
    with: parameters,
    onError: 'continue',
    ...(step.retry === undefined ? {} : { retry: step.retry }),
    ...(step.timeoutMs === undefined ? {} : { timeoutMs: step.timeoutMs }),
  };
  undoings.set(step, made);
  return made;
}
