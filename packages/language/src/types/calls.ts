/** Calls of functions and methods: which overload the run would choose, and what when there is none. */
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { conversionTo } from './conversion.ts';
import { overloadsOf } from './functions.ts';
import type { Overload } from './functions.ts';
import type { Looking } from './trouble.ts';
import { join } from './join.ts';
import { anyJson, anyValue } from './type.ts';
import type { Kind, Type } from './type.ts';
import { wordsOf } from './words.ts';

type Operand = { readonly node: SyntaxNode; readonly type: Type };

/** `operands`: the receiver of a method, then the arguments. */
export function callOf(
  node: SyntaxNode,
  name: string,
  isMethod: boolean,
  operands: readonly Operand[],
  looking: Looking,
): Type {
  const [first] = operands;
  if (!isMethod && name === 'dyn' && first !== undefined) return first.type;
  if (!isMethod && name === 'json' && first?.type.kinds.has('string') === true) return anyJson;
  const overloads = overloadsOf(name, isMethod, operands.length - (isMethod ? 1 : 0));
  const fitting = overloads.filter((overload) =>
    operandsOf(overload, isMethod).every((wanted, index) => takes(wanted, operands[index]?.type)),
  );
  if (fitting.length > 0 || overloads.length === 0)
    return overloads.length === 0 ? anyValue : join(fitting.map(({ result }) => result));
  const wrong = operands.findIndex((operand, index) =>
    overloads.every((overload) => !takes(operandsOf(overload, isMethod)[index], operand.type)),
  );
  const at = operands[Math.max(wrong, 0)];
  const wanted = new Set(overloads.flatMap((overload) => operandsOf(overload, isMethod)[Math.max(wrong, 0)] ?? []));
  const written = at === undefined ? '' : looking.written(at.node);
  const found = at === undefined ? '' : wordsOf(at.type);
  const takesWords = wordsOf({ kinds: wanted });
  const message =
    isMethod && wrong <= 0
      ? `\`${name}\` is asked of ${takesWords}, and \`${written}\` is ${found}`
      : `\`${name}\` takes ${takesWords}, and \`${written}\` is ${found}`;
  return looking.fails(node.start, message, at === undefined ? undefined : conversionTo(wanted, at.type, written));
}

function operandsOf({ receiver, parameters }: Overload, isMethod: boolean): readonly (Kind | undefined)[] {
  return isMethod ? [receiver, ...parameters] : parameters;
}

function takes(wanted: Kind | undefined, type: Type | undefined): boolean {
  return wanted === undefined || type === undefined || type.kinds.has(wanted);
}
