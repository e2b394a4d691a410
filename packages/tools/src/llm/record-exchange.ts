import type { Clock, Exchange, JsonObject, ToolContext } from '@telos/core';

/** Adds one exchange with a model to the journal and the trace. */
export function recordExchange(context: ToolContext, exchange: Exchange, clock: Clock): void {
  const messages = exchange.messages.map((message): JsonObject => {
    if (message.role === 'tool') return { role: 'tool', tool_call_id: message.toolCallId, content: message.text };
    const calls = message.role === 'assistant' ? (message.toolCalls ?? []) : [];
    return { role: message.role, content: message.text, ...(calls.length === 0 ? {} : { tool_calls: calls }) };
  });
  context.record({
    kind: 'chat',
    name: exchange.model,
    startedAt: exchange.startedAt,
    ms: Math.max(0, clock.now() - exchange.startedAt),
    input: { messages },
    output: { text: exchange.text, ...(exchange.toolCalls.length === 0 ? {} : { tool_calls: exchange.toolCalls }) },
    usage: exchange.usage,
    attributes: {
      finish: exchange.finish,
      ...(exchange.passedOver === undefined ? {} : { passed_over: exchange.passedOver }),
    },
  });
}
