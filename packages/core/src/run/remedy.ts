/** A gate's ladder of remedies: taken from the first rung to the last, a repair as often as it may be made. */
import type { ModelSpec, Remedy } from '../program/program.ts';

/** The remedy that follows when `taken` have been, with its index in the ladder; undefined when all are used up. */
export function nextRemedy(
  ladder: readonly Remedy[],
  taken: number,
): (Remedy & { readonly index: number }) | undefined {
  let left = taken;
  for (const [index, remedy] of ladder.entries()) {
    const worth = remedy.do === 'repair' ? remedy.times : 1;
    if (left < worth) return { ...remedy, index };
    left -= worth;
  }
  return undefined;
}

/** The model that the ladder has escalated to when `taken` remedies have been; undefined while the step's own is used. */
export function escalatedModel(ladder: readonly Remedy[], taken: number): ModelSpec | undefined {
  const reached = nextRemedy(ladder, taken)?.index ?? ladder.length;
  return ladder.slice(0, reached).findLast((remedy) => remedy.do === 'escalate')?.model;
}
