/** Steps and objectives belong together: no step without an objective, no objective without a step. */
import type { Compiled, Fault } from '@telos/language';
import type { PlanObjective, StepReason } from '../drafted-plan.ts';
import { planFault } from './plan-fault.ts';
import { walkSteps } from './walk-steps.ts';

export function unservedFaults(
  { program, positions }: Compiled,
  objectives: readonly PlanObjective[],
  reasons: readonly StepReason[],
): readonly Fault[] {
  const known = objectives.map(({ id }) => id);
  const fault = (message: string, path: string, at?: { readonly line: number; readonly column: number }): Fault =>
    planFault({ code: 'PLAN_STEP_UNSERVED', path, message, hint: `objectives: ${known.join(', ')}` }, at);
  const placed = walkSteps(program.steps);
  const served = new Set<string>();
  const steps = placed.flatMap(({ step, chain }) => {
    const reason = reasonOf(chain, step.id, reasons);
    if (reason === undefined)
      return [fault(`\`steps\` does not say what the step \`${chain}\` serves`, chain, positions[chain])];
    served.add(reason.serves);
    return known.includes(reason.serves)
      ? []
      : [
          fault(
            `the step \`${chain}\` serves \`${reason.serves}\`, and there is no such objective`,
            chain,
            positions[chain],
          ),
        ];
  });
  const idle = known
    .filter((id) => !served.has(id))
    .map((id) => fault(`no step serves the objective \`${id}\``, 'steps'));
  const twice = known
    .filter((id, index) => known.indexOf(id) < index)
    .map((id) => fault(`two objectives have the id \`${id}\``, 'steps'));
  return [...steps, ...idle, ...twice];
}

/** The reasons of a program's steps, by their chains, in its order. Reasons for steps that are not there are left out. */
export function reasonsOf({ program }: Compiled, reasons: readonly StepReason[]): readonly StepReason[] {
  return walkSteps(program.steps).flatMap(({ step, chain }) => {
    const reason = reasonOf(chain, step.id, reasons);
    return reason === undefined ? [] : [{ ...reason, step: chain }];
  });
}

function reasonOf(chain: string, id: string, reasons: readonly StepReason[]): StepReason | undefined {
  return reasons.find(({ step }) => step === chain) ?? reasons.find(({ step }) => step === id);
}
