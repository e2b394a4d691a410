import { dropOldest, bodyProgramOf, TelosError } from '@telos/core';
import type { Hash, RunState, Store } from '@telos/core';
import type { Linked } from '@telos/language';
import type { WorkerDeps } from '../ports.ts';

/** Programs of this process, linked once each. */
export interface Programs {
  linked(hash: Hash): Promise<Linked>;
}

/** @param keep How many linked programs stay in memory. */
export function createPrograms(store: Store, language: WorkerDeps['language'], keep = 256): Programs {
  const known = new Map<Hash, Promise<Linked>>();

  async function load(hash: Hash): Promise<Linked> {
    const stored = await store.programs.get(hash);
    if (stored === undefined) {
      throw new TelosError('STORE_CORRUPT', `The program ${hash} is not in the store.`, { details: { program: hash } });
    }
    return language.link(language.loadProgram(stored.program, hash));
  }

  return {
    linked(hash) {
      let linked = known.get(hash);
      if (linked === undefined) {
        linked = load(hash);
        known.set(hash, linked);
        linked.catch(() => known.delete(hash));
        dropOldest(known, keep);
      }
      return linked;
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
