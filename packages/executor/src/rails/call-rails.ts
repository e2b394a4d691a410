/**
 * Rails on what goes into a block and comes out of it. A block that an agent
 * calls is a tool to it, so what holds for tool calls around it holds for the
 * call as well: for its arguments and its result, as for those of the calls inside.
 */
import type { Frame, RailsSpec, RailUse, Step } from '@telos/core';

export function railsBefore(step: Step, frame: Frame): readonly RailUse[] {
  return [...(step.rails?.input ?? []), ...aroundCall(step, frame, 'tool_arguments')];
}

export function railsBehind(step: Step, frame: Frame): readonly RailUse[] {
  return [...aroundCall(step, frame, 'tool_result'), ...(step.rails?.output ?? [])];
}

/** Of the agent that calls the block and the blocks around that, the nearest first; nothing for a block that is no call. */
function aroundCall(step: Step, frame: Frame, place: keyof RailsSpec): readonly RailUse[] {
  if ((step.kind !== 'workflow' && step.kind !== 'agent') || step.calledAs === undefined) return [];
  const rails: RailUse[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
    rails.push(...(at.block?.step.rails?.[place] ?? []));
  return rails;
}
