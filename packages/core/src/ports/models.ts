/**
 * Models behind one port. A model is named `provider/model` (`openai/gpt-5.2`,
 * `ollama/llama3.2`, `offline/extractive`) or `auto`, which takes what is reachable.
 */
import type { ErrorRecord, TelosError } from '../errors/telos-error.ts';
import type { Json, JsonSchema } from '../json.ts';
import type { ModelSpec } from '../program/program.ts';
import type { RateLimit } from '../run/events.ts';
import type { Usage } from '../usage.ts';
import type { Turn } from './turn.ts';

export type ToolCall = { readonly id: string; readonly name: string; readonly input: Json };

export type ChatMessage =
  | { readonly role: 'system' | 'user'; readonly text: string }
  | { readonly role: 'assistant'; readonly text: string; readonly toolCalls?: readonly ToolCall[] }
  | { readonly role: 'tool'; readonly toolCallId: string; readonly text: string };

/** A tool as a model sees it. */
export type ToolOffer = { readonly name: string; readonly description: string; readonly input: JsonSchema };

export type ChatRequest = {
  readonly messages: readonly ChatMessage[];
  readonly tools?: readonly ToolOffer[];
  /** The answer must be JSON of this schema. */
  readonly schema?: JsonSchema;
  /** In [0, 2]. */
  readonly temperature?: number;
  readonly maxTokens?: number;
};

export type FinishReason = 'stop' | 'length' | 'tool_calls' | 'content_filter';

/** What a model lets be seen of its work, in pieces: of what it thinks, and of a call as it forms. */
export type WorkPart =
  | { readonly type: 'thought'; readonly text: string }
  | {
      readonly type: 'tool_call_piece';
      /** From 0, of the calls of this answer. */
      readonly index: number;
      readonly name: string;
      /** The next piece of its arguments, which together are JSON. */
      readonly text: string;
    };

export type ChatPart =
  | { readonly type: 'text'; readonly text: string }
  | WorkPart
  | { readonly type: 'tool_call'; readonly call: ToolCall }
  | {
      readonly type: 'finish';
      readonly reason: FinishReason;
      readonly inputTokens: number;
      readonly outputTokens: number;
      /** Of the input tokens, those that the provider had cached and charges less for. */
      readonly cachedTokens?: number;
      /** The provider gave no counts: these are estimates. */
      readonly estimated?: true;
    };

/** One model of one provider. Nothing is retried here: the engine owns retries. */
export interface ChatModel {
  /** `provider/model`, never `auto`. */
  readonly ref: string;
  /**
   * Streams an answer; the last part is `finish`.
   * @throws TelosError MODEL_RATE_LIMITED, MODEL_UNAVAILABLE, MODEL_TIMEOUT, OUTPUT_INVALID (retryable), MODEL_REFUSED,
   *   MODEL_KEY_MISSING, MODEL_KEY_INVALID, MODEL_UNKNOWN, MODEL_NOT_INSTALLED, MODEL_REQUEST_INVALID (terminal).
   *   An abort closes the socket and rejects with the signal's reason.
   */
  stream(request: ChatRequest, signal: AbortSignal): AsyncIterable<ChatPart>;
}

export type GenerateRequest = ChatRequest & {
  readonly model: ModelSpec;
  /** How often an answer that is empty, cut off or off its schema may go back to the model with the reason; default 1. */
  readonly repairs?: number;
};

/** One exchange with one model, for the journal and the trace. */
export type Exchange = {
  readonly model: string;
  readonly startedAt: number;
  readonly messages: readonly ChatMessage[];
  readonly text: string;
  readonly toolCalls: readonly ToolCall[];
  /** `failed`: the call broke off; what had arrived is kept. */
  readonly finish: FinishReason | 'failed';
  readonly usage: Usage;
  /** Why `auto` was none of the providers that the settings name: a sentence each. */
  readonly passedOver?: readonly string[];
  /** The token counts are estimates: the provider gave none. */
  readonly estimated?: true;
  /** No price is known for the model: `usage.usd` is 0 for want of one. */
  readonly unpriced?: true;
  /** Why the call failed or its answer was thrown away. */
  readonly error?: ErrorRecord;
};

