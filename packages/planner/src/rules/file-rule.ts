import { summaryStep } from './answer-steps.ts';
import { literalLine } from './literal.ts';
import { asksForNothing, asksForSummary, mainPoints, questionIn, without } from './question-in.ts';
import type { Rule } from './rule.ts';

const named =
  /(?:\b(?:in|from|of)\s+)?(?:\bthe\s+)?(?:\bfile\s+)?["'`]?(?<path>(?:[\w.-]+\/)*[\w-][\w.-]*\.(?:md|markdown|txt|text|csv|tsv|json|jsonl|ya?ml|xml|html?|log|rst|ini|toml))\b["'`]?/i;

/** Reads one file; answers a question about it or sums it up if that is asked. */
export const fileRule: Rule = {
  name: 'read_file',
  example: 'Summarise the file notes/today.md',
  uses: ['file.read', 'llm'],
  write(objective, desk) {
    const found = named.exec(objective);
    const path = found?.groups?.['path'];
    if (found === null || path === undefined) return undefined;
    const rest = without(objective, found);
    const isBare = asksForNothing(rest);
    const question = asksForSummary(rest) ? mainPoints : questionIn(rest);
    if (!isBare && question === '') return undefined;
    const needed = isBare ? ['file.read'] : ['file.read', 'llm'];
    const lacks = needed.filter((tool) => !desk.has(tool));
    if (lacks.length > 0) return { lacks };
    const file = desk.id('file');
    const read = { id: file, why: `Reads ${path}.`, uses: 'file.read', with: { path: literalLine(path) } };
    const text = `steps.${file}.output.text`;
    if (isBare) {
      return {
        rule: 'read_file',
        objective: `Read ${path}`,
        criterion: 'The text of the file is given whole.',
        check: `steps.${file}.status == "succeeded"`,
        steps: [read],
        outputs: { text: `\${{ ${text} }}` },
      };
    }
    const why =
      question === mainPoints
        ? 'Sums the file up, keeping to what it says.'
        : 'Answers the question from the file alone.';
    const summary = summaryStep(desk, { question, label: 'Text', sources: text, why });
    return {
      rule: 'read_file',
      objective: question === mainPoints ? `Sum up ${path}` : `Answer from ${path}: ${question}`,
      criterion: 'The answer is not empty, and at least half of its words stand in the file.',
      check: `size(steps.${summary.id}.output.text) > 0`,
      steps: [read, summary],
      outputs: { text: `\${{ steps.${summary.id}.output.text }}` },
    };
  },
};
