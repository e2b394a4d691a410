/**
 * Answers over OpenAI's protocol, through LangChain. The provider loads this file,
 * and this file LangChain, at the first call.
 *
 * Compatible servers differ in what they take. A field that a server rejects by
 * name (`response_format`, `temperature`, `stream_options`) is left out from
 * then on, and the request is sent once more without it; a schema is then asked
 * for in words. That is no retry: nothing had been generated.
 */
import type { AIMessageChunk } from '@langchain/core/messages';
import { TelosError } from '@telos/core';
import type { ChatPart, ChatRequest, Clock, FinishReason } from '@telos/core';
import { fetchWithShortErrors } from '../http/http-failure.ts';
import { tracedFetch } from '../http/traced-fetch.ts';
import { providerStream } from '../http/provider-stream.ts';
import { fitsStrictMode, isObjectSchema } from '../json/strict-schema.ts';
import { withSchemaInstruction } from '../json/schema-instruction.ts';
import { chatParts } from '../langchain/chat-parts.ts';
import { toLangChainMessages, toLangChainTools } from '../langchain/to-langchain.ts';
import { createToolNames } from '../langchain/tool-names.ts';
import { keyMissing, openAISite } from './openai-endpoint.ts';
import type { OpenAIEndpoint } from './openai-endpoint.ts';

const optionalFields = ['response_format', 'temperature', 'stream_options'] as const;
type OptionalField = (typeof optionalFields)[number];

/** Fields that a model is known to reject, by model name; shared by all calls of one endpoint. */
export type RejectedFields = Map<string, Set<OptionalField>>;

/** One model of one endpoint. */
export type OpenAIModel = {
  readonly endpoint: OpenAIEndpoint;
  readonly model: string;
  readonly rejected: RejectedFields;
  readonly clock: Clock;
  /** W3C trace context that its requests carry. */
  readonly traceparent: string | undefined;
};

/** The answer to a request, as `ChatModel.stream` promises it. */
export function openAIAnswer(
  { endpoint, model, rejected, clock, traceparent }: OpenAIModel,
  request: ChatRequest,
  signal: AbortSignal,
): AsyncIterable<ChatPart> {
  const site = () => openAISite(endpoint, model, clock.now());
  return providerStream(signal, site, async function* open(signal) {
    const { key } = endpoint;
    if (key === undefined) throw keyMissing(model);
    const left = rejected.get(model) ?? new Set();
    rejected.set(model, left);
    for (;;) {
      let begun = false;
      try {
        for await (const part of attempt({ ...endpoint, key, traceparent }, model, request, left, signal)) {
          begun = true;
          yield part;
        }
        return;
      } catch (error) {
        const field = begun ? undefined : rejectedField(error, left);
        if (field === undefined) throw error;
        left.add(field);
      }
    }
  });
}

async function* attempt(
  endpoint: OpenAIEndpoint & Pick<OpenAIModel, 'traceparent'> & { readonly key: string },
  model: string,
  request: ChatRequest,
  left: ReadonlySet<OptionalField>,
  signal: AbortSignal,
): AsyncGenerator<ChatPart> {
  const { ChatOpenAI } = await import('@langchain/openai');
  const chat = new ChatOpenAI({
    model,
    apiKey: endpoint.key,
    maxRetries: 0,
    streamUsage: !left.has('stream_options'),
    // LangChain's converter drops `delta.refusal`; the raw event keeps it.
    __includeRawResponse: true,
    configuration: {
      baseURL: endpoint.baseUrl,
      logLevel: 'off',
      fetch: tracedFetch(fetchWithShortErrors, endpoint.traceparent),
    },
    ...(request.temperature === undefined || left.has('temperature') ? {} : { temperature: request.temperature }),
    ...(request.maxTokens === undefined ? {} : { maxTokens: request.maxTokens }),
  });
  const names = createToolNames(request.tools ?? []);
  const { schema } = request;
  const enforced = schema !== undefined && isObjectSchema(schema) && !left.has('response_format');
  const trusted = enforced && endpoint.own;
  const asked = schema === undefined || trusted ? request.messages : withSchemaInstruction(request.messages, schema);
  const chunks = await chat.stream(await toLangChainMessages(asked, names), {
    signal,
    ...(request.tools === undefined || request.tools.length === 0
      ? {}
      : { tools: toLangChainTools(request.tools, names) }),
    ...(enforced
      ? {
          response_format: {
            type: 'json_schema' as const,
            json_schema: { name: 'answer', schema: { ...schema }, strict: fitsStrictMode(schema) },
          },
        }
      : {}),
  });
  yield* chatParts(chunks, request, names, {
    finish: finishOf,
    inspect: (chunk) => throwRefusal(chunk, model),
    thought: (chunk) => deltaOf(chunk, 'reasoning'),
  });
}

/** The optional field that a 400 complains of, unless it was already left out. */
function rejectedField(error: unknown, left: ReadonlySet<OptionalField>): OptionalField | undefined {
  if (typeof error !== 'object' || error === null) return undefined;
  const status: unknown = Reflect.get(error, 'status');
  if (status !== 400 && status !== 422) return undefined;
  const said = `${String(Reflect.get(error, 'param') ?? '')} ${String(Reflect.get(error, 'message') ?? '')}`;
  return optionalFields.find((field) => !left.has(field) && said.includes(field));
}

/** Reads the finish reason of chat completions (`finish_reason`) or of responses (`status`). */
export function finishOf(chunk: Pick<AIMessageChunk, 'response_metadata'>): FinishReason | undefined {
  const {
    finish_reason: reason,
    status,
    incomplete_details: details,
  } = chunk.response_metadata as {
    readonly [key: string]: unknown; // LangChain types it as a record of any
  };
  if (typeof reason === 'string') {
    if (reason === 'length' || reason === 'content_filter') return reason;
    return reason === 'tool_calls' || reason === 'function_call' ? 'tool_calls' : 'stop';
  }
  if (status === 'completed') return 'stop';
  if (status !== 'incomplete') return undefined;
  return typeof details === 'object' && details !== null && Reflect.get(details, 'reason') === 'content_filter'
    ? 'content_filter'
    : 'length';
}

function throwRefusal(chunk: AIMessageChunk, model: string): void {
  const refusal = deltaOf(chunk, 'refusal') || chunk.additional_kwargs.refusal;
  if (typeof refusal !== 'string' || refusal === '') return;
  throw new TelosError('MODEL_REFUSED', `openai/${model} refused to answer: ${refusal.slice(0, 300)}`, {
    details: { model: `openai/${model}` },
  });
}

/** A text of the raw event that LangChain's converter drops; '' where there is none. */
function deltaOf(chunk: AIMessageChunk, field: 'refusal' | 'reasoning'): string {
  const raw = chunk.additional_kwargs.__raw_response as
    | { readonly choices?: readonly { readonly delta?: { readonly [field: string]: unknown } }[] }
    | undefined; // the event as OpenAI documents it; every field is read as optional
  const text = raw?.choices?.[0]?.delta?.[field];
  return typeof text === 'string' ? text : '';
}
