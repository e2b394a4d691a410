import type { SyntaxNode } from '../cel/syntax-tree.ts';

/** What cannot be asked of runs, and where it stands. */
export class Refused extends Error {
  readonly node: SyntaxNode;
  constructor(node: SyntaxNode, message: string) {
    super(message);
    this.node = node;
  }
}
