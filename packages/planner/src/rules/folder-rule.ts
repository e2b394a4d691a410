import { quotingStep } from './answer-steps.ts';
import { literalLine } from './literal.ts';
import { asksForSummary, questionIn, without } from './question-in.ts';
import type { Rule } from './rule.ts';

/** Where a folder may be named; each gives it as `folder`. */
const places: readonly RegExp[] = [
  /^(?:please\s+)?(?:search|look\s+(?:in|through))\s+(?:the\s+)?(?:(?:folder|directory)\s+["'`]?(?<folder>[\w.][\w./-]*)["'`]?|["'`]?(?<folder>[\w.][\w.-]*)["'`]?\s+(?:folder|directory)|["'`]?(?<folder>[\w.][\w./-]*\/)["'`]?)\s+for\b/i,
  /\b(?:in|from|of|using|within|on|among|through)\s+(?:the\s+)?(?:(?:documents?|files?|notes?|texts?)\s+(?:in|of|under|inside)\s+)?(?:the\s+)?(?:folder|directory)\s+["'`]?(?<folder>[\w.][\w./-]*)["'`]?/i,
  /\b(?:in|from|of|using|within|among|through)\s+(?:the\s+)?["'`]?(?<folder>[\w.][\w./-]*)["'`]?\s+(?:folder|directory)\b/i,
  /\b(?:in|from|of|using|within|among|through)\s+(?:the\s+)?(?:documents?|files?|notes?|texts?)\s+(?:in|of|under|inside)\s+["'`]?(?<folder>[\w.][\w./-]*)["'`]?/i,
  /\b(?:in|from|using|within|through)\s+["'`]?(?<folder>[\w.][\w.-]*(?:\/[\w.-]+)*\/)["'`]?(?=[\s,:;?]|$)/i,
];

/** Answers a question from a folder of documents, quoting them. */
export const folderRule: Rule = {
  name: 'answer_from_folder',
  example: 'Find in the folder docs how a run survives a crash',
  uses: ['knowledge.search', 'llm'],
  write(objective, desk) {
    const found = places.map((place) => place.exec(objective)).find((match) => match !== null);
    const folder = found?.groups?.['folder']?.replace(/[./]+$/, '');
    if (found === undefined || folder === undefined || folder === '') return undefined;
    const question = questionIn(without(objective, found));
    if (question === '' || asksForSummary(question)) return undefined;
    if (!desk.has('knowledge.search')) return { lacks: ['knowledge.search'] };
    const passages = desk.id('passages');
    const search = {
      id: passages,
      why: `Finds the passages of ${folder} that bear on the question.`,
      uses: 'knowledge.search',
      with: { folder, query: literalLine(question), limit: 8 },
      checks: ['size(output.passages) > 0'],
    };
    const sources = `steps.${passages}.output.passages`;
    if (!desk.has('llm')) {
      return {
        rule: 'answer_from_folder',
        objective: `Find in ${folder}: ${question}`,
        criterion: 'At least one passage is found.',
        check: `size(${sources}) > 0`,
        steps: [search],
        outputs: { passages: `\${{ ${sources} }}` },
      };
    }
    const why = 'Answers from these passages alone, quoting the sentences that it rests on.';
    const answer = quotingStep(desk, { question, label: 'Passages', sources, why });
    return {
      rule: 'answer_from_folder',
      objective: `Answer from ${folder}: ${question}`,
      criterion: 'The answer quotes at least one sentence, and every quotation stands in the documents.',
      check: `size(steps.${answer.id}.output.citations) >= 1`,
      steps: [search, answer],
      outputs: {
        answer: `\${{ steps.${answer.id}.output.answer }}`,
        citations: `\${{ steps.${answer.id}.output.citations }}`,
      },
    };
  },
};
