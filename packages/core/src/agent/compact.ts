/**
 * Compaction: what a model is still shown of a conversation that has grown past a size.
 *
 * `drop_results`: results of calls that it has seen are cut to their beginnings, the oldest first, until half of the
 * size is left free, so that what it is shown stays the same for some turns. It is a view of the conversation, made
 * anew for each turn and always alike: the conversation itself, and what each call gave, stay in the journal whole.
 */
import { beginningOf } from '../checks/bounded.ts';
import type { ChatMessage } from '../ports/models.ts';
import type { ContextSpec } from '../program/program.ts';

/** As providers count it on the average, in European languages. */
const charactersPerToken = 4;

/** Characters of a result that stay. */
const keptOfResult = 200;

/** @param messages All that was said, up to the turn that is to be taken. */
export function compacted(messages: readonly ChatMessage[], { tokens }: ContextSpec): readonly ChatMessage[] {
  const limit = tokens * charactersPerToken;
  const cut = messages.map(withResultCut);
  let size = 0;
  /** Results before this position are cut. */
  let upTo = 0;
  /** Those from here on the model has not seen before the turn that is looked at. */
  let unseen = 0;
  // As each turn up to now has seen it: what one has cut stays so for the next.
  for (const [position, message] of messages.entries()) {
    if (message.role === 'assistant') unseen = position;
    size += sizeOf(message);
    const isTaken = messages[position + 1] === undefined || messages[position + 1]?.role === 'assistant';
    if (!isTaken || size <= limit) continue;
    for (; upTo < unseen && size > limit / 2; upTo += 1) {
      const [whole, short] = [messages[upTo], cut[upTo]];
      if (whole !== undefined && short !== undefined) size -= sizeOf(whole) - sizeOf(short);
    }
  }
  return upTo === 0 ? messages : messages.map((message, index) => (index < upTo ? (cut[index] ?? message) : message));
}

function withResultCut(message: ChatMessage): ChatMessage {
  if (message.role !== 'tool') return message;
  const { text } = message;
  const kept = beginningOf(text, keptOfResult);
  const short = `${kept}\n(${text.length - kept.length} characters more were shown before.)`;
  return short.length < text.length ? { ...message, text: short } : message;
}

function sizeOf(message: ChatMessage): number {
  const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
  return message.text.length + (calls.length === 0 ? 0 : JSON.stringify(calls).length);
}
