/** `hooks:` of an agent: rules about what is said around its turns and its calls. What is made of them: core/src/agent/hooks.ts. */
import type { Json } from '../json.ts';

/** Places of an agent's rules, in the order in which a round comes to them. */
export const hookPlaces = ['after_tool', 'before_model', 'after_model', 'before_tool'] as const;
export type HookPlace = (typeof hookPlaces)[number];

/** In each place its rules, in their order. */
export type AgentHooks = { readonly [P in HookPlace]?: readonly HookRule[] } & {
  /** Ids of steps that they read. */
  readonly reads: readonly string[];
};

export type HookRule = {
  /** Bare CEL; absent: always. */
  readonly when?: string;
  /** Globs on the names of what is called; absent: all. */
  readonly tools?: readonly string[];
  readonly does: HookEffect;
};

/** One of these; text in them may hold `${{ CEL }}`. */
export type HookEffect =
  /** Before a turn: a message that is shown from then on. */
  | { readonly add: Json }
  /** Before a turn: so many of the turns before are shown. */
  | { readonly keep: number }
  /** After a turn: why it is to be taken again. */
  | { readonly again: Json }
  /** Before a call: arguments in place of the model's. */
  | { readonly set: { readonly [argument: string]: Json } }
  /** Before a call: why it is not made. */
  | { readonly refuse: Json }
  /** After a call: what the model is shown in place of what it gave. */
  | { readonly result: Json }
  /** Anywhere: why the agent ends. */
  | { readonly end: Json }
  /** Anywhere: what the agent answers, at once. */
  | { readonly answer: Json };
