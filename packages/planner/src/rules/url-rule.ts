import { summaryStep } from './answer-steps.ts';
import { literal } from './literal.ts';
import { asksForNothing, asksForSummary, mainPoints, questionIn, without } from './question-in.ts';
import type { Rule } from './rule.ts';

const address = /(?:\b(?:at|from|of|in|on)\s+)?["'`<(]?(?<url>https?:\/\/[^\s"'`<>)]+)["'`>)]?/i;
const wantsApi = /\b(?:api|json|endpoint|call|request)\b/i;

/** Fetches one page or API; answers a question about it or sums it up if that is asked. */
export const urlRule: Rule = {
  name: 'read_address',
  example: 'Summarise https://example.com/news',
  uses: ['web.read', 'http.request', 'llm'],
  write(objective, desk) {
    const found = address.exec(objective);
    const url = found?.groups?.['url']?.replace(/[.,;:!?]+$/, '');
    if (found === null || url === undefined || !URL.canParse(url)) return undefined;
    const rest = without(objective, found);
    if (/https?:\/\//i.test(rest)) return undefined; // several are a comparison, or a list: for a model
    const isBare = asksForNothing(rest);
    const asked = rest.replace(
      /^(?:(?:fetch|get|read|open|call|request|load|visit)\b\s*(?:(?:the\s+)?(?:page|api|json|endpoint|url)\b\s*)?)?(?:and\s+|then\s+)?/i,
      '',
    );
    const question = asksForSummary(asked) || asksForSummary(rest) ? mainPoints : questionIn(asked);
    if (!isBare && question === '') return undefined;

    const isApi = wantsApi.test(rest) || new URL(url).pathname.endsWith('.json');
    const [first, second] = isApi ? ['http.request', 'web.read'] : ['web.read', 'http.request'];
    const tool = [first, second].find((name) => name !== undefined && desk.has(name));
    const lacks = [...(tool === undefined ? [first] : []), ...(isBare || desk.has('llm') ? [] : ['llm'])];
    if (tool === undefined || lacks.length > 0) return { lacks };

    const isPage = tool === 'web.read';
    const fetched = desk.id(isPage ? 'page' : 'call');
    const get = {
      id: fetched,
      why: isPage ? 'Reads the page as text.' : 'Fetches the answer of the server.',
      uses: tool,
      with: isPage ? { url: literal(url) } : { method: 'GET', url: literal(url) },
    };
    const content = isPage ? `steps.${fetched}.output.markdown` : `steps.${fetched}.output.body`;
    if (isBare) {
      return {
        rule: 'read_address',
        objective: `Fetch ${url}`,
        criterion: 'The server answers, and what it sent is given.',
        check: isPage ? `size(${content}) > 0` : `steps.${fetched}.output.status < 400`,
        steps: [get],
        outputs: { content: `\${{ ${content} }}` },
      };
    }
    const why =
      question === mainPoints ? 'Sums it up, keeping to what it says.' : 'Answers the question from it alone.';
    const label = isPage ? 'Page' : 'Data';
    const summary = summaryStep(desk, { question, label, sources: content, why });
    return {
      rule: 'read_address',
      objective: question === mainPoints ? `Sum up ${url}` : `Answer from ${url}: ${question}`,
      criterion: 'The answer is not empty, and at least half of its words stand in what was fetched.',
      check: `size(steps.${summary.id}.output.text) > 0`,
      steps: [get, summary],
      outputs: { text: `\${{ steps.${summary.id}.output.text }}` },
    };
  },
};
