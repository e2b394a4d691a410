/** Programs that become bodies of a run's blocks: plans that it drafts, and the workflows that it runs as steps. */
import { assertRunsAsStep, TelosError } from '@telos/core';
import type { Plan } from '@telos/core';
import type { BodyPrograms } from '../blocks/opening-block.ts';
import type { Desk } from '../desk/desk.ts';
import type { Patience } from '../desk/patience.ts';
import type { Programs } from '../desk/programs.ts';

export class OwnBodies implements BodyPrograms {
  readonly #programs: Programs;
  readonly #desk: Desk;
  readonly #patience: Patience;

  constructor({ programs }: { readonly programs: Programs }, desk: Desk, patience: Patience) {
    this.#programs = programs;
    this.#desk = desk;
    this.#patience = patience;
  }

  async keepPlan({ hash, program, source }: Plan): Promise<void> {
    const { deps, contexts } = this.#desk;
    const storedAt = this.#desk.now();
    await this.#patience.try(() => deps.store.programs.put({ hash, id: program.id, program, source, storedAt }));
    contexts.add(hash, await this.#programs.linked(hash));
  }

  async workflow(id: string): ReturnType<BodyPrograms['workflow']> {
    const { state, contexts } = this.#desk;
    const hash = Object.hasOwn(state.workflows, id) ? state.workflows[id] : undefined;
    if (hash === undefined) {
      throw new TelosError('WORKFLOW_NOT_FOUND', `No version of \`${id}\` was pinned when the run started.`);
    }
    const linked = await this.#patience.try(() => this.#programs.linked(hash));
    assertRunsAsStep(linked.program);
    contexts.add(hash, linked);
    return { hash, linked };
  }
}
