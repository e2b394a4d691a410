import type { Check, Json, Models, Subject } from '@telos/core';
import { errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { askJudge } from './ask-judge.ts';
import type { Question } from './ask-judge.ts';
import { criteriaOf, JudgeParams } from './judge-params.ts';
import type { Criterion } from './judge-params.ts';
import { judgePrompt, judgeSchema } from './judge-prompt.ts';
import { readVerdicts, weightedMean } from './read-verdicts.ts';
import type { CriterionVerdict } from './read-verdicts.ts';

/**
 * A rubric scored by a model. The model says of each criterion whether it is
 * met; the score is computed here. An answer that does not judge every criterion
 * exactly once goes back to the model once, and is then an `error`.
 */
export function judge(models: Models): Check<JudgeParams> {
  return {
    name: 'judge',
    description: 'A rubric that a model scores, criterion by criterion; the score is their weighted mean.',
    params: JudgeParams,
    needs: 'model',
    async score(subject, params, context) {
      context.signal.throwIfAborted();
      if (subject.text.trim() === '') {
        return { score: 0, verdict: 'fail', reason: 'The output is empty, so it meets no criterion.' };
      }
      const criteria = criteriaOf(params);
      const answered = await askJudge(models, rubricQuestion(subject, params, criteria), context);
      if (!('answer' in answered)) return { ...errorVerdict(answered.reason), usage: answered.usage };
      const { answer: verdicts, model, usage } = answered;
      const score = weightedMean(verdicts);
      return {
        score,
        verdict: verdictOf(score, params.min),
        reason: reasonOf(verdicts),
        evidence: { model, criteria: verdicts.map((each): Json => each) },
        usage,
      };
    },
  };
}

/** What a judge is asked about each criterion. */
export function rubricQuestion(
  subject: Subject,
  { model, scale, reference }: Pick<JudgeParams, 'model' | 'scale' | 'reference'>,
  criteria: readonly Criterion[],
): Question<readonly CriterionVerdict[]> {
  return {
    model,
    messages: judgePrompt(subject, criteria, scale, reference),
    schema: judgeSchema(criteria, scale),
    read(value) {
      const reading = readVerdicts(value, criteria);
      return 'problem' in reading ? reading : { answer: reading.verdicts };
    },
    again: `Give all verdicts again, exactly one for each of the ${criteria.length} criteria.`,
    task: 'judge every criterion exactly once',
  };
}

function brief(reason: string): string {
  const line = reason.replace(/\s+/g, ' ').replace(/\.$/, '');
  return line.length <= 300 ? line : `${line.slice(0, 299).toWellFormed()}…`;
}

function reasonOf(verdicts: readonly CriterionVerdict[]): string {
  const unmet = verdicts.filter(({ met }) => met < 1).sort((left, right) => left.met - right.met);
  if (unmet.length === 0) return `All ${verdicts.length} criteria are met.`;
  const shown = unmet.slice(0, 3).map(({ criterion, met, reason }) => {
    const degree = met === 0 ? 'Not met' : `Met to ${Math.round(met * 100)}%`;
    return `${degree}: ${quoted(criterion)}${reason === '' ? '' : ` (${brief(reason)})`}.`;
  });
  return `${verdicts.length - unmet.length} of ${verdicts.length} criteria are met. ${shown.join(' ')}`;
}
