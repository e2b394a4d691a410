import { conversionTo } from './conversion.ts';
import { partnersOf } from './operators.ts';
import { text } from './type.ts';
import type { Type } from './type.ts';

const numeric = ['int', 'uint', 'double'] as const;

/** How two values that an operator does not take together can be made to go together. */
export function pairHint(
  operator: string,
  [left, right]: readonly [Type, Type],
  [one, other]: readonly [string, string],
): string | undefined {
  const sides = [
    { type: left, written: one, partner: right },
    { type: right, written: other, partner: left },
  ];
  const isText = sides.some(({ type }) => type.kinds.has('string'));
  const ofNumbers = sides.find(({ type }) => numeric.some((kind) => type.kinds.has(kind)));
  if (operator === '+' && isText && ofNumbers !== undefined)
    return conversionTo(text.kinds, ofNumbers.type, ofNumbers.written);
  for (const { type, written, partner } of sides) {
    const hint = type.kinds.has('string')
      ? conversionTo(partnersOf(operator, partner.kinds), type, written)
      : undefined;
    if (hint !== undefined) return hint;
  }
  return undefined;
}
