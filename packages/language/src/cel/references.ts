/**
 * Which names an expression reads: every path from a root name, as far as its
 * keys are written down. `steps.a.output[i].url` gives `['steps', 'a', 'output']`.
 * Variables of macros (`list.map(x, ...)`, `cel.bind(x, ...)`) are not roots.
 */
import { takenNames } from './environment.ts';
import { childrenOf, isNode } from './syntax-tree.ts';
import type { SyntaxNode } from './syntax-tree.ts';

export type Reference = {
  /** The root name, then its keys. */
  readonly path: readonly string[];
  /** Whether a key follows that is known only at run time. */
  readonly open: boolean;
  /** Where the root stands in the expression, from 0. */
  readonly offset: number;
};

const loops: ReadonlySet<string> = new Set(['all', 'exists', 'exists_one', 'map', 'filter']);

export function referencesOf(root: SyntaxNode): readonly Reference[] {
  const found: Reference[] = [];
  visit(root, new Set(), found);
  return found;
}

function visit(node: SyntaxNode, bound: ReadonlySet<string>, found: Reference[]): void {
  const chain = chainOf(node);
  if (chain !== undefined) {
    const name = chain.path[0] ?? '';
    if (!bound.has(name) && !takenNames.has(name)) found.push(chain);
    for (const index of chain.indices) visit(index, bound, found);
    return;
  }
  if (node.op === 'rcall' && Array.isArray(node.args)) {
    const [method, receiver, args] = node.args as [string, SyntaxNode, readonly SyntaxNode[]]; // the library's shape of a method call
    const variable = args[0];
    const rest = args.slice(1);
    if (loops.has(method) && variable?.op === 'id' && rest.length > 0) {
      visit(receiver, bound, found);
      const inner = new Set([...bound, String(variable.args)]);
      for (const arg of rest) visit(arg, inner, found);
      return;
    }
    if (method === 'bind' && receiver.op === 'id' && receiver.args === 'cel' && variable !== undefined) {
      const [value, body] = rest;
      if (value !== undefined) visit(value, bound, found);
      if (body !== undefined) visit(body, new Set([...bound, String(variable.args)]), found);
      return;
    }
  }
  for (const child of childrenOf(node)) visit(child, bound, found);
}

/** Reads `a.b["c"][i]` from the outside in; undefined when it does not begin with a name. */
function chainOf(node: SyntaxNode): (Reference & { readonly indices: readonly SyntaxNode[] }) | undefined {
  const keys: (string | undefined)[] = [];
  const indices: SyntaxNode[] = [];
  let current = node;
  while ((current.op === '.' || current.op === '[]') && Array.isArray(current.args)) {
    const [left, key] = current.args as [SyntaxNode, unknown]; // the library's shape of an access
    if (typeof key === 'string') keys.push(key);
    else if (isNode(key) && key.op === 'value' && typeof key.args === 'string') keys.push(key.args);
    else {
      keys.push(undefined);
      if (isNode(key)) indices.push(key);
    }
    current = left;
  }
  if (current.op !== 'id') return undefined;
  keys.reverse();
  const end = keys.indexOf(undefined);
  const known = (end === -1 ? keys : keys.slice(0, end)).map(String);
  return { path: [String(current.args), ...known], open: end !== -1, offset: current.start, indices };
}
