import type { ObjectiveRequest } from '@telos/contract';
import type { StartRun } from './start-run.ts';

export type StatedObjective = Omit<ObjectiveRequest, 'tags' | 'budget' | 'callback' | 'namespace' | 'priority'>;

/**
 * An objective as a run to start: a workflow of one `plan` block. What the
 * caller wrote travels as inputs, so it is never read as an expression.
 */
export function objectiveRun({
  objective,
  criteria,
  tools,
  rounds,
  best_of: bestOf = 1,
  approve,
}: StatedObjective): Pick<StartRun, 'from' | 'inputs'> {
  const workflow = {
    telos: 1,
    id: 'objective',
    description: 'Reaches an objective by a plan that is drafted, checked and run inside this run.',
    inputs: {
      objective: 'string',
      criteria: { type: 'array', items: { type: 'string' }, default: [] },
    },
    steps: [
      {
        id: 'work',
        plan: {
          objective: '${{ inputs.objective }}',
          criteria: criteria.map((_, index) => `\${{ inputs.criteria[${index}] }}`),
          ...(tools === undefined ? {} : { tools }),
          ...(rounds === 1 ? {} : { rounds }),
          ...(bestOf === 1 ? {} : { best_of: bestOf }),
          ...(approve === false ? {} : { approve }),
        },
      },
    ],
    outputs: {
      result: '${{ steps.work.output.output }}',
      plan: '${{ steps.work.output.plan }}',
      outcome: '${{ steps.work.output.outcome }}',
      objectives: '${{ steps.work.output.objectives }}',
    },
  };
  return { from: { source: JSON.stringify(workflow, null, 2) }, inputs: { objective, criteria } };
}
