/** An action: `uses` and `with`, and what belongs to actions alone: what undoes it, what probes it, where it runs. */
import type { ActionStep, AnyTool, Effect, Json, Probe, ToolUse } from '@telos/core';
import { ruleNaming } from '../permissions/rules.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, textField } from '../text/json-shape.ts';
import { join } from '../types/join.ts';
import type { Type } from '../types/type.ts';
import { cacheOf } from './cache.ts';
import { checkCondition } from './expressions.ts';
import { resolvePolicies } from './policies.ts';
import { withNames } from './sight.ts';
import type { Sight } from './sight.ts';
import type { StepSite } from './step-site.ts';
import { giveOutput } from './step-types.ts';
import { typeOfToolOutput } from './tool-types.ts';
import { resolveToolUse } from './tool-use.ts';
import type { WrittenUse } from './tool-use.ts';

export function resolveAction(step: Json, site: StepSite): ActionStep | undefined {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const use = resolveToolUse(step, place, sight, resolution, reads);
  if (use === undefined) return undefined;
  const probing = probeOf(step, site);
  const own = typeOfToolOutput(use, sight, resolution);
  const output = probing === undefined ? own : join([own, probing.output]);
  giveOutput(step, output, site);
  const policies = resolvePolicies(step, place, sight, resolution, reads, { output, toolEffect: use.tool?.effect });
  const effect = use.tool === undefined ? undefined : (policies.effect ?? effectOfCall(use.tool, use, site));
  const cache = cacheOf(step, site, reads, use, effect);
  return defined({
    kind: 'action' as const,
    id: site.id,
    after: site.after,
    reads: [...reads].sort(),
    ...policies,
    uses: use.uses,
    with: use.with,
    queue: textField(step, 'queue'),
    asks: ruleNaming(resolution.ask, use) === undefined ? undefined : (true as const),
    compensate: compensationOf(step, site),
    probe: probing?.probe,
    cache,
  });
}

/** What undoes the step once it has succeeded; it sees the step itself. */
function compensationOf(step: Json, site: StepSite): ToolUse | undefined {
  const { from } = site.sight;
  const sight: Sight = from === undefined ? site.sight : { ...site.sight, from: { ...from, itself: true } };
  return besides(step, 'compensate', 'what undoes a step', sight, site)?.use;
}

/** What tells, after a crash, whether a write took effect. It may only look; what it finds is then the step's output. */
function probeOf(step: Json, site: StepSite): { readonly probe: Probe; readonly output: Type } | undefined {
  const { resolution, sight } = site;
  const found = besides(step, 'probe', 'a probe', sight, site);
  if (found === undefined) return undefined;
  const { use, written, reads } = found;
  const place = [...site.place, 'probe'];
  const effect = written.tool === undefined ? 'read' : effectOfCall(written.tool, written, site);
  if (effect !== 'read') {
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'uses'],
      message: `a probe may only read, and the effect of \`${written.written}\` here is \`${effect}\``,
      hint: 'use a tool, or a way to call it, that only reads',
    });
  }
  const output = typeOfToolOutput(written, sight, resolution);
  const condition = checkCondition(
    fieldOf(fieldOf(step, 'probe'), 'found'),
    [...place, 'found'],
    withNames(sight, { output: { type: output } }),
    resolution,
    reads,
  );
  return condition === undefined
    ? undefined
    : { probe: { ...use, reads: [...reads].sort(), found: condition }, output };
}

type Beside = { readonly use: ToolUse; readonly written: WrittenUse; readonly reads: Set<string> };

/** A tool that is used beside the step's own. Nobody is asked for it, so it must be one that asks nobody. */
function besides(
  step: Json,
  key: 'compensate' | 'probe',
  role: string,
  sight: Sight,
  site: StepSite,
): Beside | undefined {
  const { resolution } = site;
  const map = fieldOf(step, key);
  if (!isObject(map)) return undefined;
  const place = [...site.place, key];
  const reads = new Set<string>();
  if (resolution.options.subset === 'plan') {
    const message = `a plan may not have \`${key}\`: it was given tools for its steps alone`;
    resolution.report({ code: 'NOT_IN_PLAN', place, at: 'key', message, hint: 'leave it out' });
  }
  const written = resolveToolUse(map, place, sight, resolution, reads);
  if (written === undefined) return undefined;
  const glob = ruleNaming(resolution.ask, written);
  if (glob !== undefined) {
    resolution.report({
      code: 'UNSUPPORTED',
      place: [...place, 'uses'],
      message: `\`${glob}\` under \`permissions.ask\` wants a person to be asked, and ${role} cannot ask`,
      hint: 'narrow the glob, or use another tool',
    });
  }
  return { use: { uses: written.uses, with: written.with, reads: [...reads].sort() }, written, reads };
}

/** What the tool says of this call, when its input can be told now; else the strictest that it has. */
function effectOfCall(tool: AnyTool, written: WrittenUse, { resolution }: StepSite): Effect {
  if (tool.effectOf === undefined) return tool.effect;
  const input = parsed(tool, written.with);
  return input?.success === true
    ? tool.effectOf(input.data, { connection: (name) => resolution.connectionSpecs.get(name) })
    : tool.effect;
}

function parsed(tool: AnyTool, given: Json): ReturnType<AnyTool['input']['safeParse']> | undefined {
  try {
    return tool.input.safeParse(given);
  } catch {
    return undefined; // a schema that reads elsewhere (async) can be asked only at run time
  }
}
