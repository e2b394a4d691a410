import { bodyProgramOf, TelosError } from '@telos/core';
import type { Hash, RunState, Store } from '@telos/core';
import { createLinkedPrograms } from '@telos/language';
import type { HowToLink, Linked } from '@telos/language';

/** Programs of this process, linked once each. */
export interface Programs {
  linked(hash: Hash): Promise<Linked>;
}

/** @param keep How many linked programs stay in memory. */
export function createPrograms({ programs }: Pick<Store, 'programs'>, how: HowToLink, keep?: number): Programs {
  const kept = createLinkedPrograms(how, keep);
  return {
    async linked(hash) {
      const linked = await kept.stored(hash, (one) => programs.get(one));
      if (linked !== undefined) return linked;
      throw new TelosError('STORE_CORRUPT', `The program ${hash} is not in the store.`, { details: { program: hash } });
    },
  };
}

/** The programs that are bodies of a run's blocks: plans that it accepted, workflows that it runs as steps. */
export async function loadPrograms(programs: Programs, state: RunState): Promise<Map<Hash, Linked>> {
  const loaded = new Map<Hash, Linked>();
  const plans = [...state.plans.values()].flatMap(({ begun, proposed }) => [
    ...begun.map(({ program }) => program),
    ...(proposed === undefined ? [] : [proposed.program]),
  ]);
  for (const hash of [...[...state.blocks.values()].map(bodyProgramOf), ...plans])
    if (hash !== undefined && !loaded.has(hash)) loaded.set(hash, await programs.linked(hash));
  return loaded;
}
