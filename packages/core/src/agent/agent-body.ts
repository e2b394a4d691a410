/** The steps of one round of an agent: the calls that its last turn asked for, side by side, and then its next turn. */
import type { Json, JsonObject } from '../json.ts';
import type { ActionStep, AgentStep, AgentTool, RetrySpec, Step } from '../program/program.ts';
import type { AgentCall } from './conversation.ts';

/** The id of the step in which the model takes its turn. */
export const turnId = 'turn';

/** The tool that takes a turn. It is none of the tools that a workflow may name. */
export const turnTool = 'agent.turn';

/** A call that has a step, as the journal names it. */
export type MadeCall = Pick<AgentCall, 'step' | 'name'>;

/** How a turn is tried again when the model cannot be reached, unless the agent says otherwise. */
const retryOfTurns: RetrySpec = {
  max: 3,
  backoff: 'exponential',
  delayMs: 1000,
  maxDelayMs: 30_000,
  jitter: true,
  errors: ['rate_limit', 'timeout', 'unavailable'],
};

/** @param calls Of the turn before; none in the first round. */
export function agentBody(agent: AgentStep, round: number, calls: readonly MadeCall[]): readonly Step[] {
  const made = calls.map((call) => callStep(agent, call));
  // Whoever takes the conversation over answers in place of the next turn.
  if (calls.some(({ name }) => handsOff(agent, name))) return made;
  const ids = made.map(({ id }) => id);
  const results = ids.map((id): [string, Json] => [
    id,
    { output: `\${{ steps.${id}.output }}`, error: `\${{ steps.${id}.error }}` },
  ]);
  const turn: ActionStep = {
    kind: 'action',
    id: turnId,
    after: ids,
    reads: agent.hooks === undefined ? ids : [...ids, ...agent.hooks.reads],
    ...(agent.hooks === undefined ? {} : { hooks: { rules: agent.hooks, round } }),
    uses: turnTool,
    with: {
      model: agent.model,
      tools: round >= agent.maxTurns ? [] : agent.tools.map(offered),
      ...(agent.output === undefined ? {} : { output: { schema: agent.output } }),
      ...(agent.context === undefined ? {} : { context: agent.context }),
      conversation: '${{ state }}',
      results: Object.fromEntries(results),
    },
    retry: agent.turnRetry ?? retryOfTurns,
    onError: 'fail',
  };
  return [...made, turn];
}

/** Whether what an agent calls so takes the conversation over. */
export function handsOff({ tools }: AgentStep, name: string): boolean {
  const tool = tools.find((one) => one.name === name);
  return tool !== undefined && 'agent' in tool && tool.handsOff === true;
}

/** What the turn has to know of it to offer it to the model. */
function offered(tool: AgentTool): JsonObject {
  if ('workflow' in tool) return { name: tool.name, workflow: tool.workflow };
  if ('agent' in tool) {
    const { name, description, handsOff: takesOver } = tool;
    return { name, description, ...(takesOver === undefined ? {} : { handsOff: takesOver }) };
  }
  const { asks: _, ...others } = tool;
  return others;
}

/** What a call that failed says goes back to the model, so its round goes on. */
function callStep({ id: agent, tools }: AgentStep, { step, name }: MadeCall): Step {
  const tool = tools.find((one) => one.name === name);
  const given = `state.calls[${Number(step.slice('call_'.length)) - 1}].input`;
  const base = { id: step, after: [], reads: [], onError: 'continue' } as const;
  if (tool !== undefined && 'workflow' in tool)
    return { ...base, kind: 'workflow', calledAs: name, workflow: tool.workflow, with: `\${{ ${given} }}` };
  if (tool !== undefined && 'agent' in tool)
    return {
      ...base,
      ...tool.agent,
      kind: 'agent',
      calledAs: name,
      input: `\${{ ${given}.task }}`,
      ...(tool.handsOff === undefined ? {} : { said: '${{ state.messages }}' }),
    };
  return {
    ...base,
    kind: 'action',
    uses: tool?.uses ?? `${agent}.${name}`,
    with: `\${{ ${given} }}`,
    ...(tool?.asks === undefined ? {} : { asks: tool.asks }),
  };
}
