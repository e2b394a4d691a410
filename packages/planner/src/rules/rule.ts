/**
 * Rules: how plans are written without a model.
 *
 * A rule knows one kind of objective by its words and writes the steps for it.
 * It takes an objective only when it understands the whole of it; what it would
 * have to guess is left to a model.
 */
import type { Json, JsonObject } from '@telos/core';

export type RuleStep = {
  readonly id: string;
  /** Why the step is there; its `description` in the plan. */
  readonly why: string;
  readonly uses: string;
  readonly with: JsonObject;
  readonly checks?: readonly Json[];
};

/** The steps for one objective, and what they give. */
export type RulePart = {
  readonly rule: string;
  readonly objective: string;
  readonly criterion: string;
  /** Bare CEL over the part's steps that tests the criterion when they have run; what their gates test has held by then. */
  readonly check: string;
  readonly steps: readonly RuleStep[];
  readonly outputs: { readonly [name: string]: string };
};

/** What a rule may draw on. */
export type RuleDesk = {
  has(tool: string): boolean;
  hasCheck(check: string): boolean;
  /** An id that no step of the plan has yet. */
  id(name: string): string;
  /** `model` for steps that ask one; empty when `auto` will do. */
  readonly model: JsonObject;
};

/** The rule fits, and needs tools that the plan was not given. */
export type Lacking = { readonly lacks: readonly string[] };

export type Rule = {
  readonly name: string;
  /** An objective as this rule understands it, to be shown. */
  readonly example: string;
  readonly uses: readonly string[];
  /** Undefined: the objective is not of this kind. */
  write(objective: string, desk: RuleDesk): RulePart | Lacking | undefined;
};
