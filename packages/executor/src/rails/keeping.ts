/** Where what a rail has hidden is kept, and whose it is: of the step that the rail is written on. */
import type { At, Frame, Keeping, RailUse, StepPath } from '@telos/core';
import type { Desk } from '../desk/desk.ts';

export function keepingOf(desk: Pick<Desk, 'persist'>, at: Pick<At, 'path' | 'frame'>): Keeping {
  return { persist: (vault) => desk.persist(vault), of: (rail) => ownerOf(at, rail) };
}

/** What a call gives is looked at by rails of the blocks around it too. */
function ownerOf({ path, frame }: Pick<At, 'path' | 'frame'>, rail: RailUse): StepPath {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
    if (at.block?.step.rails?.tool_result?.includes(rail) === true) return at.block.path;
  return path;
}
