/** An approval: what a person sees, what they may fill in, and what follows when nobody answers. */
import type { ApproveStep, Json, JsonSchema, Template } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject } from '../../text/json-shape.ts';
import { join } from '../../types/join.ts';
import { typeOfJsonSchema } from '../../types/of-json-schema.ts';
import { anyJson, mapOf, nothing, oneOf, text } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { checkTemplate } from '../expressions.ts';
import { peopleOf } from '../people.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { typeOfTemplate } from '../typing.ts';
import { resolveForm } from './form.ts';
import { timeLimit } from './time-limit.ts';

const ends: readonly ApproveStep['onTimeout'][] = ['approve', 'reject', 'fail'];

export function resolveApprove(step: Json, site: StepSite): ApproveStep | undefined {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = fieldOf(step, 'approve');
  if (!isObject(written)) return undefined;
  const at = [...place, 'approve'];
  const show = checkTemplate(fieldOf(written, 'show') ?? null, [...at, 'show'], sight, resolution, reads);
  const form = written['form'] === undefined ? undefined : resolveForm(written['form'], [...at, 'form'], resolution);
  const output = outputType(form, show, site);
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return defined({
    kind: 'approve' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    who: peopleOf(fieldOf(written, 'who')),
    show,
    form,
    approvalTimeoutMs: timeLimit(written, at, resolution),
    onTimeout: ends.find((end) => end === fieldOf(written, 'on_timeout')) ?? 'fail',
  });
}

/** Without a form what was shown may come back edited; with one it comes back as it was when nobody filled the form in. */
function outputType(form: JsonSchema | undefined, show: Template, { sight, resolution }: StepSite): Type {
  const value = form === undefined ? anyJson : join([typeOfJsonSchema(form), typeOfTemplate(show, sight, resolution)]);
  const perhaps = join([text, nothing]);
  return mapOf({ decision: oneOf(['approve']), value, note: perhaps, by: perhaps });
}
