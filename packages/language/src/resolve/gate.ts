import type { GateSpec, Json, Remedy } from '@telos/core';
import { defined } from '../text/defined.ts';
import { fieldOf, isObject, listField } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { mapOf, number } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { resolveCheck, resolveJudge, toldApart } from './checks.ts';
import { checkCondition, checkTemplate } from './expressions.ts';
import { resolveModel } from './models.ts';
import { peopleOf } from './people.ts';
import type { Resolution } from './resolution.ts';
import { withNames } from './sight.ts';
import type { Sight } from './sight.ts';

/** Reads a gate; `place` is that of its step. In its checks, `pass` and parameters `output`, `score` and `scores` are in scope. */
export function resolveGate(
  step: Json,
  stepPlace: Place,
  outer: Sight,
  resolution: Resolution,
  reads: Set<string>,
  output: Type,
): GateSpec | undefined {
  const written = fieldOf(step, 'gate');
  if (!isObject(written)) return undefined;
  const place = [...stepPlace, 'gate'];
  const sight = withNames(outer, { output: { type: output } });
  const where = { sight, resolution, reads };
  const checks = (listField(written, 'checks') ?? []).flatMap(
    (check, index) => resolveCheck(check, [...place, 'checks', index], where) ?? [],
  );
  const judge = resolveJudge(fieldOf(written, 'judge'), [...place, 'judge'], where);
  const scored = withNames(sight, { score: { type: number }, scores: { type: mapOf({}, number) } });
  if (
    fieldOf(written, 'checks') === undefined &&
    fieldOf(written, 'judge') === undefined &&
    fieldOf(written, 'pass') === undefined
  ) {
    resolution.report({ code: 'MISSING_KEY', place, at: 'key', message: 'a gate needs `checks`, a `judge` or `pass`' });
  }
  const remedies = (listField(written, 'on_fail') ?? []).flatMap(
    (remedy, index) => remedyOf(remedy, [...place, 'on_fail', index], sight, resolution, reads) ?? [],
  );
  return defined({
    checks: toldApart(checks),
    judge,
    pass: checkCondition(fieldOf(written, 'pass'), [...place, 'pass'], scored, resolution, reads),
    onFail: remedies,
  });
}

function remedyOf(
  written: Json,
  place: Place,
  sight: Sight,
  resolution: Resolution,
  reads: Set<string>,
): Remedy | undefined {
  if (!isObject(written)) return undefined;
  const [kind, ...more] = Object.keys(written);
  if (kind === undefined || more.length > 0) {
    resolution.report({
      code: 'INVALID_VALUE',
      place,
      message: 'an item of `on_fail` has exactly one key',
      hint: '{ repair: 2 }, { escalate: model }, { approve: names } or { fallback: value }',
    });
    return undefined;
  }
  const value = written[kind] ?? null;
  switch (kind) {
    case 'repair':
      return typeof value === 'number' ? { do: 'repair', times: value } : undefined;
    case 'escalate': {
      const model = resolveModel(value, [...place, kind], resolution);
      return model === undefined ? undefined : { do: 'escalate', model };
    }
    case 'fallback':
      return { do: 'fallback', value: checkTemplate(value, [...place, kind], sight, resolution, reads) };
    case 'approve':
      return { do: 'approve', who: peopleOf(value) };
    default:
      return undefined;
  }
}
