import type { Json, JsonObject, PlanApproval, PlanStep } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject, objectField } from '../../text/json-shape.ts';
import { anyJson, listOf, mapOf, number, oneOf, text } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { resolveModel } from '../models.ts';
import { peopleOf } from '../people.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { timeLimit } from '../waits/time-limit.ts';

/** What a plan block gives, whatever its plan does. */
const output = mapOf({
  plan: text,
  output: anyJson,
  outcome: oneOf(['achieved', 'partly', 'not_achieved', 'untested']),
  objectives: listOf(
    mapOf({
      id: text,
      objective: text,
      criterion: text,
      verdict: oneOf(['pass', 'fail', 'untested']),
      score: number,
      reason: text,
      uses: anyJson,
      evidence: anyJson,
    }),
  ),
  rounds: number,
  round: number,
  notes: listOf(text),
});

/** A plan's own text may hold expressions; its model alias is resolved. The tools it names are checked when the plan is compiled. */
export function resolvePlan(step: Json, site: StepSite): PlanStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const at = [...place, 'plan'];
  const { rounds, approve, ...written } = objectField(step, 'plan') ?? {};
  checkTemplate(written, at, sight, resolution, reads);
  const model = fieldOf(written, 'model');
  if (model === undefined) resolution.requires.models.add('auto');
  const resolved = model === undefined ? undefined : resolveModel(model, [...at, 'model'], resolution);
  const parameters: JsonObject = resolved === undefined ? written : { ...written, model: resolved };
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return defined({
    kind: 'plan' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    with: parameters,
    rounds: typeof rounds === 'number' && rounds > 1 ? rounds : undefined,
    approve: approvalOf(approve, site),
  });
}

const ends: readonly PlanApproval['onTimeout'][] = ['approve', 'reject', 'fail'];

function approvalOf(written: Json | undefined, { place, resolution }: StepSite): PlanApproval | undefined {
  if (written === true) return { who: [], onTimeout: 'fail' };
  if (!isObject(written)) return undefined;
  return defined({
    who: peopleOf(fieldOf(written, 'who')),
    timeoutMs: timeLimit(written, [...place, 'plan', 'approve'], resolution),
    onTimeout: ends.find((end) => end === fieldOf(written, 'on_timeout')) ?? ('fail' as const),
  });
}
