import { TelosError } from '@telos/core';
import type { Clock, Hash, Program, Store } from '@telos/core';
import { compileWorkflow } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { storedProgram } from './stored-program.ts';

export type PublishDeps = CompileDeps & {
  readonly store: Pick<Store, 'programs'>;
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
 * @throws TelosError WORKFLOW_INVALID, WORKFLOW_ID_MISMATCH; what the store throws. Then nothing was published.
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
  const at = deps.clock.now();
  await deps.store.programs.put(storedProgram(compiled, source.source, at));
  await deps.store.programs.publish(program.id, hash, at);
  return { id: program.id, hash, program, changed: current?.hash !== hash };
}
