/**
 * The library's syntax tree as this folder uses it. Its published types leave
 * out what macros expand to, which metering and reference finding need; the
 * version is pinned and cel.test.ts fails when these shapes change.
 */
export type SyntaxNode = {
  readonly op: string;
  readonly args: unknown;
  readonly start: number;
  readonly end: number;
  readonly meta: {
    /** What a macro such as `list.map(x, ...)` expanded to. */
    readonly alternate?: SyntaxNode;
    /** `has` and `cel.bind`, which evaluate themselves. */
    readonly macro?: { val?: SyntaxNode; exp?: SyntaxNode };
  };
  clone(operator: SyntaxOperator, args: unknown): SyntaxNode;
  setMeta(key: string, value: unknown): SyntaxNode;
};

export type SyntaxOperator = {
  readonly name: string;
  check(checker: unknown, node: SyntaxNode, context: unknown): unknown;
  evaluate(evaluator: unknown, node: SyntaxNode, context: unknown): unknown;
};

export type Comprehension = { iterable: SyntaxNode; init: SyntaxNode; step: SyntaxNode };

export function isNode(value: unknown): value is SyntaxNode {
  return typeof value === 'object' && value !== null && 'op' in value && 'meta' in value;
}

/** The nodes directly below, in no promised order, as written: macros are not expanded. */
export function childrenOf(node: SyntaxNode): readonly SyntaxNode[] {
  const found: SyntaxNode[] = [];
  collect(node.args, found);
  return found;
}

function collect(value: unknown, found: SyntaxNode[]): void {
  if (isNode(value)) found.push(value);
  else if (Array.isArray(value)) for (const item of value) collect(item, found);
}
