import type { Store } from '@telos/core';
import { doorPrograms } from './door-programs.ts';
import type { ProgramInHand } from './program-in-hand.ts';

/** The version of a workflow that its id names now; undefined when nothing is published under it. */
export async function currentProgram(
  { programs }: { readonly programs: Pick<Store['programs'], 'current' | 'get'> },
  id: string,
): Promise<ProgramInHand | undefined> {
  const hash = await programs.current(id);
  if (hash === undefined) return undefined;
  const linked = await doorPrograms.stored(hash, (one) => programs.get(one));
  // It is stored: that is where it came from.
  return linked && { program: linked.program, hash, keep: async () => {} };
}
