/**
 * LangChain's `createAgent`: a graph that goes on until its model calls nothing.
 *
 * Its model is answered for in the place where middleware may do so, so that none of its providers is loaded.
 */
import { TelosError } from '@telos/core';
import type { AgentEngine, ChatMessage, JsonObject, JsonSchema } from '@telos/core';

type Message = {
  readonly type: string;
  readonly text: string;
  readonly tool_call_id?: string;
  readonly tool_calls?: readonly { readonly id?: string; readonly name: string; readonly args: JsonObject }[];
};

/** What is used of `langchain`. */
export type LangChain = {
  readonly AIMessage: new (fields: { readonly content: string; readonly tool_calls: readonly unknown[] }) => Message;
  createMiddleware(middleware: {
    readonly name: string;
    wrapModelCall(request: { readonly messages: readonly Message[]; readonly systemPrompt?: string }): Promise<Message>;
  }): unknown;
  createAgent(options: {
    readonly model: object;
    readonly systemPrompt?: string;
    readonly tools: readonly unknown[];
    readonly middleware: readonly unknown[];
  }): {
    invoke(
      state: { readonly messages: readonly { readonly role: 'user'; readonly content: string }[] },
      options: { readonly signal: AbortSignal; readonly recursionLimit: number },
    ): Promise<{ readonly messages: readonly Message[] }>;
  };
  tool(
    run: (input: unknown, config: { readonly toolCall?: { readonly id?: string } }) => string,
    definition: { readonly name: string; readonly description: string; readonly schema: JsonSchema },
  ): unknown;
};

/** It asks for a model, and the middleware answers before that is come to. */
const neverAsked = {
  invoke: () => Promise.reject(new TelosError('BUG', 'LangChain went past what answers for its model.')),
};

export function langchainEngine({ AIMessage, createAgent, createMiddleware, tool }: LangChain): AgentEngine {
  return {
    async run({ instructions, input, tools, maxTurns }, host) {
      const answering = createMiddleware({
        name: 'telos',
        async wrapModelCall({ messages, systemPrompt }) {
          const told =
            systemPrompt === undefined || systemPrompt === '' ? [] : [{ role: 'system', text: systemPrompt } as const];
          const { text, calls } = await host.ask([...told, ...messages.map((message) => messageOf(message))]);
          return new AIMessage({
            content: text,
            tool_calls: calls.map(({ id, name, input }) => ({ type: 'tool_call', id, name, args: { ...input } })),
          });
        },
      });
      const agent = createAgent({
        model: neverAsked,
        ...(instructions === '' ? {} : { systemPrompt: instructions }),
        tools: tools.map(({ name, description }) =>
          tool((_input, { toolCall }) => host.call(toolCall?.id ?? ''), {
            name,
            description,
            // What a call is given is held against its tool's schema where it is made.
            schema: { type: 'object', properties: {}, additionalProperties: true },
          }),
        ),
        middleware: [answering],
      });
      const ended = await agent.invoke(
        { messages: [{ role: 'user', content: input }] },
        // A turn and its calls are two steps of the graph, and it has a beginning and an end.
        { signal: host.signal, recursionLimit: 2 * maxTurns + 4 },
      );
      return ended.messages.at(-1)?.text ?? '';
    },
  };
}

function messageOf(message: Message): ChatMessage {
  const { text } = message;
  switch (message.type) {
    case 'tool':
      return { role: 'tool', toolCallId: message.tool_call_id ?? '', text };
    case 'ai': {
      const calls = message.tool_calls ?? [];
      const toolCalls = calls.map(({ id = '', name, args }) => ({ id, name, input: args }));
      return { role: 'assistant', text, toolCalls };
    }
    default:
      return { role: 'user', text };
  }
}
