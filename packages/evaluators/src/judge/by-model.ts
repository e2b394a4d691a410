/** What checks have in common that compare by themselves, and ask a judge instead when their parameters name a model. */
import type { CheckContext, Json, Models, ModelSpec, Subject, Verdict } from '@telos/core';
import { judge } from './judge.ts';
import { JudgeParams } from './judge-params.ts';

/** The parameter that asks a judge instead. */
export const modelInstead = JudgeParams.shape.model
  .unwrap()
  .optional()
  .describe('Asks this model instead; without it, the local form.');

export type Judging = {
  readonly model: ModelSpec;
  readonly rubric: readonly string[];
  readonly min: number;
  readonly reference?: Json;
};

/** Puts a rubric of the check's own before the model. */
export function judgeInstead(
  models: Models,
): (subject: Subject, judging: Judging, context: CheckContext) => Promise<Verdict> {
  const judged = judge(models);
  return (subject, judging, context) => judged.score(subject, JudgeParams.parse(judging), context);
}
