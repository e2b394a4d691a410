import type { StartedRun } from '@telos/api/runs';
import type { RunId } from '@telos/core';
import { exitCodes } from '../exit-codes.ts';
import type { ExitCode } from '../exit-codes.ts';
import { findRun } from '../inputs/find-run.ts';
import { writerOf } from '../output/writer.ts';
import type { Terminal } from '../terminal.ts';
import { carryOut } from './carry-out.ts';
import type { Engine } from './engine.ts';
import { withEngine } from './with-engine.ts';

export const detachOption = { type: 'flag', about: 'store the run and leave it to `telos serve`' } as const;

/** Makes a new run of an earlier one, and carries it out here unless it is left to others. */
export async function carryOutFork(
  word: string,
  options: { readonly detach: boolean; readonly json: boolean },
  terminal: Terminal,
  make: (engine: Engine, source: RunId) => Promise<StartedRun>,
): Promise<ExitCode> {
  return withEngine(terminal, { isAlone: !options.detach }, async (engine) => {
    const source = await findRun(engine.store, word);
    const { run, workflow } = await make(engine, source);
    const writer = writerOf(terminal, options.json);
    writer.lines(`${run} is a fork of ${source}.`);
    if (!options.detach) return carryOut(engine, run, terminal, writer);
    writer.object({ type: 'started', run, workflow, fork_of: source });
    writer.lines(`\`telos serve\` takes it up. Follow it with \`telos watch ${run}\`.`);
    return exitCodes.succeeded;
  });
}
