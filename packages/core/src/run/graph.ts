import { TelosError } from '../errors/telos-error.ts';
import type { Step } from '../program/program.ts';

/** The edges of one step list, by position in it. */
export type Graph = {
  readonly positions: ReadonlyMap<string, number>;
  readonly predecessors: readonly number[];
  readonly followers: readonly (readonly number[])[];
};

const graphs = new WeakMap<readonly Step[], Graph>();

/** The graph of a step list. Lists of one program are shared by many frames, so it is worked out once. */
export function graphOf(steps: readonly Step[]): Graph {
  const known = graphs.get(steps);
  if (known !== undefined) return known;
  const positions = new Map(steps.map((step, index) => [step.id, index]));
  const followers: number[][] = steps.map(() => []);
  const predecessors = steps.map(() => 0);
  for (const [index, step] of steps.entries()) {
    for (const id of new Set(step.after)) {
      const before = positions.get(id);
      if (before === undefined)
        throw new TelosError('BUG', `Step '${step.id}' comes after '${id}', which its list lacks.`);
      followers[before]?.push(index);
      predecessors[index] = (predecessors[index] ?? 0) + 1;
    }
  }
  const graph = { positions, predecessors, followers };
  graphs.set(steps, graph);
  return graph;
}
