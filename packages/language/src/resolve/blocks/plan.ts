import type { Json, JsonObject, PlanStep } from '@telos/core';
import { fieldOf, objectField } from '../../text/json-shape.ts';
import { anyJson, mapOf, text } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { resolveModel } from '../models.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';

/** A plan's own text may hold expressions; its model alias is resolved. The tools it names are checked when the plan is compiled. */
export function resolvePlan(step: Json, site: StepSite): PlanStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const at = [...place, 'plan'];
  const written = objectField(step, 'plan') ?? {};
  checkTemplate(written, at, sight, resolution, reads);
  const model = fieldOf(written, 'model');
  if (model === undefined) resolution.requires.models.add('auto');
  const resolved = model === undefined ? undefined : resolveModel(model, [...at, 'model'], resolution);
  if (fieldOf(written, 'approve') === true) {
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...at, 'approve'],
      message: 'a plan cannot wait for approval yet',
      hint: 'write approve: false',
    });
  }
  const rounds = fieldOf(written, 'rounds');
  if (typeof rounds === 'number' && rounds > 1) {
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...at, 'rounds'],
      message: 'a plan cannot be made anew after it has run yet',
      hint: 'write rounds: 1',
    });
  }
  const parameters: JsonObject = resolved === undefined ? written : { ...written, model: resolved };
  const output = mapOf({ plan: text, output: anyJson });
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return { kind: 'plan', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), with: parameters };
}
