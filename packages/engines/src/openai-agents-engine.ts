/** The OpenAI Agents SDK: a runner that goes on until an agent's model calls nothing. */
import { isJsonObject, TelosError } from '@telos/core';
import type { AgentEngine, ChatMessage, EngineHost, EngineReply, Json, JsonSchema } from '@telos/core';

type Item =
  | { readonly type: 'function_call'; readonly callId: string; readonly name: string; readonly arguments: string }
  | { readonly type: 'function_call_result'; readonly callId: string; readonly output: unknown }
  | { readonly type?: 'message'; readonly role: 'user' | 'assistant' | 'system'; readonly content: unknown };

type Request = { readonly systemInstructions?: string; readonly input: string | readonly Item[] };

type Model = {
  getResponse(request: Request): Promise<{ readonly usage: unknown; readonly output: readonly unknown[] }>;
  getStreamedResponse(): never;
};

/** What is used of `@openai/agents-core`. */
export type OpenAIAgents = {
  readonly Agent: new (options: {
    readonly name: string;
    readonly instructions: string;
    readonly model: Model;
    readonly tools: readonly unknown[];
  }) => object;
  readonly Runner: new (options: { readonly tracingDisabled: boolean }) => {
    run(
      agent: object,
      input: string,
      options: { readonly maxTurns: number; readonly signal: AbortSignal },
    ): Promise<{ readonly finalOutput?: string }>;
  };
  readonly Usage: new () => object;
  tool(definition: {
    readonly name: string;
    readonly description: string;
    readonly strict: false;
    readonly parameters: JsonSchema;
    execute(input: unknown, context: unknown, details?: { readonly toolCall?: { readonly callId: string } }): string;
  }): unknown;
};

export function openaiAgentsEngine({ Agent, Runner, tool, Usage }: OpenAIAgents): AgentEngine {
  return {
    async run({ instructions, input, tools, maxTurns }, host) {
      const agent = new Agent({
        name: 'agent',
        instructions,
        model: modelOf(host, () => new Usage()),
        tools: tools.map(({ name, description, input: { properties = {}, required = [] } }) =>
          tool({
            name,
            description,
            strict: false,
            parameters: {
              type: 'object',
              properties: isJsonObject(properties) ? { ...properties } : {},
              required: Array.isArray(required) ? required.map(String) : [],
              additionalProperties: true,
            },
            execute: (_input, _context, details) => host.call(details?.toolCall?.callId ?? ''),
          }),
        ),
      });
      // Traces of a run are made from its journal, and go where its owner says.
      const runner = new Runner({ tracingDisabled: true });
      const { finalOutput } = await runner.run(agent, input, { maxTurns, signal: host.signal });
      return finalOutput ?? '';
    },
  };
}

function modelOf(host: EngineHost, usage: () => unknown): Model {
  return {
    getResponse: async (request) => ({ usage: usage(), output: outputOf(await host.ask(messagesOf(request))) }),
    getStreamedResponse() {
      throw new TelosError('BUG', 'The OpenAI Agents SDK asked for a stream of what it was to be given whole.');
    },
  };
}

function outputOf({ text, calls }: EngineReply): readonly unknown[] {
  const said =
    text === '' && calls.length > 0
      ? []
      : [
          {
            type: 'message' as const,
            role: 'assistant' as const,
            status: 'completed' as const,
            content: [{ type: 'output_text' as const, text }],
          },
        ];
  return [
    ...said,
    ...calls.map(({ id, name, input }) => ({
      type: 'function_call' as const,
      callId: id,
      name,
      status: 'completed' as const,
      arguments: JSON.stringify(input),
    })),
  ];
}

/** Calls stand by themselves there, here with what was said before them. */
function messagesOf({ systemInstructions, input }: Request): readonly ChatMessage[] {
  const messages: ChatMessage[] =
    systemInstructions === undefined || systemInstructions === '' ? [] : [{ role: 'system', text: systemInstructions }];
  if (typeof input === 'string') return [...messages, { role: 'user', text: input }];
  for (const item of input) {
    if (item.type === 'function_call') {
      const last = messages.at(-1);
      const call = { id: item.callId, name: item.name, input: parsed(item.arguments) };
      if (last?.role === 'assistant') messages.splice(-1, 1, { ...last, toolCalls: [...(last.toolCalls ?? []), call] });
      else messages.push({ role: 'assistant', text: '', toolCalls: [call] });
    } else if (item.type === 'function_call_result') {
      messages.push({ role: 'tool', toolCallId: item.callId, text: textOf(item.output) });
    } else if ('role' in item) {
      messages.push({ role: item.role, text: textOf(item.content) });
    }
  }
  return messages;
}

function textOf(content: unknown): string {
  if (typeof content === 'string') return content;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [content];
  return parts
    .flatMap((part) => (typeof part === 'object' && part !== null && 'text' in part ? [String(part.text)] : []))
    .join('');
}

/** Written by this file. */
function parsed(text: string): Json {
  return JSON.parse(text) as Json;
}
