/** Holds what expressions give against what takes it: a tool, a check, an input, a `foreach`. */
import type { ErrorCode, Template } from '@telos/core';
import { mayHoldExpression, splitTemplate } from '../cel/template.ts';
import { isList, isObject } from '../text/json-shape.ts';
import type { Place } from '../text/place.ts';
import { conversionTo } from '../types/conversion.ts';
import { misfitOf } from '../types/misfit.ts';
import type { Misfit } from '../types/misfit.ts';
import { anyJson, fieldIn, isNever } from '../types/type.ts';
import type { Type } from '../types/type.ts';
import { wordsOf } from '../types/words.ts';
import type { Resolution } from './resolution.ts';
import type { Sight } from './sight.ts';
import { typeOfTemplate } from './typing.ts';

export type Taker = {
  readonly code: ErrorCode;
  /** "`web.search`", "the input `limit`". */
  readonly what: string;
  readonly sight: Sight;
  readonly resolution: Resolution;
};

/** Reports every expression in a template whose value is never taken. What is written down is looked at elsewhere. */
export function checkFits(
  template: Template,
  wanted: Type,
  place: Place,
  taker: Taker,
  path: readonly string[] = [],
): void {
  if (isList(template)) {
    const items = wanted.kinds.has('list') ? (wanted.items ?? anyJson) : anyJson;
    return template.forEach((item, index) =>
      checkFits(item, items, [...place, index], taker, [...path, String(index)]),
    );
  }
  if (isObject(template)) {
    for (const [name, part] of Object.entries(template)) {
      const field = wanted.kinds.has('map') ? fieldIn(wanted, name)?.type : undefined;
      checkFits(part, field ?? anyJson, [...place, name], taker, [...path, name]);
    }
    return;
  }
  if (typeof template !== 'string' || !mayHoldExpression(template) || isNever(wanted)) return;
  const misfit = misfitOf(typeOfTemplate(template, taker.sight, taker.resolution), wanted);
  if (misfit !== undefined) reportMisfit(template, misfit, place, taker, path);
}

function reportMisfit(template: string, misfit: Misfit, place: Place, taker: Taker, path: readonly string[]): void {
  const { code, what, resolution } = taker;
  const { parts, whole } = splitTemplate(template);
  const [first] = parts;
  const piece = whole && first !== undefined && 'expression' in first ? first.expression : template;
  const { found, wanted } = misfit;
  const isSimple = whole && misfit.path.length === 0 && wanted !== undefined;
  const hint = isSimple ? conversionTo(wanted.kinds, found, piece) : undefined;
  resolution.report({
    code,
    place,
    within: { piece, into: 0 },
    message: messageOf(misfit, what, path, piece, whole),
    hint,
  });
}

function messageOf(misfit: Misfit, what: string, path: readonly string[], piece: string, whole: boolean): string {
  const { found, wanted } = misfit;
  const where = [...path, ...misfit.path].join('.');
  const of = where === '' ? '' : ` for \`${where}\``;
  if (wanted === undefined) return `${what} takes no \`${where}\``;
  if (isNever(found)) return `${what} needs \`${where}\`, and \`${piece}\` has none`;
  const given = whole && misfit.path.length === 0 ? `\`${piece}\` is ${wordsOf(found)}` : `this is ${wordsOf(found)}`;
  return `${what} expects ${wordsOf(wanted)}${of}, and ${given}`;
}
