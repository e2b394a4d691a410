/** What asking checks may cost, told before they are asked: for budgets, which set it aside, and for estimates. */
import type { Json } from '../json.ts';
import type { AnyCheck, Subject } from '../ports/check.ts';
import type { GateSpec } from '../program/program.ts';
import type { CheckUse } from '../program/check-use.ts';
import type { Template } from '../program/template.ts';
import { addUsage, noUsage } from '../usage.ts';
import type { Usage } from '../usage.ts';

export type CostDeps = {
  readonly checks: ReadonlyMap<string, AnyCheck>;
  /** Renders the parameters of a check; what it throws is not known yet. */
  readonly render: (template: Template) => Json;
  /** Of each answer of a model; absent: as many as it may write. */
  readonly answerTokens?: number;
};

/** The checks of a gate, its judge last. */
export function checksOfGate(gate: GateSpec | undefined): readonly CheckUse[] {
  if (gate === undefined) return [];
  return gate.judge === undefined ? gate.checks : [...gate.checks, gate.judge];
}

/** Whether any of these may cost something. */
export function isPriced(uses: readonly CheckUse[], checks: CostDeps['checks']): boolean {
  return uses.some(({ uses: name }) => checks.get(name)?.estimate !== undefined);
}

/** Of asking each of them once about one subject. */
export async function judgingCost(uses: readonly CheckUse[], subject: Subject, deps: CostDeps): Promise<Usage> {
  let cost = noUsage;
  for (const use of uses) {
    const check = deps.checks.get(use.uses);
    if (check?.estimate === undefined) continue;
    const params: unknown = paramsOf(use, check, deps);
    // Parameters that look into what is judged are not known yet: whoever is asked then is asked once at least.
    if (params === undefined) cost = addUsage(cost, { ...noUsage, calls: check.needs === 'model' ? 1 : 0 });
    else cost = addUsage(cost, await check.estimate(subject, params, deps.answerTokens));
  }
  return cost;
}

function paramsOf(use: CheckUse, check: AnyCheck, { render }: CostDeps): unknown {
  try {
    return check.params.safeParse(render(use.with)).data;
  } catch {
    return undefined;
  }
}
