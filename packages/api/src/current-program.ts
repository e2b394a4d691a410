import type { Store } from '@telos/core';
import { loadProgram } from '@telos/language';
import type { ProgramInHand } from './start-program.ts';

/** The version of a workflow that its id names now; undefined when nothing is published under it. */
export async function currentProgram(
  { programs }: { readonly programs: Pick<Store['programs'], 'versions'> },
  id: string,
): Promise<ProgramInHand | undefined> {
  const [current] = await programs.versions(id);
  if (current === undefined) return undefined;
  const { program, hash } = current;
  return { program: loadProgram(program, hash), hash, keep: async () => {} }; // it is stored: that is where it came from
}
