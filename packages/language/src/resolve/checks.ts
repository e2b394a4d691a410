/** Uses of checks: named evaluators, checks in a gate, the judge. */
import type { AnyCheck, CheckUse, Json, Template } from '@telos/core';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, objectField, textField } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import { typeOfZod } from '../types/of-zod.ts';
import { checkCondition, checkTemplate, holdsExpression } from './expressions.ts';
import { checkFits } from './fitting.ts';
import { keysOf, literalFindings } from './literal-input.ts';
import { resolveModel } from './models.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';

/** The check that evaluates bare CEL, with `{ expression }`. The engine itself carries it out. */
const celCheck = 'cel';

export type Where = { readonly sight: Sight; readonly resolution: Resolution; readonly reads: Set<string> };

/** Reads `evaluators:`; `into` is filled so that later parts see what came before. */
export function resolveEvaluators(
  document: Json,
  sight: Sight,
  resolution: Resolution,
  into: Map<string, CheckUse | undefined>,
): void {
  for (const [name, written] of Object.entries(objectField(document, 'evaluators') ?? {})) {
    into.set(name, writtenUse(name, written, ['evaluators', name], { sight, resolution, reads: new Set() }));
  }
}

/** `{ uses, with, min }`, as in `evaluators:` and for a judge on the spot. */
function writtenUse(name: string, written: Json, place: Place, where: Where): CheckUse | undefined {
  const uses = textField(written, 'uses');
  if (uses === undefined) return undefined;
  const min = fieldOf(written, 'min');
  const parameters = fieldOf(written, 'with') ?? {};
  return use(
    {
      name,
      uses,
      usesPlace: [...place, 'uses'],
      parameters,
      place: [...place, 'with'],
      min: typeof min === 'number' ? min : undefined,
    },
    where,
  );
}

/** An item of `checks:`: bare CEL, the name of an evaluator or check, or `{ check: parameters }`. */
export function resolveCheck(written: Json, place: Place, where: Where): CheckUse | undefined {
  const { resolution } = where;
  if (typeof written === 'string') {
    if (resolution.evaluators.has(written)) return resolution.evaluators.get(written);
    if (resolution.options.catalog.checks.has(written)) {
      return use({ name: written, uses: written, usesPlace: place, parameters: {}, place, min: undefined }, where);
    }
    const expression = checkCondition(written, place, where.sight, resolution, where.reads);
    return expression === undefined ? undefined : { name: expression, uses: celCheck, with: { expression } };
  }
  if (!isObject(written)) return undefined;
  const [uses, ...more] = Object.keys(written);
  if (uses === undefined || more.length > 0) {
    resolution.report({
      code: 'INVALID_VALUE',
      place,
      message: 'a check is written { name: parameters }, one to an item',
    });
    return undefined;
  }
  const parameters = written[uses] ?? {};
  const base = resolution.evaluators.get(uses);
  if (base !== undefined) return varied(base, parameters, [...place, uses], where);
  if (resolution.evaluators.has(uses)) return undefined;
  const { min, rest } = floorOf(parameters, resolution.options.catalog.checks.get(uses));
  return use(
    { name: uses, uses, usesPlace: [...place, uses], byKey: true, parameters: rest, place: [...place, uses], min },
    where,
  );
}

/** A named evaluator, or `{ uses, with }` on the spot. */
export function resolveJudge(written: Json | undefined, place: Place, where: Where): CheckUse | undefined {
  const { resolution } = where;
  if (isObject(written)) return writtenUse('judge', written, place, where);
  if (typeof written !== 'string') return undefined;
  if (resolution.evaluators.has(written)) return resolution.evaluators.get(written);
  const hint = suggestion(written, resolution.evaluators.keys()) ?? 'declare it under `evaluators:`';
  resolution.report({ code: 'UNKNOWN_EVALUATOR', place, message: `there is no evaluator \`${written}\``, hint });
  return undefined;
}

