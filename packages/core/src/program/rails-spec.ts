/** Rails as a program has them: checks at places, and what is done about a value that does not pass. */
import type { CheckUse } from './check-use.ts';

export const railActions = ['block', 'redact', 'repair', 'flag', 'ask'] as const;
export type RailAction = (typeof railActions)[number];

/** Where rails stand. */
export const railPlaces = ['input', 'output', 'tool_arguments', 'tool_result', 'memory_write'] as const;
export type RailPlace = (typeof railPlaces)[number];

/** A check that guards a place. `action` is what is done about a value that does not pass. */
export type RailUse = CheckUse & {
  readonly action: RailAction;
  /** `shadow`: its verdict is recorded, and nothing is done. */
  readonly mode: 'enforce' | 'shadow';
  /** Who may decide when it asks; empty or absent: anybody who may decide at all. */
  readonly who?: readonly string[];
  /** How long it may take until it counts as one that cannot run; absent: a minute. */
  readonly timeoutMs?: number;
  /** Where what it has hidden is put back; absent: nowhere. */
  readonly restore?: RestoreSpec;
};

export type RestoreSpec = {
  /** In the output of the step, or the outputs of the run, for whatever reads it. */
  readonly output?: true;
  /** In what an agent's calls of these tools are given: in these fields of it, in all when none is named. */
  readonly tools?: { readonly [tool: string]: readonly string[] };
};

/**
 * Rails by place, in the order in which they replace. `input`: the rendered `with`. `tool_arguments`, `tool_result`: of
 * every tool call that the step makes; those of a block hold for all actions in it. `memory_write`: of such a call, when
 * its tool keeps what it is given; those of a run hold for all of its steps. `output`: before the gate sees it.
 */
export type RailsSpec = { readonly [place in RailPlace]?: readonly RailUse[] };
