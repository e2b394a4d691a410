import { statusOfAll } from '../run/block-body.ts';
import type { StepNode } from '../run/run-model.ts';
import { outlinePath } from './outline-path.ts';
import type { NodeState } from './step-graph.tsx';

/** Steps of a run by the step of the workflow that they are instances of. O(n) in steps. */
export function instancesOf(
  steps: Iterable<StepNode>,
  known: ReadonlySet<string>,
): ReadonlyMap<string, readonly StepNode[]> {
  const instances = new Map<string, StepNode[]>();
  for (const step of steps) {
    const path = outlinePath(step.path, known);
    // What an agent did by itself is inside its block, and no instance of it.
    if (path === undefined || step.id !== path.slice(path.lastIndexOf('.') + 1)) continue;
    const list = instances.get(path);
    if (list === undefined) instances.set(path, [step]);
    else list.push(step);
  }
  return instances;
}

const settled: readonly string[] = ['succeeded', 'skipped', 'failed', 'cancelled'];

export function nodeState(instances: readonly StepNode[]): NodeState {
  const done = instances.filter(({ status }) => settled.includes(status)).length;
  return { status: statusOfAll(instances), done, ...(instances.length > 1 ? { of: instances.length } : {}) };
}

/** The instance that a reader most likely wants to see: one that tells why the whole stands as it does, the last of them. */
export function mostTelling(instances: readonly StepNode[]): StepNode | undefined {
  const status = statusOfAll(instances);
  return instances.findLast((step) => step.status === status);
}
