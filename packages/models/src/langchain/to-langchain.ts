/** Our messages and tools as LangChain's. Called only once a provider has loaded LangChain. */
import type { BaseMessage } from '@langchain/core/messages';
import type { ChatMessage, Json, ToolOffer } from '@telos/core';
import { isObject } from '../json/json-kind.ts';
import type { ToolNames } from './tool-names.ts';

export async function toLangChainMessages(messages: readonly ChatMessage[], names: ToolNames): Promise<BaseMessage[]> {
  const { AIMessage, HumanMessage, SystemMessage, ToolMessage } = await import('@langchain/core/messages');
  return messages.map((message) => {
    if (message.role === 'tool') return new ToolMessage({ content: message.text, tool_call_id: message.toolCallId });
    if (message.role !== 'assistant') {
      return message.role === 'system' ? new SystemMessage(message.text) : new HumanMessage(message.text);
    }
    return new AIMessage({
      content: message.text,
      tool_calls: (message.toolCalls ?? []).map((call) => ({
        id: call.id,
        name: names.toWire(call.name),
        args: argumentsOf(call.input),
        type: 'tool_call' as const,
      })),
    });
  });
}

/** Tools in OpenAI's form, which both LangChain models take. */
export function toLangChainTools(offers: readonly ToolOffer[], names: ToolNames) {
  return offers.map((offer) => ({
    type: 'function' as const,
    function: {
      name: names.toWire(offer.name),
      description: offer.description,
      parameters: offer.input,
    },
  }));
}

/** Tool calls carry an object; anything else is wrapped so that it is not lost. */
function argumentsOf(input: Json): Record<string, Json> {
  return isObject(input) ? { ...input } : { value: input };
}
