import type { Hash, Program } from '@telos/core';
import type { Fault } from '@telos/language';

/** A program that a run may start from, stored or about to be. */
export type ProgramInHand = {
  /** What does not keep it from running; of a text that was compiled just now. */
  readonly warnings?: readonly Fault[];
  readonly program: Program;
  readonly hash: Hash;
  /** Stores it, where it is not stored yet. */
  readonly keep: () => Promise<void>;
};
