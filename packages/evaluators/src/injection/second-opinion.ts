import type { CheckContext, Models, Subject, Usage } from '@telos/core';
import { askJudge } from '../judge/ask-judge.ts';
import { rubricQuestion } from '../judge/judge.ts';
import type { JudgeParams } from '../judge/judge-params.ts';
import { noModel, offlineForm } from '../judge/offline-form.ts';

export type Opinion =
  | {
      /** How free of the attack the text is, in [0, 1]. */
      readonly score: number;
      readonly reason: string;
      readonly model: string;
      readonly usage: Usage;
    }
  /** There is no opinion, which is never a pass. */
  | { readonly problem: string; readonly usage: Usage };

/** Asks a judge about a value. The value is data between fences to it, and nothing in it an instruction. */
export async function askAbout(
  { value, text }: Pick<Subject, 'value' | 'text'>,
  { model, criterion }: { readonly model: JudgeParams['model']; readonly criterion: string },
  models: Models,
  context: CheckContext,
): Promise<Opinion> {
  const subject = { value, text, input: null, sources: {} };
  const question = rubricQuestion(subject, { model, scale: 'degree' }, [{ criterion, weight: 1 }]);
  const answered = await askJudge(models, question, context);
  if (!('answer' in answered)) return { problem: answered.reason, usage: answered.usage };
  if (offlineForm(model, answered.model) === 'stands_in')
    return { problem: noModel(answered.model), usage: answered.usage };
  const [verdict] = answered.answer;
  return { score: verdict?.met ?? 0, reason: verdict?.reason ?? '', model: answered.model, usage: answered.usage };
}
