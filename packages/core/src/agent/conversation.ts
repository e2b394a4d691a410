/** What an agent, its tools and who asked have said: the state that a round of an `agent` block sees. */
import { beginningOf } from '../checks/bounded.ts';
import type { ErrorRecord } from '../errors/telos-error.ts';
import type { Json } from '../json.ts';
import type { ChatMessage, ToolCall } from '../ports/models.ts';

/** A call that a round begins with. */
export type AgentCall = {
  /** The id of its step: `call_1`. */
  readonly step: string;
  /** The model's own id for it. */
  readonly id: string;
  /** The tool, as the agent's list names it. */
  readonly name: string;
  readonly input: Json;
  /** Why it is not made: then it has no step. */
  readonly refused?: string;
  /** Of the refusal; absent: there is no such tool. */
  readonly code?: 'INPUT_INVALID' | 'CANCELLED' | 'CALL_REFUSED';
};

export type Conversation = {
  /** All that was said before the round. */
  readonly messages: readonly ChatMessage[];
  /** What the model asked for last. */
  readonly calls: readonly AgentCall[];
  /** Calls that failed one after the other, up to the last. */
  readonly failures: number;
};

/** How a call ended: one of the two is null. */
export type CallResult = { readonly output: Json; readonly error: Pick<ErrorRecord, 'code' | 'message'> | null };

/** How a rule ends an agent: with a reason, or with its answer. */
export type HookEnding = { readonly end: string } | { readonly answer: Json };

/** What a model said in one turn. */
export type AgentTurn = {
  readonly text: string;
  readonly calls: readonly ToolCall[];
  /** Its answer, where one of a schema was asked for. */
  readonly value?: Json;
  /** Of an agent with rules: what it was shown, beyond the conversation that its round began with. */
  readonly heard?: readonly ChatMessage[];
  /** A rule has ended the agent in its place. */
  readonly ends?: HookEnding;
};

/** Characters of a result that a model is shown. */
export const shownResult = 16_000;

const sameAgain = '(The same call gave the same result before. Try something else, or answer with what you know.)';

/**
 * The conversation before its first turn.
 *
 * @param said By an agent that hands its own over, up to the turn in which it does.
 */
export function opened(instructions: Json, input: Json, said: readonly ChatMessage[] = []): Conversation {
  const told = shownText(instructions);
  const asked = shownText(input);
  const system: readonly ChatMessage[] = told.trim() === '' ? [] : [{ role: 'system', text: told }];
  const user = asked.trim() === '' ? 'Do what your instructions say.' : asked;
  return { messages: [...system, ...takenOver(said), { role: 'user', text: user }], calls: [], failures: 0 };
}

/** Less the instructions of whoever hands it over, and the calls by which they do: nobody answers those. */
function takenOver(said: readonly ChatMessage[]): readonly ChatMessage[] {
  const last = said.at(-1);
  const before = said.slice(0, -1).filter(({ role }) => role !== 'system');
  return last === undefined || last.text.trim() === '' ? before : [...before, { role: 'assistant', text: last.text }];
}

/**
 * What the model is shown in a round: all that was said, and what came of its calls.
 *
 * @param results By the steps of the calls that were made.
 */
export function messagesWith(
  { messages, calls }: Conversation,
  results: { readonly [step: string]: CallResult },
): readonly ChatMessage[] {
  const earlier = calls.length === 0 ? [] : made(messages);
  const said = [...messages];
  const last = messages.at(-1);
  // As the model made them: a call's own input has its connection besides.
  const asked = last?.role === 'assistant' ? (last.toolCalls ?? []) : [];
  for (const [index, call] of calls.entries()) {
    const text = resultText(resultOf(call, results));
    const key = callKey(asked[index] ?? call);
    const again = earlier.some((one) => one.key === key && one.text === text);
    said.push({ role: 'tool', toolCallId: call.id, text: again ? `${text}\n${sameAgain}` : text });
  }
  return said;
}

export function resultOf(call: AgentCall, results: { readonly [step: string]: CallResult }): CallResult {
  const { refused: message, code = 'TOOL_UNKNOWN' } = call;
  if (message !== undefined) return { output: null, error: { code, message } };
  const lost = { code: 'TOOL_FAILED', message: 'It gave neither a result nor a reason.' };
  return results[call.step] ?? { output: null, error: lost };
}

/** How often in a row this call has given the same result, up to now. */
export function timesInVain(messages: readonly ChatMessage[], call: Pick<AgentCall, 'name' | 'input'>): number {
  const key = callKey(call);
  const given = made(messages).filter((one) => one.key === key);
  const last = given.at(-1);
  if (last === undefined) return 0;
  const change = given.findLastIndex(({ text }) => text !== last.text);
  return given.length - 1 - change;
}

type Made = { readonly key: string; readonly text: string };

/** The calls that were made, with what each gave. Ids are a model's own and may come again in a later turn. */
function made(messages: readonly ChatMessage[]): readonly Made[] {
  const calls: Made[] = [];
  let asked = new Map<string, ToolCall>();
  for (const message of messages) {
    if (message.role === 'assistant') asked = new Map(message.toolCalls?.map((call) => [call.id, call]));
    if (message.role !== 'tool') continue;
    const call = asked.get(message.toolCallId);
    if (call !== undefined) calls.push({ key: callKey(call), text: withoutNote(message.text) });
  }
  return calls;
}

function callKey({ name, input }: Pick<AgentCall, 'name' | 'input'>): string {
  return `${name} ${JSON.stringify(input)}`;
}

function withoutNote(text: string): string {
  return text.endsWith(`\n${sameAgain}`) ? text.slice(0, -sameAgain.length - 1) : text;
}

function resultText({ output, error }: CallResult): string {
  if (error !== null) return `The call failed: ${error.message} (${error.code})`;
  const text = output === null ? 'null' : shownText(output);
  if (text.length <= shownResult) return text === '' ? '(nothing)' : text;
  const shown = beginningOf(text, shownResult);
  return `${shown}\n(${text.length - shown.length} characters more are not shown.)`;
}

/** A value as a model is shown it: text as it is, nothing for null, anything else as JSON. */
export function shownText(value: Json): string {
  if (typeof value === 'string') return value;
  return value === null ? '' : JSON.stringify(value);
}
