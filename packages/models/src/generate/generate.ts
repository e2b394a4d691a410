/**
 * One answer from one model or from the first of several that gives one.
 *
 *   each model in turn:  admission -> ask -> read the answer -> usable: done
 *                                                            -> not usable: the reasons go back to it, `repairs` times
 *                        then the next model; after the last, the failure is thrown
 *
 * Every exchange is reported, also those that are thrown away. Nothing here
 * retries after a provider's failure: the engine owns retries.
 */
import { addUsage, noUsage, TelosError } from '@telos/core';
import type {
  ChatMessage,
  ChatRequest,
  Exchange,
  GenerateContext,
  GenerateRequest,
  Generation,
  Schemas,
} from '@telos/core';
import { estimatePromptTokens, usualAnswer } from '../estimate-tokens.ts';
import type { Admit } from '../rate-limits/admission.ts';
import type { ResolvedModel, ResolveModel } from '../resolve-model.ts';
import { readAnswer } from './read-answer.ts';
import { runExchange } from './run-exchange.ts';
import type { ExchangeSettings } from './run-exchange.ts';

export type GenerateSettings = ExchangeSettings & {
  readonly resolve: ResolveModel;
  readonly admit: Admit;
  readonly schemas: Schemas;
};

export async function generate(
  settings: GenerateSettings,
  request: GenerateRequest,
  context: GenerateContext,
): Promise<Generation> {
  const refs = typeof request.model === 'string' ? [request.model] : request.model.fallback;
  // A schema that is none is the author's fault: said before anything is spent.
  if (request.schema !== undefined) settings.schemas.issues(request.schema, null);

  let spent = noUsage;
  const report = (exchange: Exchange): void => {
    spent = addUsage(spent, exchange.usage);
    context.onExchange?.(exchange);
  };
  const failures: TelosError[] = [];
  for (const ref of refs) {
    context.signal.throwIfAborted();
    try {
      const answer = await answerOf(settings, await settings.resolve(ref), request, context, report);
      return { ...answer, usage: spent };
    } catch (error) {
      context.signal.throwIfAborted();
      if (!(error instanceof TelosError) || error.kind === 'bug') throw error;
      failures.push(error);
    }
  }
  throw (
    failures.find(({ kind }) => kind === 'retryable') ??
    failures.at(-1) ??
    new TelosError('MODEL_UNKNOWN', 'The list of models to fall back on is empty.')
  );
}

type Answer = Omit<Generation, 'usage'>;

async function answerOf(
  settings: GenerateSettings,
  target: ResolvedModel,
  request: GenerateRequest,
  context: GenerateContext,
  report: (exchange: Exchange) => void,
): Promise<Answer> {
  const { model: _model, repairs = 1, ...asked } = request;
  const offered = (asked.tools ?? []).length > 0;
  let conversation: readonly ChatMessage[] = asked.messages;
  for (let repair = 0; ; repair += 1) {
    const turn: ChatRequest = { ...asked, messages: conversation };
    const mostTokens = estimatePromptTokens(conversation) + (asked.maxTokens ?? usualAnswer);
    const admitted = await settings.admit(target, mostTokens, context.signal, context.sharing);
    const { exchange, failure } = await runExchange(settings, target, turn, context.signal, context);
    admitted.settle(exchange.usage.input_tokens + exchange.usage.output_tokens);
    if (failure !== undefined && !isRepairable(failure)) {
      report(exchange);
      throw failure;
    }
    if (exchange.finish === 'content_filter') {
      const error = new TelosError('MODEL_REFUSED', `${target.ref} withheld its answer (content filter).`, {
        details: { model: target.ref },
      });
      report({ ...exchange, error: recordOf(error) });
      throw error;
    }
    const read =
      failure === undefined
        ? readAnswer(exchange, { schema: asked.schema, offered }, settings.schemas)
        : { usable: false as const, reasons: [failure.message] };
    if (read.usable) {
      report(exchange);
      return {
        model: target.ref,
        text: exchange.text,
        ...(read.value === undefined ? {} : { value: read.value }),
        toolCalls: offered ? exchange.toolCalls : [],
        finish: exchange.finish === 'failed' || !offered ? 'stop' : exchange.finish,
      };
    }
    const error = outputInvalid(target.ref, exchange, read.reasons);
    report({ ...exchange, error: recordOf(error) });
    if (repair >= repairs) throw error;
    conversation = withReasons(asked.messages, exchange.text, read.reasons, asked.schema !== undefined);
  }
}

/** A stream may find its own answer malformed (the arguments of a tool call); that goes back like any other fault. */
function isRepairable(failure: unknown): failure is TelosError {
  return failure instanceof TelosError && failure.code === 'OUTPUT_INVALID' && failure.kind === 'retryable';
}

function outputInvalid(ref: string, exchange: Exchange, reasons: readonly string[]): TelosError {
  return new TelosError('OUTPUT_INVALID', `The answer of ${ref} cannot be used: ${reasons.join('; ')}`, {
    details: { model: ref, finish: exchange.finish, reasons: [...reasons], characters: exchange.text.length },
  });
}

/** The original request, the answer that was no good, and why. Earlier repairs are left out: the last fault is what counts. */
function withReasons(
  messages: readonly ChatMessage[],
  answer: string,
  reasons: readonly string[],
  json: boolean,
): readonly ChatMessage[] {
  const ask = json ? 'Answer again, whole and corrected, with JSON alone.' : 'Answer again.';
  return [
    ...messages,
    // Providers reject an assistant message without content.
    ...(answer.trim() === '' ? [] : [{ role: 'assistant' as const, text: answer }]),
    {
      role: 'user',
      text: `Your answer cannot be used:\n${reasons.map((reason) => `- ${reason}`).join('\n')}\n${ask}`,
    },
  ];
}

function recordOf(error: TelosError): NonNullable<Exchange['error']> {
  const { code, kind, message, next, details } = error;
  return { code, kind, message, next, details };
}
