import { bodyProgramOf } from '@telos/core';
import type { Hash, Journal, Program, Recorded, RunId, Store } from '@telos/core';
import { loadProgram } from '@telos/language';
import { foldRun } from './fold-run.ts';
import type { FoldedRun } from './folded-run.ts';
import type { KnownPrograms } from './step-definitions.ts';

/** A run read from the store: its journal, its fold, its program, and the programs that became bodies of its blocks. */
export type ReadRun = {
  readonly events: readonly Recorded[];
  readonly folded: FoldedRun;
  readonly program?: Program;
  readonly programs: KnownPrograms;
};

/**
 * Reads and folds a run's journal.
 *
 * @returns undefined when there is no such run.
 */
export async function readFold(
  journal: Pick<Journal, 'read'>,
  run: RunId,
): Promise<Pick<ReadRun, 'events' | 'folded'> | undefined> {
  const events: Recorded[] = [];
  for await (const recorded of journal.read(run)) events.push(recorded);
  const folded = foldRun(events);
  return folded === undefined ? undefined : { events, folded };
}

/**
 * Reads and folds a run's journal, and loads the programs that explain its steps.
 *
 * @returns undefined when there is no such run.
 */
export async function readRun(store: Pick<Store, 'journal' | 'programs'>, run: RunId): Promise<ReadRun | undefined> {
  const read = await readFold(store.journal, run);
  if (read === undefined) return undefined;
  const { events, folded } = read;
  const hashes = new Set<Hash>([folded.created.program]);
  for (const { opening, plans = [] } of folded.steps.values()) {
    const hash = opening === undefined ? undefined : bodyProgramOf(opening);
    if (hash !== undefined) hashes.add(hash);
    for (const { program } of plans) hashes.add(program);
  }
  const programs = new Map<Hash, Program>();
  for (const hash of hashes) {
    const stored = await store.programs.get(hash);
    if (stored !== undefined) programs.set(hash, loadProgram(stored.program, hash));
  }
  const program = programs.get(folded.created.program);
  return { events, folded, programs, ...(program === undefined ? {} : { program }) };
}
