/** What a plan that is to be replaced came to, for the prompt. All of it stands in fences: steps give what others wrote. */
import type { EarlierPlan } from '@telos/core';
import { fenced } from './fence.ts';

export function earlierText({ source, steps, scores, error }: EarlierPlan): { readonly [name: string]: string } {
  const done = steps.map(({ step, status, gave, failed }) => {
    const what = failed ?? gave;
    return what === undefined ? `- ${step}: ${status}` : `- ${step}: ${status}:\n${fenced(what)}`;
  });
  const said = scores.map(
    ({ id, verdict, score, reason }) => `- ${id}: ${verdict}, score ${score.toFixed(2)}:\n${fenced(reason)}`,
  );
  return {
    source: fenced(source, 'yaml'),
    ended: error === undefined ? 'All its steps ended.' : `It failed:\n${fenced(error)}`,
    steps: done.join('\n'),
    verdicts: said.length === 0 ? 'Its objectives were not scored.' : said.join('\n'),
  };
}
