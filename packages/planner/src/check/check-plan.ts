/**
 * Compiles a draft and holds it against what it was granted.
 *
 * The compiler sees the whole catalogue, so that a tool that exists but was not
 * granted is refused as such; the refusals look at the program, not at the text.
 */
import { compile } from '@telos/language';
import type { Compiled, Fault } from '@telos/language';
import type { PlanObjective, StepReason } from '../drafted-plan.ts';
import { isAsked } from '../objectives/stated-objectives.ts';
import { emptyChecks } from './empty-checks.ts';
import type { Grant } from './grant.ts';
import { planFault, planFile } from './plan-fault.ts';
import { refusals } from './refusals.ts';
import { unservedFaults } from './served-steps.ts';

export type PlanText = {
  readonly source: string;
  readonly objectives: readonly PlanObjective[];
  /** Absent of a plan that a person has edited: they need not say why. */
  readonly reasons?: readonly StepReason[];
};

export type PlanCheck =
  | { readonly ok: true; readonly compiled: Compiled }
  | { readonly ok: false; readonly faults: readonly Fault[] };

/** Characters of a plan's text. */
export const longestPlan = 60_000;
/** Faults that are shown; what comes after them usually follows from them. */
const mostFaults = 20;

export function checkPlan({ source, objectives, reasons }: PlanText, grant: Grant): PlanCheck {
  if (source.length > longestPlan) {
    const message = `the plan has ${source.length} characters, and at most ${longestPlan} are accepted`;
    return { ok: false, faults: [planFault({ code: 'PLAN_TOO_LARGE', path: '', message })] };
  }
  const { catalog, permissions } = grant;
  const result = compile(source, { catalog, permissions, subset: 'plan', file: planFile });
  if (!result.ok) return { ok: false, faults: result.faults.slice(0, mostFaults) };
  const { compiled } = result;
  const own = objectives.filter((objective) => !isAsked(objective));
  const unserved = reasons === undefined ? [] : unservedFaults(compiled, own, reasons);
  const faults = [...refusals(compiled, grant), ...unserved, ...emptyChecks(compiled)];
  return faults.length === 0 ? { ok: true, compiled } : { ok: false, faults: faults.slice(0, mostFaults) };
}
