import { compileWorkflow } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import type { StartProgramDeps } from './start-program.ts';
import type { ProgramInHand } from './program-in-hand.ts';
import { storedProgram } from './stored-program.ts';

/** The program of a text, stored when a run begins with it. @throws TelosError WORKFLOW_INVALID with every fault, located, in `details.faults`. */
export async function compiledProgram(
  deps: CompileDeps & Pick<StartProgramDeps, 'store' | 'clock'>,
  from: WorkflowSource,
): Promise<ProgramInHand> {
  const compiled = await compileWorkflow(deps, from);
  const { program, hash, warnings } = compiled;
  return {
    program,
    hash,
    warnings,
    keep: () => deps.store.programs.put(storedProgram(compiled, from.source, deps.clock.now())),
  };
}
