/** Model aliases and strategies become `provider/model`, `auto`, or a fallback over several. */
import type { Json, ModelSpec } from '@telos/core';
import { fieldOf, isList, isObject } from '../text/json-shape.ts';
import { suggestion } from '../text/nearest.ts';
import type { Place } from '../text/place.ts';
import type { Report } from './finding.ts';
import type { Resolution } from './resolution.ts';

/** `undefined` stands for an alias that is at fault itself, so that its uses are not reported again. */
export type Models = ReadonlyMap<string, ModelSpec | undefined>;

/** Reads `models:`. */
export function modelAliases(document: Json, report: Report): Models {
  const written = fieldOf(document, 'models');
  const resolved = new Map<string, ModelSpec | undefined>();
  if (!isObject(written)) return resolved;
  const under = new Set<string>();
  const define = (alias: string): ModelSpec | undefined => {
    if (resolved.has(alias)) return resolved.get(alias);
    if (under.has(alias)) {
      report({ code: 'CYCLE', place: ['models', alias], message: `the model alias \`${alias}\` refers to itself` });
      return undefined;
    }
    under.add(alias);
    const known = {
      has: (name: string) => Object.hasOwn(written, name),
      get: define,
      names: () => Object.keys(written),
    };
    const spec = specOf(written[alias] ?? null, ['models', alias], known, report);
    resolved.set(alias, spec);
    return spec;
  };
  for (const alias of Object.keys(written)) define(alias);
  return resolved;
}

/** Resolves a model where it is used, and notes that the program requires it. Undefined when it is at fault. */
export function resolveModel(value: Json, place: Place, resolution: Resolution): ModelSpec | undefined {
  const { models } = resolution;
  const known = {
    has: (name: string) => models.has(name),
    get: (name: string) => models.get(name),
    names: () => [...models.keys()],
  };
  const spec = specOf(value, place, known, resolution.report);
  if (spec !== undefined) for (const ref of refsOf(spec)) resolution.requires.models.add(ref);
  return spec;
}

type Known = { has(name: string): boolean; get(name: string): ModelSpec | undefined; names(): readonly string[] };

function specOf(value: Json, place: Place, known: Known, report: Report): ModelSpec | undefined {
  if (typeof value === 'string') {
    if (known.has(value)) return known.get(value);
    if (value === 'auto' || /^[^/\s]+\/\S+$/.test(value)) return value;
    const hint = suggestion(value, [...known.names(), 'auto']) ?? 'declare it under `models:`, or write provider/model';
    report({ code: 'UNKNOWN_MODEL', place, message: `there is no model alias \`${value}\``, hint });
    return undefined;
  }
  if (!isObject(value)) return undefined;
  const strategy = Object.keys(value).find((key) => key !== 'fallback');
  if (strategy !== undefined) {
    report({
      code: 'UNSUPPORTED',
      place: [...place, strategy],
      at: 'key',
      message: `the model strategy \`${strategy}\` cannot be run yet`,
      hint: 'write one model, or { fallback: [...] }',
    });
    return undefined;
  }
  const list = value['fallback'];
  if (!isList(list)) return undefined;
  const refs = list.flatMap((item, index) => {
    const spec = specOf(item, [...place, 'fallback', index], known, report);
    return spec === undefined ? [] : refsOf(spec);
  });
  return { fallback: [...new Set(refs)] };
}

/** The models that one stands for, in the order in which they are asked. */
export function refsOf(spec: ModelSpec): readonly string[] {
  return typeof spec === 'string' ? [spec] : spec.fallback;
}
