import type { Json, ParallelStep, Step } from '@telos/core';
import { fieldOf, isObject, objectField } from '../../text/json-shape.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { bodyOf, reportMissing } from './body.ts';

/** Branches side by side; none sees another. */
export function resolveParallel(step: Json, site: StepSite): ParallelStep {
  const { place, resolution, sight } = site;
  const branches: { [name: string]: readonly Step[] } = {};
  for (const [name, steps] of Object.entries(objectField(step, 'parallel') ?? {})) {
    branches[name] =
      bodyOf(steps, [...place, 'parallel', name], `${site.chain}.${name}`, sight.names, site)?.steps ?? [];
  }
  if (isObject(fieldOf(step, 'parallel')) && Object.keys(branches).length === 0)
    reportMissing('`parallel` needs at least one branch', [...place, 'parallel'], site);
  const reads = new Set<string>();
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return { kind: 'parallel', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), branches };
}
