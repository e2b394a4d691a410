import type { Instant } from '@telos/core';

/** Something that happened in a step and is no attempt: a plan proposed, a retry decided. */
export type Note = {
  readonly name: string;
  readonly at: Instant;
  readonly attributes: { readonly [key: string]: unknown };
};
