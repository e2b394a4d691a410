import { quotingStep } from './answer-steps.ts';
import { literalLine } from './literal.ts';
import { questionIn } from './question-in.ts';
import type { Rule } from './rule.ts';

const web = '(?:on|in|from|across)?\\s*(?:the\\s+)?(?:web|internet|online)';
const forms: readonly RegExp[] = [
  new RegExp(`^(?:please\\s+)?(?:search|look|ask)\\s+${web}\\s*(?:for|about|:)?\\s+(?<query>.+)$`, 'is'),
  new RegExp(
    `^(?:please\\s+)?(?:search(?:\\s+for)?|find(?:\\s+out)?|look\\s+up|look\\s+for)\\s+(?<query>.+?)\\s+(?:on\\s+the\\s+(?:web|internet)|online)[.!?]?$`,
    'is',
  ),
  new RegExp(
    `^(?:please\\s+)?(?:find(?:\\s+out)?|look\\s+up)\\s+(?:on\\s+the\\s+(?:web|internet)|online)[,:]?\\s+(?<query>.+)$`,
    'is',
  ),
];

/** Searches the web and answers from the results, quoting them. */
export const webRule: Rule = {
  name: 'search_web',
  example: 'Search the web for durable execution',
  uses: ['web.search', 'llm'],
  write(objective, desk) {
    const found = forms.map((form) => form.exec(objective.trim())).find((match) => match !== null);
    const question = questionIn(found?.groups?.['query'] ?? '');
    if (question === '') return undefined;
    if (!desk.has('web.search')) return { lacks: ['web.search'] };
    const results = desk.id('results');
    const search = {
      id: results,
      why: 'Finds pages about it.',
      uses: 'web.search',
      with: { query: literalLine(question).slice(0, 500), limit: 8 },
      checks: ['size(output.results) > 0'],
    };
    const sources = `steps.${results}.output.results`;
    if (!desk.has('llm')) {
      return {
        rule: 'search_web',
        objective: `Find on the web: ${question}`,
        criterion: 'At least one result is found.',
        check: `size(${sources}) > 0`,
        steps: [search],
        outputs: { results: `\${{ ${sources} }}` },
      };
    }
    const why = 'Answers from the results alone, quoting what it rests on.';
    const answer = quotingStep(desk, { question, label: 'Results', sources, why });
    return {
      rule: 'search_web',
      objective: `Answer from the web: ${question}`,
      criterion: 'The answer quotes at least one result, and every quotation stands in the results.',
      check: `size(steps.${answer.id}.output.citations) >= 1`,
      steps: [search, answer],
      outputs: {
        answer: `\${{ steps.${answer.id}.output.answer }}`,
        citations: `\${{ steps.${answer.id}.output.citations }}`,
        results: `\${{ ${sources} }}`,
      },
    };
  },
};
