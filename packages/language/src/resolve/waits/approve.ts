/** An approval: what a person sees, what they may fill in, and what follows when nobody answers. */
import type { ApproveStep, Json } from '@telos/core';
import { defined } from '../../text/defined.ts';
import { fieldOf, isObject } from '../../text/json-shape.ts';
import { checkTemplate } from '../expressions.ts';
import { peopleOf } from '../people.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { resolveForm } from './form.ts';
import { timeLimit } from './time-limit.ts';

const ends: readonly ApproveStep['onTimeout'][] = ['approve', 'reject', 'fail'];

export function resolveApprove(step: Json, site: StepSite): ApproveStep | undefined {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = fieldOf(step, 'approve');
  if (!isObject(written)) return undefined;
  const at = [...place, 'approve'];
  const form = fieldOf(written, 'form');
  const show = checkTemplate(fieldOf(written, 'show') ?? null, [...at, 'show'], sight, resolution, reads);
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return defined({
    kind: 'approve' as const,
    id: site.id,
    after: site.after,
    ...policies,
    reads: [...reads].sort(),
    who: peopleOf(fieldOf(written, 'who')),
    show,
    form: form === undefined ? undefined : resolveForm(form, [...at, 'form'], resolution),
    approvalTimeoutMs: timeLimit(written, at, resolution),
    onTimeout: ends.find((end) => end === fieldOf(written, 'on_timeout')) ?? 'fail',
  });
}
