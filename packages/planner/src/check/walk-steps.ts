import type { Step } from '@telos/core';

export type PlacedStep = {
  readonly step: Step;
  /** As in `Compiled.positions`: `notes.page`, `both.left.search`, `route[0].ask`. */
  readonly chain: string;
};

/** Every step of a list and of the bodies inside it, outer before inner. */
export function walkSteps(steps: readonly Step[], around = ''): readonly PlacedStep[] {
  return steps.flatMap((step): readonly PlacedStep[] => {
    const chain = around === '' ? step.id : `${around}.${step.id}`;
    return [{ step, chain }, ...inside(step, chain)];
  });
}

function inside(step: Step, chain: string): readonly PlacedStep[] {
  switch (step.kind) {
    case 'foreach':
    case 'loop':
      return walkSteps(step.steps, chain);
    case 'parallel':
      return Object.entries(step.branches).flatMap(([name, steps]) => walkSteps(steps, `${chain}.${name}`));
    case 'switch':
      return step.cases.flatMap(({ steps }, index) => walkSteps(steps, `${chain}[${index}]`));
    case 'action':
    case 'agent':
    case 'plan':
    case 'workflow':
    case 'wait':
    case 'approve':
      return [];
  }
}
