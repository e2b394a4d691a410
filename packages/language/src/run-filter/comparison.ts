/** A comparison of a field with a value, whichever stands first. */
import type { SyntaxNode } from '../cel/syntax-tree.ts';
import { nodesOf } from './literals.ts';
import { fieldOf, isFieldLike } from './run-fields.ts';
import type { RunField } from './run-fields.ts';

const turned = { '<': '>', '<=': '>=', '>': '<', '>=': '<=', '==': '==', '!=': '!=' } as const;
export type Operator = keyof typeof turned;

export type Comparison = { readonly field: RunField; readonly how: Operator; readonly value: SyntaxNode };

/** @returns undefined for what is no comparison. @throws Refused when neither side names a field. */
export function comparisonIn(node: SyntaxNode): Comparison | undefined {
  const [left, right] = nodesOf(node);
  if (left === undefined || right === undefined || !Object.hasOwn(turned, node.op)) return undefined;
  const how = node.op as Operator; // it is a key of them
  return isFieldLike(right) && !isFieldLike(left)
    ? { field: fieldOf(right), how: turned[how], value: left }
    : { field: fieldOf(left), how, value: right };
}
