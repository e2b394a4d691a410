import { assertRunsAsStep, TelosError } from '@telos/core';
import type { Clock, Hash, Program, Requirements, Store } from '@telos/core';
import { nearest } from '@telos/language/text';
import { compileWorkflow } from './compile-workflow.ts';
import type { CompileDeps, WorkflowSource } from './compile-workflow.ts';
import { currentProgram } from './current-program.ts';
import { storedProgram } from './stored-program.ts';

export type PinDeps = CompileDeps & {
  readonly store: Pick<Store, 'programs'>;
  readonly clock: Pick<Clock, 'now'>;
};

/** Gives the text of a workflow by its id, where it stands beside the one that names it. */
export type Beside = (id: string) => WorkflowSource | undefined;

export type Pinned = {
  /** The version of every workflow that the run may run as a step, by id. */
  readonly workflows: { readonly [id: string]: Hash };
  readonly requires: readonly Requirements[];
  /** Stores what came from texts. */
  readonly keep: () => Promise<void>;
};

/**
 * Fixes which version of each workflow a run will use for its steps, and for the steps of those in turn.
 *
 * @throws TelosError WORKFLOW_NOT_FOUND; RECURSION when one would run itself through others; UNSUPPORTED when one
 * catches or does something at last, which a step of another cannot; WORKFLOW_INVALID.
 */
export async function pinWorkflows(deps: PinDeps, program: Program, beside?: Beside): Promise<Pinned> {
  const workflows: { [id: string]: Hash } = {};
  const requires: Requirements[] = [];
  const keeps: (() => Promise<void>)[] = [];

  async function pinAll(outer: Program, around: readonly string[]): Promise<void> {
    for (const id of outer.requires.workflows ?? []) {
      const way = [...around, id];
      if (around.includes(id))
        throw new TelosError('RECURSION', `${id} runs itself: ${way.join(' runs ')}.`, { details: { workflows: way } });
      // A version is pinned once, whatever way leads to it.
      if (Object.hasOwn(workflows, id)) continue;
      const found = await find(id, outer.id);
      assertRunsAsStep(found.program);
      workflows[id] = found.hash;
      requires.push(found.program.requires);
      await pinAll(found.program, way);
    }
  }

  async function find(id: string, by: string): Promise<{ readonly program: Program; readonly hash: Hash }> {
    const text = beside?.(id);
    if (text !== undefined) {
      const compiled = await compileWorkflow(deps, text);
      if (compiled.program.id === id) {
        keeps.push(() => deps.store.programs.put(storedProgram(compiled, text.source, deps.clock.now())));
        return compiled;
      }
    }
    const current = await currentProgram(deps.store, id);
    if (current !== undefined) return current;
    const published = (await deps.store.programs.published()).map((one) => one.id);
    const near = nearest(id, published);
    const meant = near === undefined ? '' : ` Did you mean ${near}?`;
    throw new TelosError('WORKFLOW_NOT_FOUND', `${by} runs the workflow ${id}, which is not here.${meant}`, {
      details: { workflow: id, by },
      next: `Publish it (\`PUT /v1/workflows/${id}\`), or put ${id}.yaml beside the file that names it.`,
    });
  }

  await pinAll(program, [program.id]);
  return {
    workflows,
    requires,
    keep: async () => {
      for (const keep of keeps) await keep();
    },
  };
}
