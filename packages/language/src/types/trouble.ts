import type { SyntaxNode } from '../cel/syntax-tree.ts';
import type { Type } from './type.ts';

/** What is wrong with a part of an expression, whatever the values. */
export type Trouble = {
  /** Where in the expression, from 0. */
  readonly offset: number;
  readonly message: string;
  readonly hint?: string | undefined;
  /** `fails`: evaluating the part fails. `odd`: it may work, and is seldom what was meant. */
  readonly what: 'fails' | 'odd';
};

/** An expression that is being looked at. */
export type Looking = {
  /** The text of a node. */
  written(node: SyntaxNode): string;
  /** Notes it, and gives `never`. */
  fails(offset: number, message: string, hint?: string): Type;
  odd(offset: number, message: string, hint?: string): void;
};
