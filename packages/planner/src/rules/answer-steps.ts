/** Steps that ask a model about what earlier steps found. Every one of them also works with a model that only quotes. */
import type { Json } from '@telos/core';
import { literalLine } from './literal.ts';
import type { RuleDesk, RuleStep } from './rule.ts';

type Asked = {
  readonly question: string;
  /** What the sources are called: Passages, Results, Page. */
  readonly label: string;
  /** The expression that gives them. */
  readonly sources: string;
  readonly why: string;
};

/** Gives `{ answer, citations: [{ quote, source }] }`; every quotation must stand in the sources. */
export function quotingStep(desk: RuleDesk, { question, label, sources, why }: Asked): RuleStep {
  const against = `\${{ ${sources} }}`;
  const quotes: readonly Json[] = desk.hasCheck('quotes') ? [{ quotes: { against } }] : [];
  return {
    id: desk.id('answer'),
    why,
    uses: 'llm',
    with: {
      ...desk.model,
      system: `Answer only from the ${label.toLowerCase()}. Quote the sentences you rely on, word for word, each with its source.`,
      prompt: `Question: ${literalLine(question)}\n\n${label}:\n${against}\n`,
      output: { schema: quotedAnswer },
    },
    checks: ['size(output.citations) >= 1', ...quotes],
  };
}

/** Gives `{ text }`, most of whose words stand in the source. */
export function summaryStep(desk: RuleDesk, { question, label, sources, why }: Asked): RuleStep {
  const against = `\${{ ${sources} }}`;
  return {
    id: desk.id('summary'),
    why,
    uses: 'llm',
    with: {
      ...desk.model,
      system: `Keep to what the ${label.toLowerCase()} says.`,
      prompt: `Question: ${literalLine(question)}\n\n${label}:\n${against}\n`,
    },
    checks: ['size(output.text) > 0', ...(desk.hasCheck('overlap') ? [{ overlap: { against, min: 0.5 } }] : [])],
  };
}

const quotedAnswer: Json = {
  type: 'object',
  properties: {
    answer: { type: 'string', minLength: 1 },
    citations: {
      type: 'array',
      minItems: 1,
      items: {
        type: 'object',
        properties: { quote: { type: 'string' }, source: { type: 'string' } },
        required: ['quote', 'source'],
      },
    },
  },
  required: ['answer', 'citations'],
};
