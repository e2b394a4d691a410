import { TelosError } from '@telos/core';
import type { Clock, Hash, Program, Store } from '@telos/core';
import { hookTaken } from '@telos/core/store';
import { loadProgram } from '@telos/language';
import { compileWorkflow } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { storedProgram } from './stored-program.ts';
import { beginSchedules } from './triggers/schedule/begin-schedules.ts';

export type PublishDeps = CompileDeps & {
  readonly store: Pick<Store, 'programs' | 'marks'>;
  readonly clock: Pick<Clock, 'now'>;
};

export type Published = {
  readonly id: string;
  readonly hash: Hash;
  readonly program: Program;
  /** False when this version was the current one already; then nothing changed. */
  readonly changed: boolean;
};

/**
 * Compiles a workflow and makes it the version that its id names from now on. Runs already started keep theirs.
 *
 * @param expectedId Refuses a source whose `id` is another.
 * @throws TelosError WORKFLOW_INVALID, WORKFLOW_ID_MISMATCH, HOOK_PATH_TAKEN; what the store throws. Then nothing was published.
 */
export async function publishWorkflow(
  deps: PublishDeps,
  source: WorkflowSource,
  expectedId?: string,
): Promise<Published> {
  const compiled = await compileWorkflow(deps, source);
  const { program, hash } = compiled;
  if (expectedId !== undefined && program.id !== expectedId) {
    throw new TelosError(
      'WORKFLOW_ID_MISMATCH',
      `The source has the id ${program.id}; it cannot be published as ${expectedId}.`,
      { details: { id: program.id, expected: expectedId } },
    );
  }
  const current = (await deps.store.programs.versions(program.id))[0];
  if (current?.hash === hash && current.source === source.source) {
    return { id: program.id, hash, program, changed: false };
  }
  await refuseTakenPath(deps.store.programs, program);
  const at = deps.clock.now();
  const before = current === undefined ? undefined : loadProgram(current.program, current.hash);
  await beginSchedules(deps.store, before, program, at);
  await deps.store.programs.put(storedProgram(compiled, source.source, at));
  await deps.store.programs.publish(program.id, hash, at, program.triggers?.webhook?.path);
  return { id: program.id, hash, program, changed: current?.hash !== hash };
}

/** Of what was published before paths were kept by themselves; the store refuses the others, and of two at once one. */
async function refuseTakenPath(programs: Store['programs'], program: Program): Promise<void> {
  const path = program.triggers?.webhook?.path;
  if (path === undefined) return;
  for (const other of await programs.published()) {
    if (other.id === program.id) continue;
    if (loadProgram(other.program, other.hash).triggers?.webhook?.path !== path) continue;
    throw hookTaken(path, program.id, other.id);
  }
}
