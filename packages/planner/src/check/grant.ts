import type { Effect, ModelSpec, PlanSurroundings } from '@telos/core';
import type { Catalog } from '@telos/language';
import type { Tools } from '../request/allowed-tools.ts';

/** What a plan may use. Enforced on the compiled program, whatever a model was told or says. */
export type Grant = {
  readonly catalog: Catalog;
  readonly tools: Tools;
  /** The strictest effect that a step may have. */
  readonly effects: Effect;
  /** Of the workflow around the plan: tools that a person is asked about, and those that nobody may use. */
  readonly permissions: PlanSurroundings['permissions'];
  /** Besides `auto`. */
  readonly model: ModelSpec;
};

export const strictness: readonly Effect[] = ['read', 'write', 'irreversible'];
