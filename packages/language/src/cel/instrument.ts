/**
 * Puts the meter into a syntax tree before it is checked and evaluated.
 *
 * What an operator or function reads is charged by its size, and what a macro
 * walks through by its length, so that nested macros, doubling (`cel.bind(b,
 * a + a, ...)`) and comparisons of large values all run into the same bound.
 * Literals are free: the source is bounded. `matches` is renamed to the
 * function that runs in linear time.
 */
import { linearMatches } from './environment.ts';
import { chargeDeep, chargeItems, chargeShallow } from './meter.ts';
import { isNode } from './syntax-tree.ts';
import type { Comprehension, SyntaxNode, SyntaxOperator } from './syntax-tree.ts';

type Runner = { run(node: unknown, context: unknown): unknown };
type Checker = { check(node: unknown, context: unknown): unknown };

const shallow = meter('meterShallow', chargeShallow);
const deep = meter('meterDeep', chargeDeep);
const items = meter('meterItems', chargeItems);

const deepOperators: ReadonlySet<string> = new Set(['==', '!=', 'in']);
const shallowOperators: ReadonlySet<string> = new Set(['+', '<', '<=', '>', '>=']);
const deepFunctions: ReadonlySet<string> = new Set(['toJson']);

/** Changes the tree in place. Call it once, before the tree is checked. */
export function instrument(node: SyntaxNode): void {
  const { alternate, macro } = node.meta;
  if (alternate !== undefined) return instrument(alternate);
  if (macro !== undefined) {
    // `cel.bind(name, val, exp)`; `has(...)` has neither and reads nothing but keys
    if (isNode(macro.val)) instrument(macro.val);
    if (isNode(macro.exp)) instrument(macro.exp);
    return;
  }
  const args = node.args;
  if (node.op === 'comprehension') {
    const comprehension = args as Comprehension; // the shape that the library gives this operator
    instrument(comprehension.iterable);
    instrument(comprehension.step);
    comprehension.iterable = wrap(items, comprehension.iterable);
    return;
  }
  if (isNode(args)) return instrument(args);
  if (!Array.isArray(args)) return;
  instrumentAll(args);
  if (deepOperators.has(node.op)) wrapAll(deep, args);
  else if (shallowOperators.has(node.op)) wrapAll(shallow, args);
  else if (node.op === 'rcall') {
    if (args[0] === 'matches') args[0] = linearMatches;
    if (isNode(args[1])) args[1] = wrap(shallow, args[1]);
    if (Array.isArray(args[2])) wrapAll(shallow, args[2]);
  } else if (node.op === 'call' && Array.isArray(args[1])) {
    wrapAll(deepFunctions.has(String(args[0])) ? deep : shallow, args[1]);
  }
}

function instrumentAll(values: readonly unknown[]): void {
  for (const value of values) {
    if (isNode(value)) instrument(value);
    else if (Array.isArray(value)) instrumentAll(value);
  }
}

function wrapAll(operator: SyntaxOperator, values: unknown[]): void {
  for (const [index, value] of values.entries()) {
    if (isNode(value)) values[index] = wrap(operator, value);
  }
}

function wrap(operator: SyntaxOperator, node: SyntaxNode): SyntaxNode {
  return node.op === 'value' ? node : node.clone(operator, node).setMeta('async', false);
}

function meter(name: string, charge: (value: unknown) => void): SyntaxOperator {
  return {
    name,
    check: (checker, node, context) => (checker as Checker).check(node.args, context), // the library's type checker
    evaluate: (evaluator, node, context) => {
      const value = (evaluator as Runner).run(node.args, context); // the library's evaluator
      if (typeof value !== 'boolean' && typeof value !== 'number') charge(value);
      return value;
    },
  };
}
