/** What follows a turn of an agent: another round, its answer, or the reason why it ends. */
import { errorRecordOf, TelosError } from '../errors/telos-error.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import { isJsonObject } from '../json.ts';
import type { Json } from '../json.ts';
import type { ChatMessage, ToolCall } from '../ports/models.ts';
import type { AgentStep } from '../program/program.ts';
import { messagesWith, resultOf, timesInVain } from './conversation.ts';
import type { AgentCall, CallResult, AgentTurn, Conversation } from './conversation.ts';

export type AfterTurn =
  | { readonly next: 'answer'; readonly output: Json }
  | { readonly next: 'round'; readonly conversation: Conversation }
  | { readonly next: 'fail'; readonly error: ErrorRecord };

/** Failures one after the other that end an agent. */
const failuresAtMost = 3;

/** How often a call may give the same result before it is refused for good. */
const inVainAtMost = 3;

/** Calls that are made of one turn. */
const callsAtMost = 32;

/**
 * @param round From 1: the one whose turn this is.
 * @param before What the round began with.
 * @param results Of the calls that it began with, by their steps.
 */
export function afterTurn(
  step: AgentStep,
  round: number,
  before: Conversation,
  results: { readonly [step: string]: CallResult },
  turn: AgentTurn,
): AfterTurn {
  if (turn.calls.length === 0)
    return { next: 'answer', output: step.output === undefined ? { text: turn.text } : (turn.value ?? null) };
  if (round >= step.maxTurns) {
    const message = `${step.id} had no answer after ${step.maxTurns} turns; it still wanted to call ${turn.calls[0]?.name ?? 'a tool'}.`;
    return fail('AGENT_TURNS', message);
  }
  const messages = messagesWith(before, results);
  const failures = failuresInRow(before, results);
  if (failures >= failuresAtMost) {
    const last = before.calls.map((call) => resultOf(call, results).error).findLast((error) => error !== null);
    return fail('AGENT_STUCK', `${failures} calls in a row failed, the last with: ${last?.message ?? 'no reason'}`);
  }
  const vain = turn.calls.slice(0, callsAtMost).find((call) => timesInVain(messages, call) >= inVainAtMost);
  if (vain !== undefined) {
    const message = `It called ${vain.name} ${inVainAtMost} times with the same input and got the same result each time.`;
    return fail('AGENT_STUCK', message);
  }
  const asked = toldApart(turn.calls);
  const said: ChatMessage = { role: 'assistant', text: turn.text, toolCalls: asked };
  return {
    next: 'round',
    conversation: {
      messages: [...messages, said],
      calls: asked.map((call, index) => callOf(step, call, index)),
      failures,
    },
  };
}

/** Each under an id of its own: a result is told by it, and providers refuse two of one. */
function toldApart(calls: readonly ToolCall[]): readonly ToolCall[] {
  const ids = new Set(calls.map(({ id }) => id));
  const taken = new Set<string>();
  return calls.map((call, index) => {
    let { id } = call;
    for (let n = index + 1; id === '' || taken.has(id) || (id !== call.id && ids.has(id)); n += 1)
      id = `${call.id === '' ? 'call' : call.id}_${n}`;
    taken.add(id);
    return id === call.id ? call : { ...call, id };
  });
}

function callOf({ tools }: AgentStep, { id, name, input }: ToolCall, index: number): AgentCall {
  const call = { step: `call_${index + 1}`, id, name, input };
  if (index >= callsAtMost) return { ...call, refused: `At most ${callsAtMost} calls are made at a time.` };
  const tool = tools.find((one) => one.name === name);
  if (tool === undefined) {
    const known = tools.map((tool) => tool.name).join(', ');
    return { ...call, refused: `There is no tool ${name}. There is: ${known === '' ? 'none' : known}.` };
  }
  if ('agent' in tool && !isTask(input))
    return { ...call, refused: `${name} takes { "task": "..." }, what it is to do in words.`, code: 'INPUT_INVALID' };
  if (!('connection' in tool) || !isJsonObject(input)) return call;
  return { ...call, input: { ...input, connection: tool.connection } };
}

/** What another agent is asked, which sees nothing of the conversation. */
function isTask(input: Json): boolean {
  return isJsonObject(input) && typeof input['task'] === 'string' && input['task'].trim() !== '';
}

function failuresInRow({ calls, failures }: Conversation, results: { readonly [step: string]: CallResult }): number {
  // Those beyond what is made at a time have failed at nothing: the model is told, and may make them next.
  const tried = calls.slice(0, callsAtMost);
  return tried.reduce((count, call) => (resultOf(call, results).error === null ? 0 : count + 1), failures);
}

function fail(code: 'AGENT_TURNS' | 'AGENT_STUCK', message: string): AfterTurn {
  return { next: 'fail', error: errorRecordOf(new TelosError(code, message)) };
}
