/** A chat model of an Ollama, through LangChain, which is loaded at the first call. */
import type { AIMessageChunk } from '@langchain/core/messages';
import type { ChatModel, ChatPart, ChatRequest, Clock, FinishReason } from '@telos/core';
import { estimatePromptTokens } from '../estimate-tokens.ts';
import type { CallSite } from '../http/provider-failure.ts';
import { providerStream } from '../http/provider-stream.ts';
import { withSchemaInstruction } from '../json/schema-instruction.ts';
import { chatParts } from '../langchain/chat-parts.ts';
import { toLangChainMessages, toLangChainTools } from '../langchain/to-langchain.ts';
import { createToolNames } from '../langchain/tool-names.ts';
import { ollamaFetch } from './ollama-fetch.ts';

export function createOllamaChatModel(baseUrl: string, model: string, clock: Clock): ChatModel {
  return {
    ref: `ollama/${model}`,
    stream: (request, signal) =>
      providerStream(
        signal,
        () => ollamaSite(baseUrl, model, clock.now()),
        (signal) => attempt(baseUrl, model, request, signal),
      ),
  };
}

export function ollamaSite(baseUrl: string, model: string, now: number): CallSite {
  return {
    ref: `ollama/${model}`,
    host: URL.parse(baseUrl)?.host ?? baseUrl,
    notFound: 'MODEL_NOT_INSTALLED',
    notFoundNext: `Install it with \`ollama pull ${model}\`.`,
    now,
  };
}

async function* attempt(
  baseUrl: string,
  model: string,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatPart> {
  const { ChatOllama } = await import('@langchain/ollama');
  const context = contextTokens(request);
  const chat = new ChatOllama({
    model,
    baseUrl,
    maxRetries: 0,
    fetch: ollamaFetch(signal),
    // With thinking on, Ollama does not enforce a schema.
    ...(request.schema === undefined ? {} : { format: { ...request.schema }, think: false }),
    ...(request.temperature === undefined ? {} : { temperature: request.temperature }),
    ...(request.maxTokens === undefined ? {} : { numPredict: request.maxTokens }),
    ...(context === undefined ? {} : { numCtx: context }),
  });
  const names = createToolNames(request.tools ?? []);
  const asked =
    request.schema === undefined ? request.messages : withSchemaInstruction(request.messages, request.schema);
  const chunks = await chat.stream(await toLangChainMessages(asked, names), {
    signal,
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: toLangChainTools(request.tools, names) }),
  });
  yield* chatParts(chunks, request, names, { finish: finishOf });
}

function finishOf(chunk: AIMessageChunk): FinishReason | undefined {
  const reason: unknown = Reflect.get(chunk.response_metadata, 'done_reason');
  if (typeof reason !== 'string') return undefined;
  return reason === 'length' ? 'length' : 'stop';
}

/** Ollama's own default, in tokens; it drops the beginning of a longer prompt without a word. */
const usualContext = 4096;
const largestContext = 131_072;

/** The context to ask for: undefined where the usual one holds the prompt and its answer, else the next power of two. */
export function contextTokens(request: ChatRequest): number | undefined {
  const schema = request.schema === undefined ? 0 : JSON.stringify(request.schema).length / 4;
  const need = estimatePromptTokens(request.messages) * 1.2 + schema + (request.maxTokens ?? 1024);
  if (need <= usualContext) return undefined;
  return Math.min(largestContext, 2 ** Math.ceil(Math.log2(need)));
}
