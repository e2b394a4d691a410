/** Answers of an Ollama, through LangChain. The provider loads this file, and this file LangChain, at the first call. */
import type { AIMessageChunk } from '@langchain/core/messages';
import type { ChatPart, ChatRequest, Clock, FinishReason } from '@telos/core';
import { estimatePromptTokens } from '../estimate-tokens.ts';
import { tracedFetch } from '../http/traced-fetch.ts';
import { providerStream } from '../http/provider-stream.ts';
import { withSchemaInstruction } from '../json/schema-instruction.ts';
import { chatParts } from '../langchain/chat-parts.ts';
import { toLangChainMessages, toLangChainTools } from '../langchain/to-langchain.ts';
import { createToolNames } from '../langchain/tool-names.ts';
import { ollamaFetch } from './ollama-fetch.ts';
import { ollamaSite } from './ollama-host.ts';

export type OllamaModel = {
  readonly baseUrl: string;
  readonly model: string;
  readonly clock: Clock;
  /** W3C trace context that its requests carry. */
  readonly traceparent: string | undefined;
};

/** The answer to a request, as `ChatModel.stream` promises it. */
export function ollamaAnswer(
  { baseUrl, model, clock, traceparent }: OllamaModel,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncIterable<ChatPart> {
  const site = () => ollamaSite(baseUrl, model, clock.now());
  return providerStream(signal, site, (signal) => attempt({ baseUrl, model, traceparent }, request, signal));
}

async function* attempt(
  { baseUrl, model, traceparent }: Omit<OllamaModel, 'clock'>,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncGenerator<ChatPart> {
  const { ChatOllama } = await import('@langchain/ollama');
  const context = contextTokens(request);
  const chat = new ChatOllama({
    model,
    baseUrl,
    maxRetries: 0,
    fetch: tracedFetch(ollamaFetch(signal), traceparent),
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
