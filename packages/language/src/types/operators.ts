/**
 * Which operands an operator takes at run time, and what comes of them: the
 * library's overloads and those of cel/environment.ts, by kind. A test holds
 * each pair of kinds against what evaluating it does.
 */
import type { Kind } from './type.ts';

type Overload = readonly [left: Kind, right: Kind, result: Kind];

const numbers: readonly Overload[] = [
  ['int', 'int', 'int'],
  ['uint', 'uint', 'uint'],
  ['double', 'double', 'double'],
  ['int', 'double', 'double'],
  ['double', 'int', 'double'],
];

const ordered: readonly (readonly [Kind, Kind])[] = [
  ['bool', 'bool'],
  ['int', 'int'],
  ['uint', 'uint'],
  ['double', 'double'],
  ['string', 'string'],
  ['timestamp', 'timestamp'],
  ['duration', 'duration'],
  ['int', 'uint'],
  ['int', 'double'],
  ['double', 'int'],
  ['double', 'uint'],
  ['uint', 'int'],
  ['uint', 'double'],
];
const order = ordered.map(([left, right]): Overload => [left, right, 'bool']);

const overloads: { readonly [operator: string]: readonly Overload[] } = {
  '+': [
    ...numbers,
    ['string', 'string', 'string'],
    ['list', 'list', 'list'],
    ['bytes', 'bytes', 'bytes'],
    ['duration', 'duration', 'duration'],
    ['timestamp', 'duration', 'timestamp'],
    ['duration', 'timestamp', 'timestamp'],
  ],
  '-': [
    ...numbers,
    ['duration', 'duration', 'duration'],
    ['timestamp', 'timestamp', 'duration'],
    ['timestamp', 'duration', 'timestamp'],
  ],
  '*': numbers,
  '/': numbers,
  '%': numbers,
  '<': order,
  '<=': order,
  '>': order,
  '>=': order,
};

const unary: { readonly [operator: string]: readonly Kind[] } = { '!_': ['bool'], '-_': ['int', 'double'] };

/** What comes of one operator between values of these kinds; empty when it always fails. Undefined for an operator that is none of these. */
export function resultOf(
  operator: string,
  left: ReadonlySet<Kind>,
  right: ReadonlySet<Kind>,
): ReadonlySet<Kind> | undefined {
  return overloads[operator] === undefined
    ? undefined
    : new Set(
        overloads[operator].flatMap(([one, other, result]) => (left.has(one) && right.has(other) ? [result] : [])),
      );
}

/** The kinds that an operator may find on its other side. */
export function partnersOf(operator: string, kinds: ReadonlySet<Kind>): ReadonlySet<Kind> {
  return new Set((overloads[operator] ?? []).flatMap(([one, other]) => (kinds.has(one) ? [other] : [])));
}

/** What `!` and `-` leave of an operand. */
export function kindsFor(operator: string): ReadonlySet<Kind> | undefined {
  return unary[operator] === undefined ? undefined : new Set(unary[operator]);
}
