import { dropOldest } from '@telos/core';
import type { Hash, Program, Store } from '@telos/core';
import { loadProgram } from '@telos/language';
import type { ProgramInHand } from './program-in-hand.ts';

/** Programs that this process has loaded, by hash, oldest first: a run of one that was run before reads and checks none. */
const loaded = new Map<Hash, Program>();
/** Kept at most. */
const capacity = 256;

/** The version of a workflow that its id names now; undefined when nothing is published under it. */
export async function currentProgram(
  { programs }: { readonly programs: Pick<Store['programs'], 'current' | 'get'> },
  id: string,
): Promise<ProgramInHand | undefined> {
  const hash = await programs.current(id);
  if (hash === undefined) return undefined;
  const program = loaded.get(hash) ?? (await load(programs, hash));
  return program && { program, hash, keep: async () => {} }; // it is stored: that is where it came from
}

async function load(programs: Pick<Store['programs'], 'get'>, hash: Hash): Promise<Program | undefined> {
  const stored = await programs.get(hash);
  if (stored === undefined) return undefined;
  const program = loadProgram(stored.program, hash);
  loaded.set(hash, program);
  dropOldest(loaded, capacity);
  return program;
}
