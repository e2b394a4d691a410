import { addUsage, noUsage } from '@telos/core';
import type { Check, CheckContext, Exchange, Json, Models, Usage, Verdict } from '@telos/core';
import { errorVerdict, quoted, verdictOf } from '../define-check.ts';
import { criteriaOf, JudgeParams } from './judge-params.ts';
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
      let usage: Usage = noUsage;
      const onExchange = (exchange: Exchange): void => {
        usage = addUsage(usage, exchange.usage);
        recordExchange(context, exchange);
      };
      try {
        return { ...(await judged(models, subject, params, { signal: context.signal, onExchange })), usage };
      } catch (error) {
        context.signal.throwIfAborted();
        const reason = error instanceof Error ? error.message : String(error);
        return { ...errorVerdict(`The judge could not be asked: ${reason}`), usage };
      }
    },
  };
}

async function judged(
  models: Models,
  subject: Parameters<Check<JudgeParams>['score']>[0],
  params: JudgeParams,
  context: { readonly signal: AbortSignal; readonly onExchange: (exchange: Exchange) => void },
): Promise<Verdict> {
  const criteria = criteriaOf(params);
  const messages = judgePrompt(subject, criteria, params.scale, params.reference);
  const request = { model: params.model, schema: judgeSchema(criteria, params.scale), temperature: 0 };
  const first = await models.generate({ ...request, messages }, context);
  let reading = readVerdicts(first.value, criteria);
  let answeredBy = first.model;
  if ('problem' in reading) {
    const again = await models.generate(
      {
        ...request,
        messages: [
          ...messages,
          { role: 'assistant', text: first.text },
          {
            role: 'user',
            text: `That does not do: ${reading.problem}. Give all verdicts again, exactly one for each of the ${criteria.length} criteria.`,
          },
        ],
      },
      context,
    );
    reading = readVerdicts(again.value, criteria);
    answeredBy = again.model;
  }
  if ('problem' in reading) {
    return errorVerdict(`${answeredBy} did not judge every criterion exactly once, asked twice: ${reading.problem}.`);
  }
  const score = weightedMean(reading.verdicts);
  return {
    score,
    verdict: verdictOf(score, params.min),
    reason: reasonOf(reading.verdicts),
    evidence: { model: answeredBy, criteria: reading.verdicts.map((each): Json => each) },
  };
}

function reasonOf(verdicts: readonly CriterionVerdict[]): string {
  const unmet = verdicts.filter(({ met }) => met < 1).sort((left, right) => left.met - right.met);
  if (unmet.length === 0) return `All ${verdicts.length} criteria are met.`;
  const shown = unmet.slice(0, 3).map(({ criterion, met, reason }) => {
    const degree = met === 0 ? 'Not met' : `Met to ${Math.round(met * 100)}%`;
    return `${degree}: ${quoted(criterion)}${reason === '' ? '' : ` (${reason.replace(/\.$/, '')})`}.`;
  });
  return `${verdicts.length - unmet.length} of ${verdicts.length} criteria are met. ${shown.join(' ')}`;
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
