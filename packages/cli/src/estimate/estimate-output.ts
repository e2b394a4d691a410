import type { Usage } from '@telos/core';
import { countText, durationText, moneyText } from '../output/amounts.ts';
import { tableLines } from '../output/table.ts';
import type { Cost, Estimate, Times } from '@telos/planner';

/** The line of `telos check --estimate --json`. */
export function estimateObject(file: string, workflow: string, { steps, total, assumes, warnings }: Estimate): object {
  return {
    type: 'estimate',
    file,
    workflow,
    ...total,
    steps: steps.map(({ cost, ...step }) => ({ ...step, ...cost })),
    assumes,
    warnings,
  };
}

/** A row a step, the sum, and what was assumed. */
export function estimateLines({ steps, total, assumes, warnings }: Estimate, columns: number): readonly string[] {
  const rows = steps.map(({ step, times, cost }) => [
    `  ${'  '.repeat(step.split('.').length - 1)}${step.split('.').at(-1) ?? step}`,
    rangeText(times, String),
    ...costCells(cost),
  ]);
  const table = tableLines(
    [['  step', 'times', 'calls', 'tokens', 'cost', 'time'], ...rows, ['  all', '', ...costCells(total)]],
    columns,
  );
  const own = steps.flatMap(({ step, assumes }) => assumes.map((assumed) => `${step}: ${assumed}`));
  return [
    ...table,
    ...warnings.map((warning) => `  Careful: ${warning}.`),
    '  Assumed:',
    ...[...own, ...assumes].map((assumed) => `    ${assumed}`),
  ];
}

function costCells(cost: Cost): readonly string[] {
  const range = (of: (usage: Usage) => number, text: (value: number) => string) =>
    rangeText({ expected: of(cost.expected), most: of(cost.most) }, text);
  return [
    range(({ calls }) => calls, countText),
    range((usage) => usage.input_tokens + usage.output_tokens, countText),
    range(({ usd }) => usd, moneyText),
    range(({ ms }) => ms, durationText),
  ];
}

/** What is expected, and behind it the most where that is more. */
function rangeText({ expected, most }: Times, text: (value: number) => string): string {
  return text(expected) === text(most) ? text(expected) : `${text(expected)} – ${text(most)}`;
}
