import type { Condition, Json, Labelling, Program, Template } from '@telos/core';
import type { LabellingAt } from './labels/flow.ts';

/** Root names and their values, as expressions see them: `inputs`, `steps`, `run`, `item`, ... */
export type Scope = { readonly [name: string]: Json };

/** A program with its expressions compiled, ready to be evaluated again and again. */
export interface Linked {
  readonly program: Program;
  /**
   * Evaluates every `${{ }}` in a template. A string that is one whole expression keeps its type;
   * inside longer text a value becomes text (objects as compact JSON, null as the empty string).
   * Templates without expressions are returned as they are.
   * @throws TelosError EXPRESSION_FAILED.
   */
  render(template: Template, scope: Scope): Json;
  /** What the value carries that `render` gives, by what its expressions read. @throws TelosError EXPRESSION_FAILED. */
  labelling(template: Template, at: LabellingAt): Labelling;
  /** What the answer of `test` is made of; what it throws may quote as much. @throws TelosError EXPRESSION_FAILED. */
  labellingOfTest(condition: Condition, at: LabellingAt): Labelling;
  /** Evaluates bare CEL. @throws TelosError EXPRESSION_FAILED, also when the result is no boolean. */
  test(condition: Condition, scope: Scope): boolean;
  /**
   * Applies defaults and checks inputs against their schemas.
   * @returns the complete inputs in declaration order.
   * @throws TelosError INPUT_INVALID with every problem in `details.problems`.
   */
  inputs(given: { readonly [name: string]: Json }): { readonly [name: string]: Json };
}
