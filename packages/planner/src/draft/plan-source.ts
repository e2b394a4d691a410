import type { PlanObjective } from '../drafted-plan.ts';

/** A plan's text with its origin and objectives as comments on top, so that a saved file explains itself. */
export function withHeader(yaml: string, planner: string, objectives: readonly PlanObjective[]): string {
  const lines = [
    `Planned by ${planner}.`,
    ...objectives.flatMap(({ id, objective, criterion }) => [`${id}: ${objective}`, `${id} is met when: ${criterion}`]),
  ];
  return `${lines.map((line) => `# ${onOneLine(line)}\n`).join('')}${yaml.trimEnd()}\n`;
}

/** A line break would end a comment, and what comes after it would be read as YAML. */
function onOneLine(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}\s]+/gu, ' ').trim();
}
