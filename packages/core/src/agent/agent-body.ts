/** The steps of one round of an agent: the calls that its last turn asked for, side by side, and then its next turn. */
import type { Json } from '../json.ts';
import type { ActionStep, AgentStep, RetrySpec, Step } from '../program/program.ts';
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
  const ids = made.map(({ id }) => id);
  const results = ids.map((id): [string, Json] => [
    id,
    { output: `\${{ steps.${id}.output }}`, error: `\${{ steps.${id}.error }}` },
  ]);
  const turn: ActionStep = {
    kind: 'action',
    id: turnId,
    after: ids,
    reads: ids,
    uses: turnTool,
    with: {
      model: agent.model,
      tools: round >= agent.maxTurns ? [] : agent.tools.map(({ asks: _, ...tool }) => tool),
      ...(agent.output === undefined ? {} : { output: { schema: agent.output } }),
      conversation: '${{ state }}',
      results: Object.fromEntries(results),
    },
    retry: agent.turnRetry ?? retryOfTurns,
    onError: 'fail',
  };
  return [...made, turn];
}

/** What a tool that failed says goes back to the model, so its round goes on. */
function callStep({ id: agent, tools }: AgentStep, { step, name }: MadeCall): ActionStep {
  const tool = tools.find((one) => one.name === name);
  const index = Number(step.slice('call_'.length)) - 1;
  const input = `\${{ state.calls[${index}].input }}`;
  return {
    kind: 'action',
    id: step,
    after: [],
    reads: [],
    uses: tool?.uses ?? `${agent}.${name}`,
    with: input,
    ...(tool?.asks === undefined ? {} : { asks: tool.asks }),
    onError: 'continue',
  };
}
