/** What judging may cost, told before a model is asked: for budgets, which set it aside. */
import { noUsage } from '@telos/core';
import type { AnyCheck, Models, ModelSpec, Subject, Usage } from '@telos/core';
import { z } from 'zod';
import { JudgeParams } from './judge-params.ts';

const Asking = z.looseObject({ model: JudgeParams.shape.model.unwrap().optional() });

/** In characters: what a judge is told beside the subject and the check's own parameters. */
const instructions = 3000;

/**
 * So many questions to a judge who is shown the subject, its input and sources, and the parameters; asked again costs more.
 *
 * @param answerTokens Of each answer; absent: as many as a model may write.
 */
export async function judgingCost(
  models: Pick<Models, 'estimate'>,
  subject: Subject,
  params: { readonly model: ModelSpec },
  { questions = 1, answerTokens }: { readonly questions?: number; readonly answerTokens?: number | undefined } = {},
): Promise<Usage> {
  const { text, input, sources } = subject;
  const shown = `${text}${JSON.stringify([input, sources, params])}${' '.repeat(instructions)}`;
  const one = await models.estimate({
    model: params.model,
    messages: [{ role: 'user', text: shown }],
    ...(answerTokens === undefined ? {} : { maxTokens: answerTokens }),
  });
  return {
    input_tokens: one.input_tokens * questions,
    output_tokens: one.output_tokens * questions,
    usd: one.usd * questions,
    ms: one.ms * questions,
    calls: one.calls * questions,
  };
}

/**
 * A check that says what it may cost, and where it sends what it judges: one question to the model that its parameters
 * name, and nothing where they name none.
 */
export function withModel(check: AnyCheck, models: Pick<Models, 'estimate' | 'hosts'>): AnyCheck {
  const modelIn = (params: unknown): ModelSpec | undefined => Asking.safeParse(params).data?.model;
  return {
    ...check,
    async estimate(subject: Subject, params: unknown, answerTokens?: number) {
      if (check.estimate !== undefined) return check.estimate(subject, params, answerTokens);
      const model = modelIn(params);
      return model === undefined
        ? noUsage
        : judgingCost(models, subject, { ...Object(params), model }, { answerTokens });
    },
    async sendsTo(params: unknown) {
      const model = modelIn(params);
      const hosts = model === undefined ? [] : ((await models.hosts?.({ chat: model })) ?? []);
      return hosts.map((host) => ({ host, model: true as const }));
    },
  };
}
