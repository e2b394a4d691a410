import type { Json, ParallelStep, Step } from '@telos/core';
import { fieldOf, isObject, objectField } from '../../text/json-shape.ts';
import { anyJson, mapOf } from '../../types/type.ts';
import type { Type } from '../../types/type.ts';
import { resolvePolicies } from '../policies.ts';
import type { StepSite } from '../step-site.ts';
import { giveOutput } from '../step-types.ts';
import { bodyOf, reportMissing } from './body.ts';

/** Branches side by side; none sees another. */
export function resolveParallel(step: Json, site: StepSite): ParallelStep {
  const { place, resolution, sight } = site;
  const branches: { [name: string]: readonly Step[] } = {};
  const given: { [name: string]: Type } = {};
  for (const [name, steps] of Object.entries(objectField(step, 'parallel') ?? {})) {
    const body = bodyOf(steps, [...place, 'parallel', name], `${site.chain}.${name}`, sight.names, site);
    branches[name] = body?.steps ?? [];
    given[name] = body?.last ?? anyJson;
  }
  if (isObject(fieldOf(step, 'parallel')) && Object.keys(branches).length === 0)
    reportMissing('`parallel` needs at least one branch', [...place, 'parallel'], site);
  const reads = new Set<string>();
  const output = mapOf(given);
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output });
  return { kind: 'parallel', id: site.id, after: site.after, ...policies, reads: [...reads].sort(), branches };
}
