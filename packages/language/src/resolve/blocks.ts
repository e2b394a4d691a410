/** Reads the blocks that this version runs: foreach, parallel, switch, plan. */
import type { ForeachStep, Json, JsonObject, ParallelStep, PlanStep, Step, SwitchStep } from '@telos/core';
import { takenNames } from '../cel/environment.ts';
import { splitTemplate } from '../cel/template.ts';
import { namePattern } from '../document/scalars.ts';
import { defined } from '../text/defined.ts';
import { fieldOf, isList, isObject, listField, objectField, textField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { checkCondition, checkTemplate } from './expressions.ts';
import { resolveModel } from './models.ts';
import { resolvePolicies } from './policies.ts';
import type { ResolvedList, StepSite } from './step-site.ts';

const ownNames: ReadonlySet<string> = new Set([
  'inputs',
  'vars',
  'steps',
  'run',
  'secrets',
  'output',
  'score',
  'scores',
  'error',
  'event',
  'index',
  'env',
]);

const itemErrors: readonly ForeachStep['onItemError'][] = ['collect', 'skip', 'fail'];

export function resolveForeach(step: Json, site: StepSite): ForeachStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const items = fieldOf(step, 'foreach') ?? [];
  checkTemplate(items, [...place, 'foreach'], sight, resolution, reads);
  if (typeof items === 'string' && !splitTemplate(items).whole) {
    const hint = namePattern.test(items.split('.', 1)[0] ?? '')
      ? `write foreach: \${{ ${items} }}`
      : 'write foreach: ${{ inputs.list }}';
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'foreach'],
      message: 'a foreach walks through a list, and this is text',
      hint,
    });
  }
  const as = textField(step, 'as') ?? 'item';
  if (takenNames.has(as) || ownNames.has(as)) {
    resolution.report({
      code: 'INVALID_VALUE',
      place: [...place, 'as'],
      message: `\`${as}\` already has a meaning in expressions`,
      hint: 'choose another name',
    });
  }
  const names = new Set([...sight.names, as, 'index']);
  const body = bodyOf(fieldOf(step, 'steps'), [...place, 'steps'], site.chain, names, site);
  if (fieldOf(step, 'steps') === undefined) missing('a foreach needs `steps`', place, site);
  const yieldReads = new Set<string>();
  const given = fieldOf(step, 'yield');
  if (given !== undefined && body !== undefined)
    checkTemplate(given, [...place, 'yield'], body.after, resolution, yieldReads);
  const most = fieldOf(step, 'max_parallel');
  return defined({
    kind: 'foreach' as const,
    id: site.id,
    after: site.after,
    ...resolvePolicies(step, place, sight, resolution, reads),
    reads: sorted(reads),
    items,
    as,
    maxParallel: typeof most === 'number' ? most : 8,
    onItemError: itemErrors.find((policy) => policy === fieldOf(step, 'on_item_error')) ?? 'fail',
    yield: given,
    yieldReads: sorted(yieldReads),
    steps: body?.steps ?? [],
  });
}

export function resolveParallel(step: Json, site: StepSite): ParallelStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const branches: { [name: string]: readonly Step[] } = {};
  for (const [name, steps] of Object.entries(objectField(step, 'parallel') ?? {})) {
    branches[name] =
      bodyOf(steps, [...place, 'parallel', name], `${site.chain}.${name}`, sight.names, site)?.steps ?? [];
  }
  if (isObject(fieldOf(step, 'parallel')) && Object.keys(branches).length === 0)
    missing('`parallel` needs at least one branch', [...place, 'parallel'], site);
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return { kind: 'parallel', id: site.id, after: site.after, ...policies, reads: sorted(reads), branches };
}

export function resolveSwitch(step: Json, site: StepSite): SwitchStep {
  const { place, resolution, sight } = site;
  const reads = new Set<string>();
  const written = listField(step, 'switch') ?? [];
  const cases = written.map((item, index) => {
    const at = [...place, 'switch', index];
    const otherwise = fieldOf(item, 'else') === true;
    const when = fieldOf(item, 'when');
    if (otherwise && index < written.length - 1) {
      resolution.report({
        code: 'INVALID_VALUE',
        place: [...at, 'else'],
        at: 'key',
        message: 'only the last case may be `else`: the ones after it would never run',
      });
    }
    if (otherwise === (when !== undefined) && isObject(item)) {
      const message = otherwise
        ? 'a case has `when` or `else`, not both'
        : 'a case needs `when`, or `else: true` if it is the last';
      resolution.report({ code: otherwise ? 'INVALID_VALUE' : 'MISSING_KEY', place: at, message });
    }
    return defined({
      when: checkCondition(when, [...at, 'when'], sight, resolution, reads),
      steps:
        bodyOf(fieldOf(item, 'steps'), [...at, 'steps'], `${site.chain}[${index}]`, sight.names, site)?.steps ?? [],
    });
  });
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return { kind: 'switch', id: site.id, after: site.after, ...policies, reads: sorted(reads), cases };
}

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
  const policies = resolvePolicies(step, place, sight, resolution, reads);
  return { kind: 'plan', id: site.id, after: site.after, ...policies, reads: sorted(reads), with: parameters };
}

function bodyOf(
  written: Json | undefined,
  place: Place,
  chain: string,
  names: ReadonlySet<string>,
  site: StepSite,
): ResolvedList | undefined {
  return isList(written) ? site.body(written, place, chain, names) : undefined;
}

function missing(message: string, place: Place, site: StepSite): void {
  site.resolution.report({ code: 'MISSING_KEY', place, message });
}

function sorted(reads: ReadonlySet<string>): readonly string[] {
  return [...reads].sort();
}
