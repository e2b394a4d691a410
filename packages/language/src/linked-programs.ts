/** Programs of a process, loaded and linked once each: linking costs more than most of what is asked of a program. */
import { dropOldest } from '@telos/core';
import type { Hash, Json, Program } from '@telos/core';
import type { Linked } from './linked.ts';

export interface LinkedPrograms {
  /**
   * One that the store has; undefined when it has none of this hash.
   *
   * @param read Reads it from there: once, however many want it at once, and again when that has failed.
   * @throws TelosError PROGRAM_CORRUPT; what `read` throws.
   */
  stored(
    hash: Hash,
    read: (hash: Hash) => Promise<{ readonly program: Json } | undefined>,
  ): Promise<Linked | undefined>;
  /** One that is at hand, whether the store has it or not. */
  of(hash: Hash, program: Program): Linked;
}

export type HowToLink = {
  readonly link: (program: Program) => Linked;
  readonly loadProgram: (stored: Json, hash: Hash) => Program;
};

/** @param keep How many stay in memory; of those beyond, the one that came first is forgotten. */
export function createLinkedPrograms({ link, loadProgram }: HowToLink, keep = 256): LinkedPrograms {
  const known = new Map<Hash, Linked>();
  const coming = new Map<Hash, Promise<Linked | undefined>>();

  function remember(hash: Hash, linked: Linked): Linked {
    known.set(hash, linked);
    dropOldest(known, keep);
    return linked;
  }

  return {
    async stored(hash, read) {
      const linked = known.get(hash);
      if (linked !== undefined) return linked;
      let reading = coming.get(hash);
      if (reading === undefined) {
        reading = read(hash)
          .then((found) => found && remember(hash, link(loadProgram(found.program, hash))))
          .finally(() => coming.delete(hash));
        coming.set(hash, reading);
      }
      return reading;
    },
    of: (hash, program) => known.get(hash) ?? remember(hash, link(program)),
  };
}
