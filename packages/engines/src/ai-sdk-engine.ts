/** The AI SDK: `generateText`, which goes on until a step calls nothing. */
import { TelosError } from '@telos/core';
import type { AgentEngine, ChatMessage, EngineHost, EngineReply, JsonObject, JsonSchema, ToolCall } from '@telos/core';

type Part = { readonly type: string };
type Called = Part & { readonly toolCallId: string; readonly toolName: string; readonly input: unknown };
type Result = Part & { readonly toolCallId: string; readonly output: Part };
type Prompt = readonly (
  | { readonly role: 'system'; readonly content: string }
  | { readonly role: 'user' | 'assistant' | 'tool'; readonly content: readonly Part[] }
)[];

/** Its specification of a model, version 4. */
type Model = {
  readonly specificationVersion: 'v4';
  readonly provider: string;
  readonly modelId: string;
  readonly supportedUrls: { readonly [mediaType: string]: RegExp[] };
  doGenerate(options: { readonly prompt: Prompt }): Promise<unknown>;
  doStream(): Promise<never>;
};

/** What is used of `ai`. */
export type AISdk = {
  generateText(options: {
    readonly model: Model;
    readonly instructions?: string;
    readonly prompt: string;
    readonly tools: { readonly [name: string]: unknown };
    readonly stopWhen: unknown;
    readonly maxRetries: number;
    readonly abortSignal: AbortSignal;
  }): Promise<{ readonly text: string }>;
  isStepCount(count: number): unknown;
  jsonSchema(schema: JsonSchema): unknown;
  tool(definition: {
    readonly description: string;
    readonly inputSchema: unknown;
    execute(input: unknown, options: { readonly toolCallId: string }): string;
  }): unknown;
};

export function aiSdkEngine({ generateText, isStepCount, jsonSchema, tool }: AISdk): AgentEngine {
  return {
    async run({ instructions, input, tools, maxTurns }, host) {
      const { text } = await generateText({
        model: modelOf(host),
        ...(instructions === '' ? {} : { instructions }),
        prompt: input,
        tools: Object.fromEntries(
          tools.map(({ name, description, input: schema }) => [
            name,
            tool({
              description,
              inputSchema: jsonSchema(schema),
              execute: (_input, { toolCallId }) => host.call(toolCallId),
            }),
          ]),
        ),
        stopWhen: isStepCount(maxTurns),
        maxRetries: 0,
        abortSignal: host.signal,
      });
      return text;
    },
  };
}

function modelOf(host: EngineHost): Model {
  return {
    specificationVersion: 'v4',
    provider: 'telos',
    modelId: 'telos',
    supportedUrls: {},
    doGenerate: async ({ prompt }) => generated(await host.ask(messagesOf(prompt))),
    doStream: () => Promise.reject(new TelosError('BUG', 'The AI SDK asked for a stream of what it was to generate.')),
  };
}

function generated({ text, calls }: EngineReply) {
  const unknown = { total: undefined, noCache: undefined, cacheRead: undefined, cacheWrite: undefined };
  return {
    content: [
      ...(text === '' ? [] : [{ type: 'text' as const, text }]),
      ...calls.map(({ id, name, input }) => ({
        type: 'tool-call' as const,
        toolCallId: id,
        toolName: name,
        input: JSON.stringify(input),
      })),
    ],
    finishReason: { unified: calls.length === 0 ? 'stop' : 'tool-calls', raw: undefined },
    // What a call costs is counted where it is made.
    usage: { inputTokens: unknown, outputTokens: { total: undefined, text: undefined, reasoning: undefined } },
    warnings: [],
  };
}

function messagesOf(prompt: Prompt): readonly ChatMessage[] {
  return prompt.flatMap((message): readonly ChatMessage[] => {
    if (message.role === 'system') return [{ role: 'system', text: message.content }];
    const { role, content } = message;
    switch (role) {
      case 'user':
        return [{ role, text: textOf(content) }];
      case 'assistant':
        return [{ role, text: textOf(content), toolCalls: content.filter(isCall).map(callOf) }];
      case 'tool':
        return content
          .filter(isResult)
          .map((part) => ({ role, toolCallId: part.toolCallId, text: resultOf(part.output) }));
    }
  });
}

function isCall(part: Part): part is Called {
  return part.type === 'tool-call';
}

function isResult(part: Part): part is Result {
  return part.type === 'tool-result';
}

/** Its input is what this file made of it. */
function callOf({ toolCallId: id, toolName: name, input }: Called): ToolCall {
  return { id, name, input: input as JsonObject };
}

function textOf(parts: readonly Part[]): string {
  return parts.flatMap((part) => (part.type === 'text' && 'text' in part ? [String(part.text)] : [])).join('');
}

function resultOf(output: Part): string {
  const value = 'value' in output ? output.value : '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
