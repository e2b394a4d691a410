/** Models that say what a test scripted, in the order in which they are asked. */
import { noUsage, TelosError } from '@telos/core';
import type { Exchange, GenerateRequest, Generation, Json, Models } from '@telos/core';
import { noModels } from '@telos/testkit/models';

/** An answer as JSON, the text of one that is no JSON, or a failure. */
export type Scripted = { readonly answer: Json } | { readonly text: string } | { readonly fails: TelosError };

export type ScriptedModels = Models & { readonly asked: readonly GenerateRequest[] };

const usage = { ...noUsage, input_tokens: 100, output_tokens: 20, usd: 0.001, ms: 5, calls: 1 };

/** @param ref The model that `auto` stands for. After the last answer the script ends in an error. */
export function scriptedModels(script: readonly Scripted[], ref = 'openai/scripted'): ScriptedModels {
  const asked: GenerateRequest[] = [];
  return {
    ...noModels,
    asked,
    async generate(request, { signal, onText, onExchange }): Promise<Generation> {
      signal.throwIfAborted();
      const next = script[asked.length];
      asked.push(request);
      if (next === undefined) throw new Error('The script has no more answers.');
      if ('fails' in next) throw next.fails;
      const text = 'text' in next ? next.text : JSON.stringify(next.answer);
      onText?.(text);
      const exchange: Exchange = {
        model: ref,
        startedAt: 0,
        messages: request.messages,
        text,
        toolCalls: [],
        finish: 'stop',
        usage,
      };
      onExchange?.(exchange);
      if ('text' in next) throw new TelosError('OUTPUT_INVALID', `The answer of ${ref} cannot be used: it is no JSON`);
      return { model: ref, text, value: next.answer, toolCalls: [], finish: 'stop', usage };
    },
  };
}
