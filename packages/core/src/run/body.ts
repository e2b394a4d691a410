/** The body of a block: which frames it has, and the list of steps in each. */
import { TelosError } from '../errors/telos-error.ts';
import type { Hash } from '../ids.ts';
import type { FrameKey } from '../program/path.ts';
import type { Program, Step } from '../program/program.ts';
import type { Opening } from './events.ts';

/** The frames of a block that was opened so, in order. */
export function keysOf(opening: Opening): readonly FrameKey[] {
  if ('foreach' in opening) return Array.from({ length: opening.count }, (_, item) => ({ item }));
  if ('branches' in opening) return opening.branches.map((branch) => ({ branch }));
  if ('case' in opening) return [{ case: opening.case }];
  return [{ round: 1 }];
}

/** The steps of one frame. */
export function bodyOf(
  step: Step,
  key: FrameKey,
  opening: Opening,
  plan: (hash: Hash) => Program | undefined,
): readonly Step[] {
  if (step.kind === 'foreach') return step.steps;
  if (step.kind === 'parallel' && 'branch' in key) return step.branches[key.branch] ?? [];
  if (step.kind === 'switch' && 'case' in key) return step.cases[key.case]?.steps ?? [];
  if (step.kind === 'plan' && 'plan' in opening) {
    const planned = plan(opening.plan);
    if (planned === undefined)
      throw new TelosError('BUG', `The plan of ${step.id} was not loaded.`, { details: { plan: opening.plan } });
    return planned.steps;
  }
  throw new TelosError('BUG', `Step ${step.id} (${step.kind}) cannot be opened that way.`);
}
