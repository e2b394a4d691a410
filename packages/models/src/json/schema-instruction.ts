import type { ChatMessage, JsonSchema } from '@telos/core';

/**
 * Messages that ask for JSON of a schema in words, for servers that may not
 * enforce one. It goes to the end of the last user message: several local
 * models take a system message in first place only.
 */
export function withSchemaInstruction(messages: readonly ChatMessage[], schema: JsonSchema): readonly ChatMessage[] {
  const instruction = `Answer with JSON alone, without a fence or a word around it, that fits this JSON Schema:\n${JSON.stringify(schema)}`;
  const last = messages.findLastIndex(({ role }) => role === 'user');
  if (last < 0) return [...messages, { role: 'user', text: instruction }];
  return messages.map((message, index) =>
    index === last ? { role: 'user', text: `${message.text}\n\n${instruction}` } : message,
  );
}
