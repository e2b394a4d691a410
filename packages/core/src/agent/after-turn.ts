/** What follows a turn of an agent: another round, its answer, or the reason why it ends. */
import { errorRecordOf, TelosError } from '../errors/telos-error.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import { isJsonObject } from '../json.ts';
import type { Json } from '../json.ts';
import type { ChatMessage, ToolCall } from '../ports/models.ts';
import type { AgentHooks } from '../program/agent-hooks.ts';
import type { AgentStep } from '../program/program.ts';
import { handsOff } from './agent-body.ts';
import { messagesWith, resultOf, shownText, timesInVain } from './conversation.ts';
import type { AgentCall, CallResult, AgentTurn, Conversation, HookEnding } from './conversation.ts';
import { afterModel, beforeCall } from './hooks.ts';
import type { HookEvaluator } from './hooks.ts';

export type AfterTurn =
  /** `byRule`: a rule has given it, and nobody has held it against the agent's schema. */
  | { readonly next: 'answer'; readonly output: Json; readonly byRule?: true }
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
 * @param rules Of an agent that has any: evaluates them.
 */
export function afterTurn(
  step: AgentStep,
  round: number,
  before: Conversation,
  results: { readonly [step: string]: CallResult },
  turn: AgentTurn,
  rules?: HookEvaluator,
): AfterTurn {
  const { hooks } = step;
  if (turn.ends !== undefined) return endedBy(step, turn.ends);
  const messages = turn.heard === undefined ? messagesWith(before, results) : [...before.messages, ...turn.heard];
  const verdict =
    hooks === undefined || rules === undefined ? undefined : afterModel(hooks, rules, round, messages, turn);
  if (verdict !== undefined && !('again' in verdict)) return endedBy(step, verdict);
  if (turn.calls.length === 0 && verdict === undefined)
    return { next: 'answer', output: step.output === undefined ? { text: turn.text } : (turn.value ?? null) };
  if (round >= step.maxTurns) {
    const wanted =
      verdict === undefined
        ? `it still wanted to call ${turn.calls[0]?.name ?? 'a tool'}`
        : `a rule still had it go on`;
    return fail('AGENT_TURNS', `${step.id} had no answer after ${step.maxTurns} turns; ${wanted}.`);
  }
  const failures = failuresInRow(before, results);
  if (failures >= failuresAtMost) {
    const last = before.calls.map((call) => resultOf(call, results)).findLast(({ error }) => error !== null);
    return stuck(failures, last);
  }
  const vain = turn.calls.slice(0, callsAtMost).find((call) => timesInVain(messages, call) >= inVainAtMost);
  if (vain !== undefined) {
    const message = `It called ${vain.name} ${inVainAtMost} times with the same input and got the same result each time.`;
    return fail('AGENT_STUCK', message);
  }
  if (turn.calls.length === 0) {
    const { again = '' } = verdict ?? {};
    const { text } = turn;
    const told: readonly ChatMessage[] = [
      ...(text === '' ? [] : [{ role: 'assistant', text } as const]),
      { role: 'user', text: again },
    ];
    return { next: 'round', conversation: { messages: [...messages, ...told], calls: [], failures } };
  }
  const asked = toldApart(turn.calls);
  const said: ChatMessage = { role: 'assistant', text: turn.text, toolCalls: asked };
  const calls: AgentCall[] = [];
  for (const [index, call] of asked.entries()) {
    if (verdict !== undefined) {
      calls.push({ ...callOf(step, call, index), refused: verdict.again, code: 'CALL_REFUSED' });
      continue;
    }
    const ruled =
      hooks === undefined || rules === undefined
        ? { input: call.input }
        : ruledCall(hooks, rules, round, call, step.tools);
    if ('end' in ruled || 'answer' in ruled) return endedBy(step, ruled);
    if ('refused' in ruled) calls.push({ ...callOf(step, call, index), refused: ruled.refused, code: 'CALL_REFUSED' });
    else calls.push(callOf(step, { ...call, input: ruled.input }, index));
  }
  return {
    next: 'round',
    conversation: { messages: [...messages, said], calls: soleHandOff(step, calls), failures },
  };
}

/** A tool that there is not is refused as such: no rule is asked about it. */
function ruledCall(
  hooks: AgentHooks,
  rules: HookEvaluator,
  round: number,
  call: ToolCall,
  tools: AgentStep['tools'],
): ReturnType<typeof beforeCall> {
  return tools.some(({ name }) => name === call.name) ? beforeCall(hooks, rules, round, call) : { input: call.input };
}

function endedBy(step: AgentStep, ends: HookEnding): AfterTurn {
  if ('end' in ends) return fail('AGENT_ENDED', `${step.id} was ended by a rule: ${ends.end}`);
  const output = step.output === undefined ? { text: shownText(ends.answer) } : ends.answer;
  return { next: 'answer', output, byRule: true };
}

/** What follows a round in which the conversation was handed over: the answer that came of it, or a turn that is told why none did. */
export function afterHandOff(
  step: AgentStep,
  before: Conversation,
  results: { readonly [step: string]: CallResult },
): AfterTurn {
  const made = before.calls.find(({ refused }) => refused === undefined);
  const result = made === undefined ? undefined : resultOf(made, results);
  if (result !== undefined && result.error === null) return { next: 'answer', output: result.output };
  const failures = before.failures + 1;
  if (failures >= failuresAtMost) return stuck(failures, result);
  return { next: 'round', conversation: { messages: messagesWith(before, results), calls: [], failures } };
}

/** A conversation is handed to one, who has all of it: nothing else is done beside. */
function soleHandOff(step: AgentStep, calls: readonly AgentCall[]): readonly AgentCall[] {
  const taker = calls.find(({ name, refused }) => refused === undefined && handsOff(step, name));
  if (taker === undefined) return calls;
  const refused = `It was not made: the conversation went to ${taker.name}.`;
  return calls.map((call) => (call === taker ? call : { ...call, refused, code: 'CANCELLED' }));
}

function stuck(failures: number, last: CallResult | undefined): AfterTurn {
  const reason = last?.error?.message ?? 'no reason';
  return fail('AGENT_STUCK', `${failures} calls in a row failed, the last with: ${reason}`);
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
  return tried.reduce((count, call) => {
    // What a rule keeps back is no failure of the agent's.
    if (call.code === 'CALL_REFUSED') return count;
    return resultOf(call, results).error === null ? 0 : count + 1;
  }, failures);
}

function fail(code: 'AGENT_TURNS' | 'AGENT_STUCK' | 'AGENT_ENDED', message: string): AfterTurn {
  return { next: 'fail', error: errorRecordOf(new TelosError(code, message)) };
}
