/** One request to one model, read to its end, with what it cost. */
import { errorRecordOf, TelosError } from '@telos/core';
import type { ChatMessage, ChatRequest, Clock, Exchange, FinishReason, GenerateContext, ToolCall } from '@telos/core';
import { estimatePromptTokens, estimateTokens } from '../estimate-tokens.ts';
import type { PriceList, TokenCounts } from '../price-list.ts';
import type { ResolvedModel } from '../resolve-model.ts';
import { withSilenceLimit } from './silence-limit.ts';

export type ExchangeSettings = { readonly clock: Clock; readonly prices: PriceList; readonly silenceMs: number };

export type ExchangeResult = {
  readonly exchange: Exchange;
  /** What was thrown, when the call broke off. */
  readonly failure?: unknown;
};

/** In UTF-16 units; several times what any model gives in one answer. */
const longestAnswer = 4_000_000;

/** Never rejects: a call that fails is an exchange too, and may have cost something. */
export async function runExchange(
  settings: ExchangeSettings,
  target: ResolvedModel,
  request: ChatRequest,
  signal: AbortSignal,
  { onText, onWork }: Pick<GenerateContext, 'onText' | 'onWork'>,
): Promise<ExchangeResult> {
  const { clock, prices, silenceMs } = settings;
  const chat = target.provider.chat(target.model);
  const startedAt = clock.now();
  const toolCalls: ToolCall[] = [];
  let text = '';
  let worked = 0;
  let finish: FinishReason | 'failed' = 'failed';
  let counted: (TokenCounts & { readonly estimated?: true }) | undefined;
  let failure: { readonly error: unknown } | undefined;
  try {
    const parts = withSilenceLimit(clock, silenceMs, chat.ref, signal, (signal) => chat.stream(request, signal));
    for await (const part of parts) {
      switch (part.type) {
        case 'text':
          text += part.text;
          if (text.length > longestAnswer) throw endless(target.ref);
          onText?.(part.text);
          break;
        case 'thought':
        case 'tool_call_piece':
          worked += part.text.length;
          if (worked > longestAnswer) throw endless(target.ref);
          onWork?.(part);
          break;
        case 'tool_call':
          toolCalls.push(part.call);
          break;
        case 'finish':
          finish = part.reason;
          counted = part;
      }
    }
  } catch (error) {
    failure = { error };
    finish = 'failed';
  }
  const tokens = counted ?? brokenOff(request.messages, text);
  const usd = await prices.cost(target.provider, target.model, tokens);
  const exchange: Exchange = {
    model: target.ref,
    startedAt,
    messages: request.messages,
    text,
    toolCalls,
    finish,
    usage: {
      input_tokens: tokens.inputTokens,
      output_tokens: tokens.outputTokens,
      usd: usd ?? 0,
      ms: clock.now() - startedAt,
      calls: 1,
    },
    ...(target.passedOver === undefined ? {} : { passedOver: target.passedOver }),
    ...(tokens.estimated === true ? { estimated: true } : {}),
    ...(usd === undefined ? { unpriced: true } : {}),
    ...(failure === undefined ? {} : { error: errorRecordOf(failure.error) }),
  };
  return failure === undefined ? { exchange } : { exchange, failure: failure.error };
}

/** Terminal: asked again, a model that does not stop would cost the same again. */
function endless(ref: string): TelosError {
  return new TelosError('OUTPUT_INVALID', `${ref} did not stop after ${longestAnswer} characters.`, {
    kind: 'terminal',
    next: 'Bound its answers with `max_tokens`, or choose another model.',
    details: { model: ref },
  });
}

/** What a call that broke off is likely to be charged: nothing when it failed before a word. */
function brokenOff(messages: readonly ChatMessage[], text: string): TokenCounts & { readonly estimated?: true } {
  if (text === '') return { inputTokens: 0, outputTokens: 0 };
  return { inputTokens: estimatePromptTokens(messages), outputTokens: estimateTokens(text), estimated: true };
}