/** A check or an evaluator by its name, with parameters of its own. */
export function resolveNamed(written: Omit<Written, 'name'>, where: Where): CheckUse | undefined {
  const { evaluators } = where.resolution;
  if (!evaluators.has(written.uses)) return use({ ...written, name: written.uses }, where);
  const base = evaluators.get(written.uses);
  if (base === undefined) return undefined;
  const { min = base.min } = written;
  return defined({ ...varied(base, written.parameters, written.place, where), min });
}

/** Verdicts are told apart by name, so a repeated one gets a number. */
export function toldApart<U extends CheckUse>(uses: readonly U[]): readonly U[] {
  const used = new Map<string, number>();
  return uses.map((use) => {
    const times = (used.get(use.name) ?? 0) + 1;
    used.set(use.name, times);
    return times === 1 ? use : { ...use, name: `${use.name}_${times}` };
  });
}

function varied(base: CheckUse, parameters: Json, place: Place, where: Where): CheckUse {
  const check = where.resolution.options.catalog.checks.get(base.uses);
  const { min = base.min, rest } = floorOf(parameters, check);
  checkTemplate(rest, place, where.sight, where.resolution, where.reads);
  if (check !== undefined) checkParameters(rest, check, { uses: base.uses, place }, where);
  const merged = isObject(base.with) && isObject(rest) ? { ...base.with, ...rest } : rest;
  return defined({ name: base.name, uses: base.uses, with: merged, min });
}

/** `min` beside the parameters is the score to reach, unless the check has a parameter of that name. */
function floorOf(
  parameters: Json,
  check: AnyCheck | undefined,
): { readonly min: number | undefined; readonly rest: Json } {
  if (!isObject(parameters) || (check !== undefined && keysOf(check.params).includes('min')))
    return { min: undefined, rest: parameters };
  const { min, ...rest } = parameters;
  return typeof min === 'number' && min >= 0 && min <= 1 ? { min, rest } : { min: undefined, rest: parameters };
}

type Written = {
  readonly name: string;
  readonly uses: string;
  readonly usesPlace: Place;
  /** Whether the check is named by a key, `{ faithfulness: ... }`. */
  readonly byKey?: boolean;
  readonly parameters: Json;
  readonly place: Place;
  readonly min: number | undefined;
};

function use(written: Written, where: Where): CheckUse | undefined {
  const { resolution } = where;
  const { catalog } = resolution.options;
  const check = catalog.checks.get(written.uses);
  checkTemplate(written.parameters, written.place, where.sight, resolution, where.reads);
  if (check === undefined) {
    const message = `there is no check \`${written.uses}\``;
    const hint = suggestion(written.uses, [...catalog.checks.keys(), ...resolution.evaluators.keys()]);
    resolution.report({
      code: 'UNKNOWN_CHECK',
      place: written.usesPlace,
      at: written.byKey === true ? 'key' : 'value',
      message,
      hint,
    });
    return undefined;
  }
  resolution.requires.checks.add(written.uses);
  const parameters = withModel(written.parameters, written.place, check, resolution);
  for (const finding of literalFindings(check.params, parameters, written.place, `the check \`${written.uses}\``))
    resolution.report(finding);
  checkParameters(parameters, check, written, where);
  return defined({ name: written.name, uses: written.uses, with: parameters, min: written.min });
}

function checkParameters(
  parameters: Json,
  check: AnyCheck,
  { uses, place }: Pick<Written, 'uses' | 'place'>,
  { sight, resolution }: Where,
): void {
  if (!holdsExpression(parameters)) return;
  const taker = { code: 'TOOL_INPUT' as const, what: `the check \`${uses}\``, sight, resolution };
  checkFits(parameters, typeOfZod(check.params, 'input'), place, taker);
}

/** Checks that ask a model take it from `model`; without one they take what is there. */
function withModel(parameters: Json, place: Place, check: AnyCheck, resolution: Resolution): Template {
  const written = fieldOf(parameters, 'model');
  if (written === undefined) {
    if (check.needs === 'model') resolution.requires.models.add('auto');
    return parameters;
  }
  const model = resolveModel(written, [...place, 'model'], resolution);
  return isObject(parameters) ? { ...parameters, model: model ?? 'auto' } : parameters;
}
