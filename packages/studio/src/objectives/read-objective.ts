/** What a person states in the form, as the server takes it. */
import type { BudgetRequest, ObjectiveRequest } from '@telos/contract';

export type ObjectiveTexts = {
  readonly objective: string;
  /** One a line. */
  readonly criteria: string;
  /** Separated by commas or blanks; empty: what the planner allows by itself. */
  readonly tools: string;
  readonly rounds: string;
  /** Plans to draft each time. */
  readonly bestOf: string;
  /** US dollars; empty: without a ceiling. */
  readonly usd: string;
  readonly approve: boolean;
};

export type StatedObjective = Pick<ObjectiveRequest, 'objective' | 'criteria' | 'rounds' | 'approve'> & {
  readonly best_of?: number;
  readonly tools?: readonly string[];
  readonly budget?: Pick<BudgetRequest, 'usd'>;
};

export type ObjectiveFaults = { readonly [field in keyof ObjectiveTexts]?: string };

/** Whether the objective can be reached is the planner's word; here is only seen whether it can be sent. */
export function readObjective(
  texts: ObjectiveTexts,
): { readonly stated: StatedObjective } | { readonly faults: ObjectiveFaults } {
  const objective = texts.objective.trim();
  const criteria = texts.criteria.split('\n').flatMap((line) => (line.trim() === '' ? [] : [line.trim()]));
  const tools = texts.tools.split(/[\s,]+/).filter((tool) => tool !== '');
  const usd = Number(texts.usd.replace(/^\$/, ''));
  const faults: ObjectiveFaults = {
    ...(objective.length < 8 ? { objective: 'Say what is to be reached, in a sentence.' } : {}),
    ...(Number.isFinite(usd) && usd >= 0 ? {} : { usd: `${texts.usd} is no amount of dollars.` }),
  };
  if (Object.keys(faults).length > 0) return { faults };
  return {
    stated: {
      objective,
      criteria,
      rounds: Number(texts.rounds),
      approve: texts.approve,
      ...(texts.bestOf === '1' ? {} : { best_of: Number(texts.bestOf) }),
      ...(tools.length === 0 ? {} : { tools }),
      ...(texts.usd.trim() === '' ? {} : { budget: { usd } }),
    },
  };
}
