/**
 * A question to a judging model: asked once at temperature 0, once more when
 * the answer is not of the form wanted, and then given up as an `error`.
 */
import { addUsage, noUsage } from '@telos/core';
import type { ChatMessage, CheckContext, Exchange, Json, JsonSchema, Models, ModelSpec, Usage } from '@telos/core';

export type Question<T> = {
  readonly model: ModelSpec;
  readonly messages: readonly ChatMessage[];
  readonly schema: JsonSchema;
  /** Reads the answer, or says in words for the model what is wrong with it. */
  read(value: Json | undefined): { readonly answer: T } | { readonly problem: string };
  /** What to say after the problem: what is wanted again. */
  readonly again: string;
  /** What it did not do when it failed twice: "judge every criterion exactly once". */
  readonly task: string;
};

export type Answered<T> =
  | { readonly answer: T; readonly model: string; readonly usage: Usage }
  /** `reason`: why there is no answer. */
  | { readonly reason: string; readonly model?: string; readonly usage: Usage };

/** Rejects only on an abort. Every exchange is recorded. */
export async function askJudge<T>(models: Models, question: Question<T>, context: CheckContext): Promise<Answered<T>> {
  let usage: Usage = noUsage;
  const onExchange = (exchange: Exchange): void => {
    usage = addUsage(usage, exchange.usage);
    recordExchange(context, exchange);
  };
  const { model, messages, schema, read, again, task } = question;
  const request = { model, schema, temperature: 0 };
  const asking = { signal: context.signal, sharing: context.sharing, onExchange };
  try {
    let given = await models.generate({ ...request, messages }, asking);
    let reading = read(given.value);
    if ('problem' in reading) {
      const retold: readonly ChatMessage[] = [
        ...messages,
        { role: 'assistant', text: given.text },
        { role: 'user', text: `That does not do: ${reading.problem}. ${again}` },
      ];
      given = await models.generate({ ...request, messages: retold }, asking);
      reading = read(given.value);
    }
    if ('problem' in reading)
      return {
        reason: `${given.model} did not ${task}, asked twice: ${reading.problem}.`,
        model: given.model,
        usage,
      };
    return { answer: reading.answer, model: given.model, usage };
  } catch (error) {
    context.signal.throwIfAborted();
    const reason = error instanceof Error ? error.message : String(error);
    return { reason: `The judge could not be asked: ${reason}`, usage };
  }
}

function recordExchange(context: CheckContext, exchange: Exchange): void {
  context.record({
    kind: 'chat',
    name: exchange.model,
    startedAt: exchange.startedAt,
    ms: exchange.usage.ms,
    input: { messages: exchange.messages.map(({ role, text }) => ({ role, text })) },
    output: exchange.text,
    usage: exchange.usage,
    attributes: { finish: exchange.finish, purpose: 'judge' },
  });
}
