/** Which rails hold for a step, and what they keep from being shown. */
import { holdBack, turnTool } from '@telos/core';
import type { Frame, Program, RailPlace, RailsSpec, RailUse, Step } from '@telos/core';
import type { Desk } from '../desk/desk.ts';
import { railsBehind } from './call-rails.ts';
import type { Shows } from './showing.ts';
import { hides, turnRailsOf } from './turn-rails.ts';
import type { TurnRails } from './turn-rails.ts';

/** In the order in which a call meets them. */
export const beforeCall = ['input', 'tool_arguments', 'memory_write'] as const satisfies readonly RailPlace[];
export const afterCall = ['tool_result', 'output'] as const satisfies readonly RailPlace[];

/** Of every tool call in a block. */
const ofToolCalls = ['tool_arguments', 'memory_write', 'tool_result'] as const satisfies readonly RailPlace[];

type Within = Pick<Desk, 'contexts'>;

/**
 * The rails that a step meets: its own and, at its tool call, those of the blocks around it, the nearest first; when
 * its tool keeps what it is given, those of the workflows around it on memory writes too. Undefined for most. The turn
 * of an agent is no tool call: it asks a model which ones to make, and what it says has the rails that hide anything.
 */
export function railsOf(within: Within, step: Step, frame: Frame): RailsSpec | undefined {
  if (isTurn(step)) {
    const said = turnRailsIn(within, step, frame);
    return said === undefined ? step.rails : { ...step.rails, output: said.all };
  }
  let { rails } = step;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
    const around = at.block?.step.rails;
    if (around !== undefined) rails = withThose(rails, around);
  }
  if (step.kind === 'action' && within.contexts.of(frame).tool(step.uses)?.remembers === true) {
    const written = [...(rails?.memory_write ?? []), ...onMemory(within, frame)];
    return written.length === 0 ? rails : { ...rails, memory_write: written };
  }
  if (rails?.memory_write === undefined) return rails;
  const { memory_write: _others, ...own } = rails;
  return own;
}

/** What looks at the turn of an agent, part by part; undefined for every other step. */
export function turnRailsIn(within: Within, step: Step, frame: Frame): TurnRails | undefined {
  if (!isTurn(step)) return undefined;
  const context = within.contexts.of(frame);
  return turnRailsOf(frame, onMemory(within, frame), (uses) => context.tool(uses));
}

function isTurn(step: Step): boolean {
  return step.kind === 'action' && step.uses === turnTool;
}

/** Of the workflows around a frame, the nearest first. */
function onMemory({ contexts }: Within, frame: Frame): readonly RailUse[] {
  const programs = new Set<Program>();
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
    programs.add(contexts.of(at).linked.program);
  return [...programs].flatMap(({ rails }) => rails?.memory_write ?? []);
}

/** Whether any rail holds for an action. */
export function isRailed(within: Within, { step, frame }: { readonly step: Step; readonly frame: Frame }): boolean {
  return railsOf(within, step, frame) !== undefined;
}

function withThose(rails: RailsSpec | undefined, around: RailsSpec): RailsSpec | undefined {
  let joined = rails;
  for (const place of ofToolCalls) {
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
export function showsOf(within: Within, step: Step, frame: Frame): Shows {
  const { contexts } = within;
  let outermost = frame;
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
    outermost = at;
    if (at.block !== undefined && holdBack(railsBehind(at.block.step, at.block.frame))) return 'never';
    if (holdBack(contexts.of(at).linked.program.rails?.output)) return 'never';
  }
  if (holdBack(contexts.of(outermost).linked.program.rails?.output)) return 'never';
  if (withholds(railsOf(within, step, frame))) return 'once_judged';
  return isTurn(step) && holdsCalls(within, frame) ? 'at_once_less_calls' : 'at_once';
}

/** Whether rails have yet to see what the calls that a turn asks for are given. */
function holdsCalls(within: Within, frame: Frame): boolean {
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within) {
    const around = at.block?.step.rails;
    if (holdBack(around?.tool_arguments) || holdBack(around?.memory_write)) return true;
  }
  return holdBack(onMemory(within, frame));
}

/** Whether rails behind the call of a step hide what they find: the placeholders that they give are of one process. */
export function hidesBehind(within: Within, { step, frame }: { readonly step: Step; readonly frame: Frame }): boolean {
  const rails = railsOf(within, step, frame);
  return rails !== undefined && afterCall.some((place) => rails[place]?.some(hides) === true);
}

/** Whether rails behind the call of a step, or a person whom they ask, may put something else in place of what it gives. */
export function replacesBehind(
  within: Within,
  { step, frame }: { readonly step: Step; readonly frame: Frame },
): boolean {
  const rails = railsOf(within, step, frame);
  return rails !== undefined && afterCall.some((place) => rails[place]?.some(replaces) === true);
}

function replaces({ action, mode }: RailUse): boolean {
  return mode === 'enforce' && (action === 'redact' || action === 'repair' || action === 'ask');
}
