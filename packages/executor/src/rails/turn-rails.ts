/**
 * Rails that redact what an agent's model says, before its turn is in the journal.
 *
 * What a turn says stands there with it: its text, which may become the answer,
 * and the calls that it asks for. So what is to be hidden at the agent's output
 * is hidden in each turn's text, and what is to be hidden in the arguments of
 * its calls is hidden where they are asked for. All other rails of these places
 * look where they always do: at the answer, and before each call.
 */
import { addUsage, isJsonObject, judgeRails } from '@telos/core';
import type {
  AgentStep,
  AgentTurn,
  AnyTool,
  Frame,
  Guarded,
  RailsDeps,
  RailsJudged,
  RailsSpec,
  RailUse,
  ToolCall,
  Usage,
} from '@telos/core';
import { railsBehind } from './call-rails.ts';

export type TurnRails = {
  /** On its text, and its value where it has one. */
  readonly said: readonly RailUse[];
  /** On what a call of this tool is given. */
  readonly asked: (tool: string) => readonly RailUse[];
  /** Each of them once. */
  readonly all: readonly RailUse[];
};

/**
 * @param written Of the workflows around it, on memory writes.
 * @param toolOf As the agent's workflow names them.
 * @returns Undefined where nothing is to be hidden, or the frame is no round of an agent.
 */
export function turnRailsOf(
  frame: Frame,
  written: readonly RailUse[],
  toolOf: (uses: string) => AnyTool | undefined,
): TurnRails | undefined {
  const agent = frame.block?.step;
  if (agent?.kind !== 'agent') return undefined;
  const around = specsAround(frame);
  const said = onAnswer(frame).filter(hides);
  const given = around.flatMap(({ tool_arguments: list = [] }) => list).filter(hides);
  const kept = [...around.flatMap(({ memory_write: list = [] }) => list), ...written].filter(hides);
  const remembers = (tool: string): boolean => toolOf(usesOf(agent, tool))?.remembers === true;
  const all = [...said, ...given, ...(agent.tools.some(({ name }) => remembers(name)) ? kept : [])];
  return all.length === 0 ? undefined : { said, asked: (tool) => (remembers(tool) ? [...given, ...kept] : given), all };
}

/** Judges a turn part by part; its answer is one, and so is what it leaves of the turn. */
export async function judgeTurn(rails: TurnRails, guarded: Guarded, deps: RailsDeps): Promise<RailsJudged> {
  // Made by the tool that takes turns.
  const { calls, heard, ...spoken } = guarded.value as AgentTurn;
  const first = await judgeRails(rails.said, { ...guarded, value: spoken }, deps);
  const parts = [first];
  const asked: ToolCall[] = [];
  for (const call of calls) {
    if (parts.at(-1)?.outcome !== 'pass') break;
    const judged = await judgeRails(rails.asked(call.name), { ...guarded, value: call.input }, deps);
    parts.push(judged);
    asked.push({ ...call, input: judged.value ?? null });
  }
  const error = parts.at(-1)?.error;
  const left = first.value === undefined || !isJsonObject(first.value) ? undefined : first.value;
  return {
    verdicts: parts.flatMap(({ verdicts }) => verdicts),
    outcome: parts.at(-1)?.outcome ?? 'pass',
    value:
      error === undefined && left !== undefined
        ? { ...left, calls: asked, ...(heard === undefined ? {} : { heard: [...heard] }) }
        : undefined,
    replaced: parts.some(({ replaced }) => replaced),
    placeholders: parts.flatMap(({ placeholders }) => placeholders),
    hidden: parts.flatMap(({ hidden }) => hidden),
    ...(error === undefined ? {} : { error }),
    calls: parts.flatMap(({ calls: made }) => made),
    usage: parts.reduce<Usage | undefined>(
      (sum, { usage }) => (usage === undefined ? sum : sum === undefined ? usage : addUsage(sum, usage)),
      undefined,
    ),
  };
}

/** On what an agent answers: of one that is called, on results of calls too; of one that has taken a conversation over, that of whoever handed it over. */
function onAnswer({ block }: Frame): readonly RailUse[] {
  if (block?.step.kind !== 'agent') return [];
  const own = railsBehind(block.step, block.frame);
  return block.step.said === undefined ? own : [...own, ...onAnswer(block.frame)];
}

/** Of the agent and the blocks around it, the nearest first. */
function specsAround(frame: Frame): readonly RailsSpec[] {
  const specs: RailsSpec[] = [];
  for (let at: Frame | undefined = frame; at !== undefined; at = at.block?.frame ?? at.within)
    if (at.block?.step.rails !== undefined) specs.push(at.block.step.rails);
  return specs;
}

function usesOf({ tools }: AgentStep, named: string): string {
  const tool = tools.find(({ name }) => name === named);
  return tool !== undefined && 'uses' in tool ? tool.uses : named;
}

export function hides({ action, mode }: RailUse): boolean {
  return action === 'redact' && mode === 'enforce';
}
