/** LangChain's stream of message chunks as our parts. */
import type { AIMessageChunk, UsageMetadata } from '@langchain/core/messages';
import type { ChatPart, ChatRequest, FinishReason } from '@telos/core';
import { estimatePromptTokens, estimateTokens } from '../estimate-tokens.ts';
import { collectToolCalls } from './collect-tool-calls.ts';
import type { ToolNames } from './tool-names.ts';

/** What a provider's LangChain model puts where. */
export type ChunkReader = {
  /** The finish reason, when this chunk carries one. */
  finish(chunk: AIMessageChunk): FinishReason | undefined;
  /** Called with every chunk before it is read; may throw, for example on a refusal. */
  inspect?(chunk: AIMessageChunk): void;
  /** What it thinks, where that is not in LangChain's own place; '' for nothing. */
  thought?(chunk: AIMessageChunk): string;
};

/** Ends without a `finish` part when the stream did: the caller takes that for a broken connection. */
export async function* chatParts(
  chunks: AsyncIterable<AIMessageChunk>,
  request: ChatRequest,
  names: ToolNames,
  reader: ChunkReader,
): AsyncGenerator<ChatPart> {
  const collector = collectToolCalls(names);
  let finish: FinishReason | undefined;
  let counted: UsageMetadata | undefined;
  let text = '';
  for await (const chunk of chunks) {
    reader.inspect?.(chunk);
    const thought = thoughtIn(chunk) || (reader.thought?.(chunk) ?? '');
    if (thought !== '') yield { type: 'thought', text: thought };
    if (chunk.text !== '') {
      text += chunk.text;
      yield { type: 'text', text: chunk.text };
    }
    yield* collector.add(chunk.tool_call_chunks ?? []);
    finish = reader.finish(chunk) ?? finish;
    if (chunk.usage_metadata !== undefined) counted = chunk.usage_metadata;
  }
  if (finish === undefined) return;
  const calls = finish === 'length' ? [] : collector.calls();
  for (const call of calls) yield { type: 'tool_call', call };
  const reason = calls.length > 0 && finish === 'stop' ? 'tool_calls' : finish;
  if (counted !== undefined && counted.input_tokens + counted.output_tokens > 0) {
    const cached = counted.input_token_details?.cache_read ?? 0;
    yield {
      type: 'finish',
      reason,
      inputTokens: counted.input_tokens,
      outputTokens: counted.output_tokens,
      ...(cached > 0 ? { cachedTokens: cached } : {}),
    };
  } else {
    const called = calls.reduce((sum, call) => sum + estimateTokens(JSON.stringify(call.input)), 0);
    yield {
      type: 'finish',
      reason,
      inputTokens: estimatePromptTokens(request.messages),
      outputTokens: estimateTokens(text) + called,
      estimated: true,
    };
  }
}

/** Servers of OpenAI's protocol send it as `reasoning_content`, Ollama as `thinking`; LangChain keeps both here. */
function thoughtIn(chunk: AIMessageChunk): string {
  const { reasoning_content: thought } = chunk.additional_kwargs as { readonly reasoning_content?: unknown };
  return typeof thought === 'string' ? thought : '';
}