export type Generation = {
  /** The model that gave the answer, `provider/model`. */
  readonly model: string;
  readonly text: string;
  /** The parsed answer; present exactly when the request had a schema and the model called no tool. */
  readonly value?: Json;
  readonly toolCalls: readonly ToolCall[];
  readonly finish: FinishReason;
  /** Of every exchange together, repairs and fallbacks included. */
  readonly usage: Usage;
};

/** How a call shares with all others what a minute allows. */
export type Sharing = {
  readonly turn: Turn;
  /** Told of a call that has waited for a rate limit for a second; what it gives is called when that wait is over. */
  readonly onWait?: (limit: RateLimit) => () => void;
};

export type GenerateContext = {
  readonly signal: AbortSignal;
  /** Text as it arrives. */
  readonly onText?: (text: string) => void;
  /** Thoughts, and calls as they form, of the models that let them be seen. */
  readonly onWork?: (part: WorkPart) => void;
  /** Each exchange when it has ended, also one that was rejected or failed over. */
  readonly onExchange?: (exchange: Exchange) => void;
  /** Absent: its turn is that of those who name no share, and nobody is told when it waits. */
  readonly sharing?: Sharing | undefined;
};

export type ModelInfo = {
  readonly ref: string;
  readonly provider: string;
  readonly kind: 'chat' | 'embedding';
  /** Ready to be called: its key is set, or it is installed, or it needs neither. */
  readonly available: boolean;
  /** Why it is not available, or what it is. */
  readonly note?: string;
  /** US dollars for a million tokens, where known. */
  readonly price?: { readonly input: number; readonly output: number };
};

export type Embedding = {
  readonly model: string;
  /** Of equal length, one a text, in order. */
  readonly vectors: readonly Float32Array[];
  /** Of all requests together. */
  readonly usage?: Usage;
};

export interface Models {
  /**
   * Asks a model, or several in the order of a fallback, and gives a complete answer. The next model is asked when
   * one fails in any way but an abort; when all fail, the first retryable failure is thrown, else the last one.
   * Each exchange waits until the rate limits of its model have room for it.
   * @throws TelosError what `ChatModel.stream` throws; SCHEMA_INVALID before any call; OUTPUT_INVALID (retryable) when
   *   the answer is empty, cut off (`length`), or does not fit the schema after its repairs. An answer that is thrown away is still reported by `onExchange`.
   */
  generate(request: GenerateRequest, context: GenerateContext): Promise<Generation>;
  /**
   * Vectors, or undefined when no embedding model is reachable. The same model every time while it stays reachable.
   * @throws TelosError what `ChatModel.stream` throws, when a model was found and its call failed.
   */
  embed(texts: readonly string[], signal: AbortSignal, sharing?: Sharing): Promise<Embedding | undefined>;
  /**
   * What a request may cost at most, before it is made: input by the length of its text, output by `maxTokens`, or
   * 1,000 tokens without it. The dearest of a fallback. US dollars are 0 where no price is known.
   */
  estimate(request: Pick<GenerateRequest, 'model' | 'messages' | 'maxTokens'>): Promise<Usage>;
  /** What stands in the way of calling this model, found without calling it; undefined when nothing does. */
  problem(model: ModelSpec): Promise<TelosError | undefined>;
  /**
   * Hosts that a request to this model, or for vectors, is sent to; of a fallback, those of all. Empty when the model
   * is in the process, or there is none. Absent: all of them are.
   */
  hosts?(use: { readonly chat: ModelSpec } | 'embedding'): Promise<readonly string[]>;
  list(): Promise<readonly ModelInfo[]>;
}
