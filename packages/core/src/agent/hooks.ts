/**
 * Hooks: rules of an agent about what is said around its turns and its calls.
 *
 *   after_tool    what came of the calls of the turn before
 *   before_model  what the model is about to be shown
 *   after_model   what it has said
 *   before_tool   each call that it asks for
 *
 * Rules of a place are taken in their order, each on what those before it have left. What the first two make of a turn
 * is recorded with that turn, what the others make of it with the round that follows: a run that goes on after a crash
 * reads it and asks no rule again.
 */
import { matchesGlob } from '../glob.ts';
import { isJsonObject } from '../json.ts';
import type { Json, JsonObject } from '../json.ts';
import type { ChatMessage, ToolCall } from '../ports/models.ts';
import type { AgentHooks, HookPlace, HookRule } from '../program/agent-hooks.ts';
import type { Condition, Template } from '../program/template.ts';
import { messagesWith, resultOf, shownText } from './conversation.ts';
import type { AgentTurn, CallResult, Conversation, HookEnding } from './conversation.ts';

/** What the names of a place stand for: `turn`, `call`. */
export type HookNames = { readonly [name: string]: Json };

/** Evaluates what a rule says. Throws what an expression does that fails. */
export interface HookEvaluator {
  test(condition: Condition, names: HookNames): boolean;
  render(template: Template, names: HookNames): Json;
  /** Says of what a rule throws which rule it was. */
  within<T>(place: HookPlace, position: number, act: () => T): T;
}

/** What a model is about to be shown, as the rules have left it. */
export type Heard = {
  /** What has been said since the conversation that the round began with. */
  readonly heard: readonly ChatMessage[];
  /** Of the turns before, only so many are shown. */
  readonly keep?: number;
  /** The turn is not taken. */
  readonly ends?: HookEnding;
};

/** @param round From 1: the one whose turn is to be taken. */
export function beforeTurn(
  hooks: AgentHooks,
  rules: HookEvaluator,
  round: number,
  conversation: Conversation,
  given: { readonly [step: string]: CallResult },
): Heard {
  const results = { ...given };
  let ends: HookEnding | undefined;
  for (const call of conversation.calls) {
    if (ends !== undefined) break;
    let result = resultOf(call, given);
    each(hooks, 'after_tool', rules, call.name, (rule, take) => {
      const { name, input } = call;
      const { output, error } = result;
      const shown = { name, input, output, error: error === null ? null : { ...error } };
      const does = take({ call: shown, turn: { number: round } });
      if (does === undefined) return undefined;
      if ('result' in does) result = { output: does.result, error: null };
      else ends = endingOf(does);
      return ends;
    });
    // A call that was refused has no step, and what the model is told of it stands with the call.
    if (call.refused === undefined) results[call.step] = result;
  }
  const before = conversation.messages.length;
  const messages = [...messagesWith(conversation, results)];
  let keep: number | undefined;
  if (ends === undefined)
    each(hooks, 'before_model', rules, undefined, (rule, take) => {
      const does = take({ turn: { number: round, messages: messages.map(messageAs) } });
      if (does === undefined) return undefined;
      if ('add' in does) messages.push({ role: 'user', text: shownText(does.add) });
      else if ('keep' in rule.does) keep = rule.does.keep;
      else ends = endingOf(does);
      return ends;
    });
  return {
    heard: messages.slice(before),
    ...(keep === undefined ? {} : { keep }),
    ...(ends === undefined ? {} : { ends }),
  };
}

/** What the rules make of a turn: how it ends the agent, why it is to be taken again, or nothing. */
export function afterModel(
  hooks: AgentHooks,
  rules: HookEvaluator,
  round: number,
  messages: readonly ChatMessage[],
  turn: AgentTurn,
): HookEnding | { readonly again: string } | undefined {
  let verdict: HookEnding | { readonly again: string } | undefined;
  each(hooks, 'after_model', rules, undefined, (_rule, take) => {
    const does = take({
      turn: {
        number: round,
        messages: messages.map(messageAs),
        text: turn.text,
        calls: turn.calls.map(callAs),
        value: turn.value ?? null,
      },
    });
    if (does === undefined) return undefined;
    verdict = 'again' in does ? { again: shownText(does.again) } : endingOf(does);
    return verdict;
  });
  return verdict;
}

/** What the rules make of a call: what it is given, why it is not made, or how it ends the agent. */
export function beforeCall(
  hooks: AgentHooks,
  rules: HookEvaluator,
  round: number,
  call: ToolCall,
): { readonly input: Json } | { readonly refused: string } | HookEnding {
  let { input } = call;
  let verdict: { readonly refused: string } | HookEnding | undefined;
  each(hooks, 'before_tool', rules, call.name, (_rule, take) => {
    const does = take({ call: { name: call.name, input }, turn: { number: round } });
    if (does === undefined) return undefined;
    if ('set' in does) input = { ...(isJsonObject(input) ? input : {}), ...(does.set as JsonObject) };
    else verdict = 'refuse' in does ? { refused: shownText(does.refuse) } : endingOf(does);
    return verdict;
  });
  return verdict ?? { input };
}

/** Less all but the last so many turns: what was asked stays, and so does each result beside its call. */
export function lastTurns(messages: readonly ChatMessage[], turns: number): readonly ChatMessage[] {
  const taken = messages.flatMap(({ role }, index) => (role === 'assistant' ? [index] : []));
  const [first] = taken;
  const from = taken.at(-turns);
  return first === undefined || from === undefined || from === first
    ? messages
    : [...messages.slice(0, first), ...messages.slice(from)];
}

/** What a rule does in these names, rendered; undefined when its condition does not hold. */
type Take = (names: HookNames) => JsonObject | undefined;

/** @param act Gives what ends the matter; undefined: the next rule is asked. */
function each(
  hooks: AgentHooks,
  place: HookPlace,
  rules: HookEvaluator,
  tool: string | undefined,
  act: (rule: HookRule, take: Take) => unknown,
): void {
  for (const [position, rule] of (hooks[place] ?? []).entries()) {
    if (tool !== undefined && rule.tools?.some((glob) => matchesGlob(glob, tool)) === false) continue;
    const take: Take = (names) =>
      rules.within(place, position, () =>
        rule.when === undefined || rules.test(rule.when, names)
          ? // A map stays one.
            (rules.render(rule.does, names) as JsonObject)
          : undefined,
      );
    if (act(rule, take) !== undefined) return;
  }
}

function endingOf(does: JsonObject): HookEnding {
  return 'end' in does ? { end: shownText(does['end'] ?? null) } : { answer: does['answer'] ?? null };
}

function messageAs(message: ChatMessage): JsonObject {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return { role: message.role, text: message.text, calls: calls.map(callAs) };
}

function callAs({ name, input }: Pick<ToolCall, 'name' | 'input'>): JsonObject {
  return { name, input };
}
