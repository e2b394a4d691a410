/** Which rails hold for a step, and what they keep from being shown. */
import { holdBack, turnTool } from '@telos/core';
import type { Frame, RailPlace, RailsSpec, RailUse, Step } from '@telos/core';
import type { Contexts } from '../contexts.ts';
import type { Shows } from './showing.ts';

/** In the order in which a call meets them. */
export const beforeCall = ['input', 'tool_arguments'] as const satisfies readonly RailPlace[];
export const afterCall = ['tool_result', 'output'] as const satisfies readonly RailPlace[];

/** An action's own rails, and for its tool call those of the blocks around it too, the nearest first. Undefined for most. */
export function railsOf(step: Step, frame: Frame): RailsSpec | undefined {
  let { rails } = step;
  // The turn of an agent is no tool call: it asks a model which ones to make.
  if (step.kind === 'action' && step.uses === turnTool) return rails;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
    const around = at.block?.step.rails;
    if (around !== undefined) rails = withThose(rails, around);
  }
  return rails;
}

/** Whether any rail holds for an action. */
export function isRailed({ step, frame }: { readonly step: Step; readonly frame: Frame }): boolean {
  return railsOf(step, frame) !== undefined;
}

function withThose(rails: RailsSpec | undefined, around: RailsSpec): RailsSpec | undefined {
  let joined = rails;
  for (const place of ['tool_arguments', 'tool_result'] as const) {
    const more = around[place];
    if (more !== undefined) joined = { ...joined, [place]: [...(joined?.[place] ?? []), ...more] };
  }
  return joined;
}

/** Whether what the call gives may not be shown or kept as it is. */
export function withholds(rails: RailsSpec | undefined): boolean {
  return holdBack(rails?.tool_result) || holdBack(rails?.output);
}

/** When text that a step makes may be shown: it may end in what its own rails, those of a block around it or of the run have yet to judge. */
export function showsOf(step: Step, frame: Frame, contexts: Contexts): Shows {
  let outermost = frame;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
    outermost = at;
    if (holdBack(at.block?.step.rails?.output)) return 'never';
    if (holdBack(contexts.of(at).linked.program.rails?.output)) return 'never';
  }
  if (holdBack(contexts.of(outermost).linked.program.rails?.output)) return 'never';
  return withholds(railsOf(step, frame)) ? 'once_judged' : 'at_once';
}

/** Whether rails behind the call of a step hide what they find: the placeholders that they give are of one process. */
export function hidesBehind({ step, frame }: { readonly step: Step; readonly frame: Frame }): boolean {
  const rails = railsOf(step, frame);
  return rails !== undefined && afterCall.some((place) => rails[place]?.some(hides) === true);
}

function hides({ action, mode }: RailUse): boolean {
  return action === 'redact' && mode === 'enforce';
}
