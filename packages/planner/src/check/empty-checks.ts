/** A check that looks at nothing of what the plan gives says nothing about it. */
import type { Compiled, Fault } from '@telos/language';
import { planFault } from './plan-fault.ts';

export function emptyChecks({ program }: Compiled): readonly Fault[] {
  return (program.objectives ?? []).flatMap(({ id, check }, index) => {
    if (check === undefined || check.uses !== 'cel') return [];
    if (/\b(?:output|steps)\b/.test(JSON.stringify(check.with))) return [];
    const message = `the check of the objective \`${id}\` looks at nothing that the plan gives`;
    const hint = 'test `output` or `steps.<id>.output`, or leave the check out: a judge decides then';
    return [planFault({ code: 'PLAN_CHECK_EMPTY', path: `objectives[${index}].check`, message, hint })];
  });
}
